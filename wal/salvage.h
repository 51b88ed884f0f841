// SPDX-License-Identifier: Apache-2.0
// Salvage: every record in a log's directory that still validates, whatever became of the log, and the holes
// between them. Opens nothing for writing.
//
// Files go by id, frames by offset, found wherever they stand (frame_search.h). Of a frame whose payload is
// damaged come the records that are whole themselves (whole_records.h). A frame whose header is damaged is
// lost with its records.
//
// Records that the log's chain does not reach are marked dead: they lie behind a damage, were dropped by a
// recovery, or deleted. They may repeat LSNs of live ones with other content.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/examine.h"
#include "wal/frame_search.h"
#include "wal/record.h"
#include "wal/walk.h"
#include "wal/whole_records.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// LSNs that the log should hold and of which no record was found, up to the next one that was. What an
// earlier recovery dropped neither makes a gap nor fills one.
struct SalvageGap {
  LsnRange lsns;
  bool accepted = false;  // All of them were given up by an open in mode prefix.
};

using Salvaged = std::variant<RecordView, SalvageGap>;

class Salvage {
 public:
  // As Wal::inspect: fails only where the world does, or where a format is unknown. An unreadable byte is an
  // error here too: copy such a disk first, with a tool that fills in zeros.
  static io::Result<Salvage> open(io::World& world, std::string_view directory);
  // Of a directory that was examined already.
  Salvage(io::World& world, Examination found);

  // The next record or gap, or nothing at the end. What a view points to lives until the next call. Memory: a
  // window and the largest frame.
  io::Result<std::optional<Salvaged>> next();

  // What recovery makes of the same bytes.
  [[nodiscard]] const RecoveryInfo& info() const { return found_.info; }

 private:
  io::Result<bool> load_frame();
  io::Status open_segment(const FoundSegment& segment);
  io::Result<bool> load_payload(const WalkedFrame& frame);
  [[nodiscard]] Standing standing_of(const WalkedFrame& frame) const;
  [[nodiscard]] bool was_dropped(const WalkedFrame& frame) const;
  std::optional<Salvaged> gap_before(Lsn lsn);

  io::World* world_;
  Examination found_;
  Lsn next_lsn_;  // Behind the record shown last.
  Lsn highest_;   // Of all that were shown.
  bool told_end_ = false;

  // The file at hand.
  std::size_t index_ = 0;
  std::unique_ptr<io::File> file_;
  Window window_;
  Identity identity_;  // Its epoch is the frame's.
  FrameSearch search_;

  // The frame at hand: those of its records that are still to be shown.
  io::Bytes payload_;
  std::uint64_t payload_offset_ = 0;
  Standing standing_ = Standing::live;
  bool was_dropped_ = false;  // By an earlier recovery: its LSNs may stand for other records.
  std::vector<WholeRecord> records_;
  std::size_t record_ = 0;
  std::vector<std::byte> value_;  // Of the record shown last, where it was compressed.
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
