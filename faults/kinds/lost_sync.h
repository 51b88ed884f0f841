// SPDX-License-Identifier: Apache-2.0
// Lost sync: the drive says "flushed" and has flushed nothing.
//
// Seen in the field with volatile write caches that ignore FLUSH and FUA, and with hypervisors told to ignore
// them (QEMU cache=unsafe). The caller cannot notice; only the crash tells. So this fault never returns an
// error: for the sync that fails out loud, see failed_sync.h. A durable write stays pending as a plain one
// does: what is lost is its flush. A later honest sync makes it all durable.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct LostSync {
  static constexpr std::string_view kName = "lost_sync";
  static constexpr std::string_view kAbout = "a sync that reports success and flushes nothing";
  static constexpr Facts kFacts{
      .what =
          "The sync returns success and makes nothing durable; a durable write is taken and not flushed. "
          "Power loss before the next honest sync loses what was promised.",
      .seen_in = "volatile write caches that ignore FLUSH; virtual disks with cache=unsafe",
      .example = R"({ "kind": "lost_sync", "for": "2m", "when": { "path": "*.wal", "at": "10s" } })",
      .kin = "failed_sync (fails instead of lying), torn_write"};
  static constexpr Targets kTargets{
      .usual = {Verb::sync, Verb::sync_all, Verb::sync_directory, Verb::write_durable},
      .possible = {Verb::sync, Verb::sync_all, Verb::sync_directory, Verb::write_durable}};

  static constexpr Allows kAllows = Allows::broken_word;

  std::optional<base::Duration> hold;
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const { return Effect{.reach = Reach::nothing}; }
  [[nodiscard]] base::Duration span() const { return hold.value_or(base::Duration::zero()); }
  [[nodiscard]] std::vector<Flaw> flaws() const { return hold_flaws(hold, when); }

  template <class Visitor>
  void fields(Visitor& v) {
    v("for", hold, "With \"at\": every sync is lost for so long. Absent: one sync.");
    v("when", when, "Which syncs.");
  }
};

}  // namespace wallop::faults
