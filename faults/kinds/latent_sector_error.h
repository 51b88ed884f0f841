// SPDX-License-Identifier: Apache-2.0
// Latent sector error: a sector that was written cannot be read again until somebody rewrites it.
//
// Seen in a study of 1.53 million drives over 32 months (Bairavasundaram et al., SIGMETRICS'07). Nobody is
// told when it happens: the write and its sync succeed, memory goes on showing the bytes, and the first read
// that asks the device gets EIO, after a crash above all. The sector stays so through crashes; a write to it
// puts it right, as the drive then takes a spare one. What was acknowledged may be lost by it, if recovery
// says so.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct LatentSectorError {
  static constexpr std::string_view kName = "latent_sector_error";
  static constexpr std::string_view kAbout = "a sector that cannot be read again until it is rewritten";
  static constexpr Facts kFacts{
      .what =
          "One drawn sector of the write, or the one that holds byte \"at_byte\" of it, gives EIO to whoever "
          "asks the device, until it is rewritten. Memory still shows it. Crashes do not mend it.",
      .seen_in = "1.53 million drives, watched for 32 months (Bairavasundaram et al., SIGMETRICS'07)",
      .example = R"({ "kind": "latent_sector_error", "when": { "path": "*.wal", "nth": 7 } })",
      .kin = "bit_rot (nobody says so), io_error (one call alone), short_read"};
  static constexpr Targets kTargets{.usual = {Verb::write, Verb::write_durable},
                                    .possible = {Verb::write, Verb::write_durable}};
  static constexpr Allows kAllows = Allows::told_loss;

  std::optional<base::ByteCount> at_byte;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const {
    if (op.bytes == 0) return std::nullopt;
    const std::uint64_t byte =
        at_byte ? std::min(at_byte->value, op.bytes - 1) : firing.dice.below(op.bytes, 0);
    return Effect{.unreadable = {{byte, byte + 1}}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("at_byte", at_byte,
      "The sector that holds this byte of the write, the last one at most. Absent: drawn.");
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
