// SPDX-License-Identifier: Apache-2.0
// No space: whatever needs a new block, or a new name, gets ENOSPC.
//
// Seen wherever somebody else fills the disk (etcd#2819). The caller gets the error, and the call has done
// nothing. Assumption: every write needs a block, as on a copy-on-write file system; an overwrite in place,
// which ext4 would let pass, fails too. Opening fails only where it makes a file. Reads, syncs and removals
// work on: the way out is to delete, and an engine that cannot is stuck.
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct NoSpace {
  static constexpr std::string_view kName = "no_space";
  static constexpr std::string_view kAbout = "a full disk: ENOSPC for what needs a block or a name";
  static constexpr Facts kFacts{
      .what =
          "Writes, allocations, new files, links and directories get ENOSPC and do nothing. Reads, syncs and "
          "removals work. With \"at\" and \"for\" space is freed again.",
      .seen_in = "disks filled by somebody else (etcd#2819)",
      .example = R"({ "kind": "no_space", "for": "3s", "when": { "at": "10s" } })",
      .kin = "io_error (EDQUOT for a quota)"};
  static constexpr Targets kTargets{
      .usual = {Verb::write, Verb::write_durable, Verb::allocate, Verb::open, Verb::link,
                Verb::make_directory},
      .possible = {Verb::write, Verb::write_durable, Verb::allocate, Verb::open, Verb::link,
                   Verb::make_directory, Verb::rename, Verb::truncate}};

  std::optional<base::Duration> hold;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing&) const {
    if (op.verb == Verb::open && !op.creates) return std::nullopt;
    return Effect{.os_error = ENOSPC, .reach = Reach::nothing};
  }
  [[nodiscard]] base::Duration span() const { return hold.value_or(base::Duration::zero()); }
  [[nodiscard]] std::vector<Flaw> flaws() const { return hold_flaws(hold, when); }

  template <class Visitor>
  void fields(Visitor& v) {
    v("for", hold, "With \"at\": how long the disk stays full. Absent: one operation.");
    v("when", when, "Which operations.");
  }
};

}  // namespace wallop::faults
