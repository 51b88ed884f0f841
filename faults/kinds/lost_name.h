// SPDX-License-Identifier: Apache-2.0
// Lost name: a name that was made, changed or removed is as it was before, once power was lost.
//
// Seen on every file system: a name lasts once its directory was synced, and not before (fsync(2)); half of
// the durability bugs that ALICE found were of this kind (OSDI'14). The caller cannot notice. Where the crash
// itself may lose any name, the persistence model does so without this fault; this one says which. Where
// names last in order, those that were changed after it are lost too. A sync of the directory makes it last;
// for one that lies see lost_sync, "op": "sync_directory".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

inline constexpr VerbSet kNamingVerbs{Verb::open, Verb::rename, Verb::link, Verb::remove,
                                      Verb::make_directory};

struct LostName {
  static constexpr std::string_view kName = "lost_name";
  static constexpr std::string_view kAbout =
      "a new, changed or removed name that does not outlive power loss";
  static constexpr Facts kFacts{
      .what =
          "If power is lost before the directory is synced, the name is as it was: the new file is not "
          "there, "
          "the rename did not happen, the removed one is back. Opening a file that is there is not hit.",
      .seen_in = "every file system (fsync(2)); half of the durability bugs that ALICE found (OSDI'14)",
      .example = R"({ "kind": "lost_name", "when": { "path": "*.wal", "op": "open" } })",
      .kin = "lost_sync (a directory's sync that lies), torn_sequence (writes, not names)"};
  static constexpr Targets kTargets{.usual = kNamingVerbs, .possible = kNamingVerbs};

  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing&) const {
    if (op.verb == Verb::open && !op.creates) return std::nullopt;
    return Effect{.lasting = std::vector<ByteRange>{}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("when", when, "Which changes of names.");
  }
};

}  // namespace wallop::faults
