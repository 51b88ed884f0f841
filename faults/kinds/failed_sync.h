// SPDX-License-Identifier: Apache-2.0
// Failed sync: fdatasync or fsync fails out loud.
//
// Seen on Linux with every file system ("fsyncgate", PostgreSQL 2018; Rebello et al., ATC'20): the error is
// reported once, the pages that could not be written are marked clean, and the next sync succeeds without
// having written them. The caller gets the error, exactly once for each firing. This sync flushes nothing;
// what memory and disk then hold of the unsynced bytes is the persistence model's after_failed_sync. For a
// pattern by block ("pass, fail, pass for ever", CuttleFS of the same paper) see late_error.h.
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>

#include "faults/errno_name.h"
#include "faults/fault.h"

namespace wallop::faults {

struct FailedSync {
  static constexpr std::string_view kName = "failed_sync";
  static constexpr std::string_view kAbout = "a sync that fails out loud";
  static constexpr Facts kFacts{
      .what =
          "fdatasync or fsync returns EIO. What the page cache and the disk then hold is the model's "
          "after_failed_sync; with \"phase\": \"after\" it was made all the same.",
      .seen_in = "Linux since 4.13, every file system (Rebello et al., ATC'20)",
      .example = R"({ "kind": "failed_sync", "errno": "EIO", "when": { "path": "*.wal", "nth": 3 } })",
      .kin = "lost_sync (lies instead of failing), io_error (any other call)"};
  // Directories fail only where "op" names them: most faults are meant for a file's bytes.
  static constexpr Targets kTargets{
      .usual = {Verb::sync, Verb::sync_all},
      .possible = {Verb::sync, Verb::sync_all, Verb::sync_directory, Verb::write_durable}};

  static constexpr bool kHasPhases = true;

  Errno error{EIO};
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing&) const {
    if (when.phase == Phase::after) return Effect{.os_error = error.value, .done_bytes = op.bytes};
    return Effect{.os_error = error.value, .reach = Reach::nothing};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("errno", error, "What the caller gets. Absent: EIO.");
    v("when", when, "Which syncs.");
  }
};

}  // namespace wallop::faults
