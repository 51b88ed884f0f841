// SPDX-License-Identifier: Apache-2.0
// Clock freeze: for a while the wall clock shows the same instant.
//
// Seen with coarse clocks, guests whose host does not update their time page, and daemons that hold the clock
// back instead of setting it. Monotonic time goes on. Whoever takes two readings to be different meets the
// same one twice; afterwards the clock is right again, and so jumps by as much as it stood still.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct ClockFreeze {
  static constexpr std::string_view kName = "clock_freeze";
  static constexpr std::string_view kAbout = "a wall clock that stands still for a while";
  static constexpr Facts kFacts{
      .what =
          "For so long the wall clock shows the instant at which the first operation met the fault; then it "
          "is "
          "right again. Monotonic time goes on.",
      .seen_in = "coarse clocks, guests that are paused, time daemons that hold the clock back",
      .example = R"({ "kind": "clock_freeze", "for": "5s", "when": { "at": "10s" } })",
      .kin = "clock_jump (moves at once)"};
  static constexpr Targets kTargets{.usual = VerbSet::all(), .possible = VerbSet::all()};

  base::Duration hold{};
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing& firing) const {
    return Effect{.wall_frozen_until = firing.until};
  }
  [[nodiscard]] base::Duration span() const { return hold; }
  [[nodiscard]] std::vector<Flaw> flaws() const {
    if (hold > base::Duration::zero()) return {};
    return {{"for", "a clock that stands still for no time goes", "write \"5s\""}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("for", hold, "How long it stands still.", base::Need::required);
    v("when", when, "When it begins: with which operation, of any kind.");
  }
};

}  // namespace wallop::faults
