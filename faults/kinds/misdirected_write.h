// SPDX-License-Identifier: Apache-2.0
// Misdirected write: what should land here lands elsewhere.
//
// Seen in firmware and RAID controllers (Bairavasundaram et al., FAST'08). Two places are wrong at once: here
// the old bytes stay, as after a lost write, and there the new ones lie over what was synced, with a checksum
// that is right. The write and the next sync succeed, and memory shows both places as they should be for as
// long as it keeps them; reading past it, or a crash, tells.
//
// Assumption: the device writes it at once. Where the place elsewhere has no blocks, or is behind the durable
// end of its file, nobody's bytes are overwritten.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/kinds/misdirection.h"

namespace wallop::faults {

struct MisdirectedWrite {
  static constexpr std::string_view kName = "misdirected_write";
  static constexpr std::string_view kAbout = "a write that lands elsewhere, over what was there";
  static constexpr Facts kFacts{
      .what =
          "The write succeeds, and so does the sync after it; on the medium its bytes lie at another offset "
          "or "
          "in another file, and the old ones where they should. What was acknowledged may be lost by it, in "
          "both places, if recovery says so.",
      .seen_in = "drive firmware, RAID controllers (FAST'08)",
      .example = R"({ "kind": "misdirected_write", "back": "4KiB", "when": { "path": "*.wal", "nth": 7 } })",
      .kin = "lost_write (lands nowhere), misdirected_read, bit_rot"};
  static constexpr Targets kTargets{.usual = {Verb::write}, .possible = {Verb::write}};
  static constexpr Allows kAllows = Allows::told_loss;

  Misdirection to;
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const {
    return Effect{.reach = Reach::nothing, .elsewhere = to.place()};
  }
  [[nodiscard]] std::vector<Flaw> flaws() const { return to.flaws(); }

  template <class Visitor>
  void fields(Visitor& v) {
    to.fields(v);
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
