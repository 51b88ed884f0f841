// SPDX-License-Identifier: Apache-2.0
// Clock jump: the wall clock is set, forward or back.
//
// Seen with NTP steps, operators, and virtual machines that come back from a pause or a snapshot. Monotonic
// time goes on as ever: timers, windows and latencies that hang on it must not notice. What is kept by the
// wall clock (expiry, names made of dates) meets a time twice, or never. The clock is set with the operation
// that the trigger picks, and stays so.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct ClockJump {
  static constexpr std::string_view kName = "clock_jump";
  static constexpr std::string_view kAbout = "a wall clock that is set forward or back";
  static constexpr Facts kFacts{
      .what = "From that operation on the wall clock shows so much more, or less. Monotonic time goes on.",
      .seen_in = "NTP steps, operators, virtual machines that come back from a pause",
      .example = R"({ "kind": "clock_jump", "back": "1h", "when": { "at": "10s" } })",
      .kin = "clock_freeze (stands still for a while), stall (the disk stands still)"};
  static constexpr Targets kTargets{.usual = VerbSet::all(), .possible = VerbSet::all()};

  std::optional<base::Duration> forward, back;
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const {
    return Effect{.wall_step =
                      forward.value_or(base::Duration::zero()) - back.value_or(base::Duration::zero())};
  }
  [[nodiscard]] std::vector<Flaw> flaws() const {
    if (forward && back) return {{"back", "it jumps forward or back", "keep one of the two"}};
    const auto& step = forward ? forward : back;
    if (!step) return {{"forward", "neither \"forward\" nor \"back\": no jump", "add \"back\": \"1h\""}};
    const char* key = forward ? "forward" : "back";
    if (*step == base::Duration::zero()) return {{key, "a jump of no time is none", "write \"1h\""}};
    return {};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("forward", forward, "By how much it is set forward.");
    v("back", back, "By how much it is set back.");
    v("when", when, "With which operation, of any kind.");
  }
};

}  // namespace wallop::faults
