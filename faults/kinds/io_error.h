// SPDX-License-Identifier: Apache-2.0
// I/O error: a chosen call fails with a chosen errno.
//
// Seen everywhere: EIO from a dying drive, EROFS after ext4 remounted itself, EDQUOT, EMFILE, ENODEV from a
// volume that was detached. The caller gets the errno; the call has done nothing, neither in memory nor on
// the disk; with "phase": "after" it has done all, as where an answer gets lost on its way (NFS, EINTR).
// Which calls it hits must be said: an engine that tolerates a failed stat may rightly refuse work after a
// failed sync.
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>

#include "faults/errno_name.h"
#include "faults/fault.h"

namespace wallop::faults {

struct IoError {
  static constexpr std::string_view kName = "io_error";
  static constexpr std::string_view kAbout = "a chosen errno from a chosen call";
  static constexpr Facts kFacts{
      .what =
          "The calls that \"op\" names return the errno and do nothing; with \"phase\": \"after\" they do it "
          "all, and return it.",
      .seen_in = "dying drives (EIO), remounts (EROFS), quotas (EDQUOT), detached volumes (ENODEV)",
      .example = R"({ "kind": "io_error", "errno": "EIO", "when": { "op": "read", "every": 100 } })",
      .kin = "failed_sync (says what a sync leaves behind), no_space"};
  static constexpr Targets kTargets{.usual = {}, .possible = VerbSet::all()};

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
    v("when", when, "Which calls: \"op\" must say.", base::Need::required);
  }
};

}  // namespace wallop::faults
