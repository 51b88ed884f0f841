// SPDX-License-Identifier: Apache-2.0
// Late error: a write succeeds, its writeback fails later, and whoever syncs next is told.
//
// Seen on Linux whenever a page is written back in the background (errseq_t): the error goes to the next
// fsync of each open description, once; who opens the file after somebody else was told never hears of it.
// The page counts as clean from then on: a second sync succeeds, and the bytes are gone ("fsyncgate",
// PostgreSQL 2018).
//
// Rebello et al. (ATC'20) let one block's writeback fail by a pattern, "pass, fail, pass for ever": that is
// "when": { "nth": 2, "per": "block" }.
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>

#include "faults/errno_name.h"
#include "faults/fault.h"

namespace wallop::faults {

struct LateError {
  static constexpr std::string_view kName = "late_error";
  static constexpr std::string_view kAbout =
      "a writeback that fails in the background, told by the next sync";
  static constexpr Facts kFacts{
      .what =
          "The write succeeds and never reaches the medium; the next sync of the file by each description "
          "gets "
          "EIO, once, and the one after that succeeds without those bytes.",
      .seen_in = "Linux writeback (errseq_t); PostgreSQL's fsyncgate, 2018",
      .example = R"({ "kind": "late_error", "when": { "path": "*.wal", "nth": 7 } })",
      .kin = "failed_sync (the sync itself fails), lost_write (nobody is told)"};
  static constexpr Targets kTargets{.usual = {Verb::write}, .possible = {Verb::write}};

  Errno error{EIO};
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const {
    return Effect{.reach = Reach::nothing, .late_error = error.value};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("errno", error, "What the next sync gets. Absent: EIO.");
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
