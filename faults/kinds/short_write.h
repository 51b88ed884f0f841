// SPDX-License-Identifier: Apache-2.0
// Short write: a write that stops in the middle.
//
// POSIX lets write(2) take fewer bytes than it was given; who goes on with the rest meets what stopped it: a
// full disk, a quota, a dying drive. The seam's write goes on by itself (io/file.h), so that its caller sees
// the errno, and a file that holds the first bytes of what it wrote. Logs that moved their cursor by the
// length asked for have lost records so (nori-wal, raft-wal PR 32).
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/errno_name.h"
#include "faults/fault.h"
#include "faults/kinds/short_transfer.h"

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

  ShortTransfer transfer;
  Errno error{ENOSPC};
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const {
    return transfer.stop(op, firing, error.value);
  }
  [[nodiscard]] std::vector<Flaw> flaws() const {
    return transfer.flaws("take io_error or no_space instead");
  }

  template <class Visitor>
  void fields(Visitor& v) {
    transfer.fields(v);
    v("errno", error, "What the caller gets. Absent: ENOSPC.");
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
