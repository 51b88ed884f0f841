// SPDX-License-Identifier: Apache-2.0
// Short write: a write that stops in the middle.
//
// POSIX lets write(2) take fewer bytes than it was given; who goes on with the rest meets what stopped it: a
// full disk, a quota, a dying drive. The seam's write goes on by itself (io/file.h), so that its caller sees
// the errno, and a file that holds the first bytes of what it wrote. Logs that moved their cursor by the
// length asked for have lost records so (nori-wal, raft-wal PR 32).
#pragma once

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/errno_name.h"
#include "faults/fault.h"

namespace wallop::faults {

struct ShortWrite {
  static constexpr std::string_view kName = "short_write";
  static constexpr std::string_view kAbout = "a write that stops in the middle";
  static constexpr Facts kFacts{
      .what =
          "The first bytes of the write are in the file, then it fails: with ENOSPC, or the errno that is "
          "named. "
          "Writes of one byte are not hit.",
      .seen_in = "full disks and quotas (POSIX write); write cursors of nori-wal and raft-wal",
      .example = R"({ "kind": "short_write", "when": { "path": "*.wal", "nth": 5 } })",
      .kin = "no_space (nothing is written), torn_write (succeeds, and tears when power fails)"};
  static constexpr Targets kTargets{.usual = {Verb::write, Verb::write_durable},
                                    .possible = {Verb::write, Verb::write_durable}};

  std::optional<base::ByteCount> done_bytes;
  Errno error{ENOSPC};
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const {
    if (op.bytes < 2) return std::nullopt;
    const std::uint64_t drawn = done_bytes ? done_bytes->value : 1 + firing.dice.below(op.bytes - 1, 0);
    return Effect{.os_error = error.value, .done_bytes = std::min(drawn, op.bytes - 1)};
  }
  [[nodiscard]] std::vector<Flaw> flaws() const {
    if (!done_bytes || done_bytes->value > 0) return {};
    return {{"done_bytes", "a write that does nothing is not short", "take io_error or no_space instead"}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("done_bytes", done_bytes, "How many bytes are written, all but one at most. Absent: drawn.");
    v("errno", error, "What the caller gets. Absent: ENOSPC.");
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
