// SPDX-License-Identifier: Apache-2.0
// Parts: all that one segment file holds, in order of offset, as it stands there: for tools that show a file.
//
//   header, header, slot, slot, frame (with its records) or remnant..., footer
//
// Nothing is left out: a copy, slot or footer that does not validate is a part too, and what lies between
// frames and is not zero is a remnant. Of a file without a valid header only frames are known, and only if
// the log's uuid is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "io/world.h"
#include "wal/frame_search.h"
#include "wal/marks.h"
#include "wal/scan.h"
#include "wal/whole_records.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class Content : std::uint8_t { valid, invalid, blank };  // Blank: zero throughout.

struct HeaderPart {
  std::uint64_t offset = 0;
  Content content = Content::blank;
  SegmentHeader header;  // Where it is valid; likewise below.
};

struct SlotPart {
  std::uint64_t offset = 0;
  Content content = Content::blank;
  Watermark watermark;
};

struct FooterPart {
  std::uint64_t offset = 0;
  Content content = Content::blank;
  Footer footer;
};

struct FramePart {
  WalkedFrame frame;
  bool is_whole = false;              // Its payload matches its checksum.
  std::optional<Link> link;           // Of a link frame that is whole.
  std::optional<LowWater> low_water;  // Of a control frame that is whole.
  io::Bytes payload;                  // Of records; lives until the next call. Shorter where the file ends.
  std::vector<WholeRecord> records;   // Those that validate.
};

using Part = std::variant<HeaderPart, SlotPart, FramePart, Remnant, FooterPart>;

class Parts {
 public:
  // `uuid` is the log's, for a file without a valid header; `id` that of the name. unsupported: a format that
  // this version does not know.
  static io::Result<Parts> open(io::World& world, std::string_view path, SegmentId id,
                                const std::optional<LogUuid>& uuid);

  // Nothing at the end. Memory: a window and the largest frame.
  io::Result<std::optional<Part>> next();

  [[nodiscard]] const FoundSegment& segment() const { return segment_; }

 private:
  enum class Stage : std::uint8_t { headers, slots, frames, footer, end };

  explicit Parts(std::unique_ptr<io::File> file) : file_(std::move(file)), window_(ReadVia::cache) {}

  io::Result<std::optional<Part>> next_of_stage();
  io::Result<std::optional<Part>> next_header();
  io::Result<std::optional<Part>> next_slot();
  io::Result<std::optional<Part>> next_frame();
  io::Result<std::optional<Part>> footer();
  io::Result<FramePart> frame_part(const WalkedFrame& frame);

  std::unique_ptr<io::File> file_;
  Window window_;
  FoundSegment segment_;
  Identity identity_;  // Its epoch is the frame's.
  Stage stage_ = Stage::headers;
  std::uint64_t index_ = 0;  // Of the header or slot that comes next.
  FrameSearch search_;
  std::optional<WalkedFrame> held_;  // Behind a remnant that was shown first.
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
