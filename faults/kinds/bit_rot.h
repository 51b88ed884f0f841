// SPDX-License-Identifier: Apache-2.0
// Bit rot: bytes that come back other than they went in.
//
// Seen on drives (latent corruption, Bairavasundaram et al., FAST'08), on the way there (cables, controllers)
// and in memory. Nobody is told: only a checksum can. Of a write the bits are wrong from then on, in memory
// and on the medium, for as long as nobody writes there again. Of a read they are wrong in that answer alone;
// the next one may be right.
//
// It makes loss possible, never silence: an engine that shows a wrong byte, or a hole, has failed all the
// same.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct BitRot {
  static constexpr std::string_view kName = "bit_rot";
  static constexpr std::string_view kAbout = "bits that turn, at rest or on their way";
  static constexpr Facts kFacts{
      .what =
          "Drawn bits of a write are stored wrong, and stay so; with \"op\": \"read\", drawn bits of one "
          "answer "
          "are wrong. What was acknowledged may be lost by it, if recovery says so.",
      .seen_in = "checksum mismatches of drives in the field (Bairavasundaram et al., FAST'08)",
      .example = R"({ "kind": "bit_rot", "bits": 1, "when": { "path": "*.wal", "nth": 7 } })",
      .kin = "torn_write (power loss), lost_sync"};
  static constexpr Targets kTargets{
      .usual = {Verb::write, Verb::write_durable},
      .possible = {Verb::write, Verb::write_durable, Verb::read, Verb::read_stored}};
  static constexpr Allows kAllows = Allows::told_loss;
  static constexpr std::uint64_t kBitsMax = 1024;

  std::uint64_t bits = 1;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const;
  [[nodiscard]] std::vector<Flaw> flaws() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("bits", bits, "How many, 1024 at most. Absent: one.");
    v("when", when, "Which writes, or which reads.");
  }
};

}  // namespace wallop::faults
