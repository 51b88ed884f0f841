// SPDX-License-Identifier: Apache-2.0
// Read only: from one moment on the file system takes no change.
//
// Seen with ext4's errors=remount-ro: one metadata error, and whatever would change something gets EROFS. A
// sync does too: ext4_sync_file (fs/ext4/fsync.c) asks whether the file system was aborted before it writes
// anything. (Kernels that had dropped EXT4_MF_FS_ABORTED, and did not know an emergency state yet, give EIO
// there.) Reads work on. It does not go away by itself.
//
// Assumption: writeback is refused as well, so that what was dirty does not reach the disk.
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct ReadOnly {
  static constexpr std::string_view kName = "read_only";
  static constexpr std::string_view kAbout = "a file system that takes no more changes";
  static constexpr Facts kFacts{
      .what =
          "From the instant of \"at\" on every call that would change something, and every sync, gets EROFS "
          "and "
          "does nothing. Reads work. With \"for\" somebody mounts it read-write again.",
      .seen_in = "ext4 with errors=remount-ro; XFS shuts down with EIO instead (dead_disk)",
      .example = R"({ "kind": "read_only", "when": { "at": "10s" } })",
      .kin = "dead_disk (reads fail too), no_space, io_error (chosen calls)"};
  static constexpr Targets kTargets{.usual = kChangingVerbs, .possible = kChangingVerbs};

  std::optional<base::Duration> hold;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing&) const {
    if (op.verb == Verb::open && !op.creates) return std::nullopt;
    return Effect{.os_error = EROFS, .reach = Reach::nothing};
  }
  [[nodiscard]] base::Duration span() const { return hold.value_or(kForever); }
  [[nodiscard]] std::vector<Flaw> flaws() const { return lasting_flaws(hold, when); }

  template <class Visitor>
  void fields(Visitor& v) {
    v("for", hold, "How long. Absent: for ever.");
    v("when", when, "From which instant on: \"at\" must say.", base::Need::required);
  }
};

}  // namespace wallop::faults
