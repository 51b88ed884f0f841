// SPDX-License-Identifier: Apache-2.0
// Torn write: power fails while a write is under way, and only part of it lasts.
//
// Seen wherever power fails: drives promise one sector at a time and may take sectors in any order, so that
// the end can last without the beginning (SQLite's test6.c, FoundationDB, LazyFS torn-op). The caller cannot
// notice: the write succeeds, reads show all of it, and a later sync makes all of it durable. Only a crash
// before that sync tells. Where the crash itself may tear any write, the persistence model does so without
// this fault; this one says which write, and how.
//
// A write that lies within one sector cannot be torn, and the fault then does not fire: "sector_bytes": "1B"
// tears inside sectors, which no drive admits to. "garbage" leaves neither the new bytes nor the old ones in
// the sector where the power failed: a drive without what SQLite calls powersafe overwrite may.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

// A part of a write, counted from its own offset.
struct Piece {
  base::ByteCount from;
  base::ByteCount to;
  bool operator==(const Piece&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("from", from, "Its first byte.", base::Need::required);
    v("to", to, "The first byte behind it.", base::Need::required);
  }
};

enum class Tear : std::uint8_t { prefix, suffix, subset };
constexpr auto enum_names(Tear) {
  return std::array{base::EnumName{"prefix", Tear::prefix}, base::EnumName{"suffix", Tear::suffix},
                    base::EnumName{"subset", Tear::subset}};
}

struct TornWrite {
  static constexpr std::string_view kName = "torn_write";
  static constexpr std::string_view kAbout = "a write of which only part outlives power loss";
  static constexpr Facts kFacts{
      .what =
          "If power is lost before the next sync, only some of the write's sectors last: the first ones, the "
          "last ones or a drawn subset, never all and never none; or the \"pieces\" that are named. With "
          "\"garbage\" the sector at each tear holds neither the new bytes nor the old. Reads before the "
          "crash "
          "see all of it.",
      .seen_in =
          "power loss on any drive: only single sectors are atomic (SQLite test6.c, FoundationDB, LazyFS)",
      .example =
          R"({ "kind": "torn_write", "model": "subset", "when": { "path": "*.wal", "chance": "1/5000" } })",
      .kin = "torn_sequence (whole writes of a run), lost_sync (loses whole writes, at any time)"};
  static constexpr Targets kTargets{.usual = {Verb::write, Verb::write_durable},
                                    .possible = {Verb::write, Verb::write_durable}};

  Tear model = Tear::prefix;
  std::optional<base::ByteCount> keep_bytes;
  std::optional<base::ByteCount> sector_bytes;
  std::optional<std::vector<Piece>> pieces;
  std::optional<bool> garbage;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const;
  [[nodiscard]] std::vector<Flaw> flaws() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("model", model, "Which part lasts: the first sectors (the default), the last ones, or a drawn subset.");
    v("keep_bytes", keep_bytes,
      "Of prefix and suffix: exactly so many bytes last. Absent: drawn, whole sectors.");
    v("sector_bytes", sector_bytes, "What the drive writes whole. Absent: 512B.");
    v("pieces", pieces, "Exactly these last, rising and apart, as far as the write goes.");
    v("garbage", garbage, "The sector at each tear holds garbage where the write does not last.");
    v("when", when, "Which writes.");
  }
};

}  // namespace wallop::faults
