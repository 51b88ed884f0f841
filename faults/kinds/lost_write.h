// SPDX-License-Identifier: Apache-2.0
// Lost write: a write that the device acknowledges and never makes (a phantom write).
//
// Seen in firmware, and in RAID layers (Bairavasundaram et al., FAST'08; TigerBeetle, moonpool). The write
// and the next sync succeed, and the page cache shows the bytes for as long as it keeps them; the medium
// holds what was there before. Only reading past the cache, or a crash, tells; a checksum alone does not, as
// old bytes may carry an old and valid one.
#pragma once

#include <optional>
#include <string_view>

#include "faults/fault.h"

namespace wallop::faults {

struct LostWrite {
  static constexpr std::string_view kName = "lost_write";
  static constexpr std::string_view kAbout = "a write that is acknowledged, synced, and never made";
  static constexpr Facts kFacts{
      .what =
          "The write succeeds, and so does the sync after it; the medium never hears of it. What was "
          "acknowledged "
          "may be lost by it, if recovery says so.",
      .seen_in = "drive firmware, RAID controllers (FAST'08)",
      .example = R"({ "kind": "lost_write", "when": { "path": "*.wal", "nth": 7 } })",
      .kin = "lost_sync (all writes before it, until an honest one), late_error (somebody is told), bit_rot"};
  static constexpr Targets kTargets{.usual = {Verb::write}, .possible = {Verb::write}};
  static constexpr Allows kAllows = Allows::told_loss;

  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const { return Effect{.reach = Reach::nothing}; }

  template <class Visitor>
  void fields(Visitor& v) {
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
