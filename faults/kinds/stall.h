// SPDX-License-Identifier: Apache-2.0
// Stall: for a while the device completes nothing; then its queue drains.
//
// Seen with controller resets, SSD garbage collection and cloud volumes that fail over (FoundationDB's
// DiskFailureInjector makes the same). The caller gets right answers, all late at once. The stall holds for
// the device, not for the operation that met it: whatever else needs the device waits too.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct Stall {
  static constexpr std::string_view kName = "stall";
  static constexpr std::string_view kAbout = "a device that completes nothing for a while";
  static constexpr Facts kFacts{
      .what =
          "From each instant of \"at\", or from each operation that the trigger picks, the whole device "
          "completes nothing for so long. Then everything that queued up completes.",
      .seen_in = "controller resets, garbage collection in SSDs, cloud volumes that fail over",
      .example = R"({ "kind": "stall", "for": "80ms", "when": { "at": ["10s", "30s"] } })",
      .kin = "slow_disk (late, but each on its own)"};
  static constexpr Targets kTargets{.usual = kDeviceVerbs, .possible = VerbSet::all()};

  base::Duration hold{};
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing& firing) const {
    return Effect{.stalled_until = firing.until};
  }
  [[nodiscard]] base::Duration span() const { return hold; }
  [[nodiscard]] std::vector<Flaw> flaws() const {
    if (hold > base::Duration::zero()) return {};
    return {{"for", "a stall of no time stalls nothing", "write \"80ms\""}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("for", hold, "How long nothing completes.", base::Need::required);
    v("when", when, "When it begins; usually met by operations that the device itself must serve.");
  }
};

}  // namespace wallop::faults
