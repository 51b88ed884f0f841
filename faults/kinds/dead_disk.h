// SPDX-License-Identifier: Apache-2.0
// Dead disk: from one moment on every call fails.
//
// Seen with drives that drop off the bus, cloud volumes that are detached, and XFS, which shuts the file
// system down after a metadata error: every call gets EIO (or the errno that is named), and nothing that was
// dirty reaches the disk. A disk that answers nothing at all instead is a stall without an end: stall, "for":
// "1h".
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/errno_name.h"
#include "faults/fault.h"

namespace wallop::faults {

struct DeadDisk {
  static constexpr std::string_view kName = "dead_disk";
  static constexpr std::string_view kAbout = "a disk that fails every call from now on";
  static constexpr Facts kFacts{
      .what =
          "From the instant of \"at\" on every call gets EIO and does nothing, reads too. With \"for\" the "
          "disk "
          "comes back, with what it had.",
      .seen_in = "drives that drop off the bus, detached volumes, XFS after a metadata error (shutdown)",
      .example = R"({ "kind": "dead_disk", "when": { "at": "10s" } })",
      .kin = "read_only (reads work), stall (answers nothing instead), io_error (chosen calls)"};
  static constexpr Targets kTargets{.usual = VerbSet::all(), .possible = VerbSet::all()};

  Errno error{EIO};
  std::optional<base::Duration> hold;
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const {
    return Effect{.os_error = error.value, .reach = Reach::nothing};
  }
  [[nodiscard]] base::Duration span() const { return hold.value_or(kForever); }
  [[nodiscard]] std::vector<Flaw> flaws() const { return lasting_flaws(hold, when); }

  template <class Visitor>
  void fields(Visitor& v) {
    v("errno", error, "What the caller gets. Absent: EIO.");
    v("for", hold, "How long. Absent: for ever.");
    v("when", when, "From which instant on: \"at\" must say.", base::Need::required);
  }
};

}  // namespace wallop::faults
