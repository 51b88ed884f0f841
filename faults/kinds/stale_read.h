// SPDX-License-Identifier: Apache-2.0
// Stale read: an older version of the piece comes back.
//
// Seen in firmware that lost a write and found it later, in RAID layers that asked the mirror which was
// behind (Bairavasundaram et al., FAST'08), and in caches of network file systems. Each sector comes as it
// was before its newest write: whole, with a checksum that is right, and old. Only that one answer is wrong;
// the next may be right. What was there before this run's start is the oldest that there is.
#pragma once

#include <optional>
#include <string_view>

#include "faults/fault.h"

namespace wallop::faults {

struct StaleRead {
  static constexpr std::string_view kName = "stale_read";
  static constexpr std::string_view kAbout = "an older version of what is read comes back";
  static constexpr Facts kFacts{
      .what =
          "One answer has each sector as it was before its newest write, also where memory has it. A "
          "checksum "
          "alone does not tell: what is old was right once.",
      .seen_in = "drive firmware, mirrors that are behind (FAST'08), caches of network file systems",
      .example = R"({ "kind": "stale_read", "when": { "path": "*.wal", "chance": "1/100" } })",
      .kin = "lost_write (the device never had the newer one), bit_rot, misdirected_read"};
  static constexpr Targets kTargets{.usual = {Verb::read, Verb::read_stored},
                                    .possible = {Verb::read, Verb::read_stored}};
  static constexpr Allows kAllows = Allows::told_loss;

  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const {
    return Effect{.elsewhere = Elsewhere{.is_older = true}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("when", when, "Which reads.");
  }
};

}  // namespace wallop::faults
