// SPDX-License-Identifier: Apache-2.0
// Misdirected read: the answer comes from elsewhere.
//
// Seen in firmware (Bairavasundaram et al., FAST'08). The bytes are whole, and right for the place that they
// come from: a checksum that does not cover the place takes them. Only that one answer is wrong. What that
// place does not have reads as zeros; how long the answer is hangs on the file that was asked about.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/kinds/misdirection.h"

namespace wallop::faults {

struct MisdirectedRead {
  static constexpr std::string_view kName = "misdirected_read";
  static constexpr std::string_view kAbout = "a read whose answer comes from elsewhere";
  static constexpr Facts kFacts{
      .what =
          "One answer holds the bytes of another offset, or of another file, also where memory has the right "
          "ones. A checksum that does not cover the place takes them.",
      .seen_in = "drive firmware (FAST'08)",
      .example =
          R"({ "kind": "misdirected_read", "forward": "4KiB", "when": { "path": "*.wal", "nth": 7 } })",
      .kin = "misdirected_write (for good), stale_read (the right place, of old), bit_rot"};
  static constexpr Targets kTargets{.usual = {Verb::read, Verb::read_stored},
                                    .possible = {Verb::read, Verb::read_stored}};
  static constexpr Allows kAllows = Allows::told_loss;

  Misdirection from;
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const { return Effect{.elsewhere = from.place()}; }
  [[nodiscard]] std::vector<Flaw> flaws() const { return from.flaws(); }

  template <class Visitor>
  void fields(Visitor& v) {
    from.fields(v);
    v("when", when, "Which reads.");
  }
};

}  // namespace wallop::faults
