// SPDX-License-Identifier: Apache-2.0
// Short read: a read that stops in the middle.
//
// POSIX lets read(2) give fewer bytes than it was asked for; Linux does where a page in the midst of the
// range cannot be had, and says why at the next call alone (mm/filemap.c). The seam's read goes on by itself,
// as fewer bytes mean the end of the file there (io/file.h): so its caller sees the errno, and memory of
// which the first bytes are right. Who takes them for an answer has read the rest from nowhere.
#pragma once

#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/errno_name.h"
#include "faults/fault.h"
#include "faults/kinds/short_transfer.h"

namespace wallop::faults {

struct ShortRead {
  static constexpr std::string_view kName = "short_read";
  static constexpr std::string_view kAbout = "a read that stops in the middle";
  static constexpr Facts kFacts{
      .what =
          "The first bytes of the read are there, then it fails: with EIO, or the errno that is named. Reads "
          "of one byte are not hit.",
      .seen_in = "POSIX read; Linux where a page in the midst of the range cannot be read; libfiu's reduce",
      .example = R"({ "kind": "short_read", "when": { "path": "*.wal", "every": 5 } })",
      .kin = "io_error (nothing is read), latent_sector_error (fails until it is rewritten), short_write"};
  static constexpr Targets kTargets{.usual = {Verb::read, Verb::read_stored},
                                    .possible = {Verb::read, Verb::read_stored}};

  ShortTransfer transfer;
  Errno error{EIO};
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const {
    return transfer.stop(op, firing, error.value);
  }
  [[nodiscard]] std::vector<Flaw> flaws() const { return transfer.flaws("take io_error instead"); }

  template <class Visitor>
  void fields(Visitor& v) {
    transfer.fields(v);
    v("errno", error, "What the caller gets. Absent: EIO.");
    v("when", when, "Which reads.");
  }
};

}  // namespace wallop::faults
