// SPDX-License-Identifier: Apache-2.0
// Reading one segment file: who it is, how far its chain of frames holds, and what else can be read in it.
//
// Two passes, because where a chain ends is said by the segment after it: identify() reads headers and link
// of every file first; scan_body() then walks each file, up to the end that its successor's link names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/file.h"
#include "io/result.h"
#include "io/time.h"
#include "wal/frame.h"
#include "wal/marks.h"
#include "wal/segment_header.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// What any frame header that validates may add, wherever it stands.
struct Evidence {
  Lsn durable;         // The highest LSN proven to have been durable once.
  LowWater low_water;  // The highest, from links and control frames whose payload validates too.
  Epoch newest;        // The highest epoch.
  std::uint64_t frame_count = 0;

  void add(const Evidence& other);
};

// A link frame that validates: what makes a file a used segment.
struct FoundLink {
  Link link;
  Epoch epoch;        // The segment's own.
  ChainEnd end;       // Of this frame: what the segment's own chain starts from.
  Evidence evidence;  // Its own.

  [[nodiscard]] Lsn first_lsn() const { return end.last.next(); }

  // Written by a recovery, which had synced the predecessor first. A rotation's link has its predecessor's
  // epoch.
  [[nodiscard]] bool is_seal() const { return link.predecessor.epoch < epoch; }
};

struct Body {
  ChainEnd end;                    // Of the valid chain, at the end of a batch.
  std::uint64_t record_count = 0;  // In that chain.
  Evidence evidence;               // From the whole file.
  std::uint64_t written_end = 0;   // Behind the last byte of this segment found that is not zero; end.offset
                                   // where none follows.
  bool searched_all = false;       // To the end of the data, not only as far as unsynced bytes can lie.
  bool kept_room_used = false;     // By a low water that validates, beside the chain: no rest of anything.

  [[nodiscard]] bool has_rest() const { return written_end > end.offset; }
};

// Where a successor's link says that this segment's chain ends.
using Stop = std::optional<ChainEnd>;

struct FoundSegment {
  SegmentId id;  // Its name's.
  std::string path;
  std::uint64_t file_bytes = 0;
  std::optional<SegmentHeader> header;  // Nothing where neither copy validates and names this segment.
  bool both_headers = false;
  std::optional<SegmentHeader> foreign;  // A copy that names another: recycling was cut, or it was renamed.
  std::optional<FoundLink> link;
  Marks marks;         // Slots and footer.
  std::string damage;  // What no crash leaves behind; "" mostly.
  Body body;           // After scan_body.
  Stop stop;           // What scan_body was told.
  bool scanned = false;

  // A segment that was prepared and never used.
  [[nodiscard]] bool is_spare() const { return header && !link && !body.has_rest(); }
};

// As much of a file as identify() and read_marks() mostly need at once: headers, slots and link of 4 KiB
// blocks.
inline constexpr std::size_t kIdentityBytes = 64 << 10;

// Reads headers and link of the file that `window` is aimed at.
io::Status identify(Window& window, FoundSegment& segment);

inline constexpr std::uint64_t kSearchAll = ~0ULL;

// How far the rest is searched. `bounded`: as far as anything was ever written beyond what was durable
// (unsynced_bytes_max), from the end of the chain, the watermark's end and every frame header found on the
// way; enough to find an end. `whole`: once something is known to be lost, for the true end of the loss.
enum class Reach : std::uint8_t { bounded, whole };

// Walks the chain and searches the rest, as far as `search_end` and `reach` say. Without a header `uuid` is
// another file's; without that either, only the presence of something like a frame can be told, and goes into
// `damage`.
io::Status scan_body(Window& window, io::Clock& clock, const std::optional<LogUuid>& uuid, const Stop& stop,
                     std::uint64_t search_end, Reach reach, FoundSegment& segment);

// Behind the last byte from `from` on that is not zero, as far as `reach` says; `from` where all is.
io::Result<std::uint64_t> written_behind(Window& window, std::uint64_t from, Reach reach,
                                         const std::optional<LogUuid>& uuid, const FoundSegment& segment);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
