// SPDX-License-Identifier: Apache-2.0
// Group: the records that are written at once, while it fills; and the frames that hold no records.
//
// A group is one frame. Only a batch that is larger than a frame may be (Options::frame_bytes_max) takes
// several: they lie in one group, one behind the other, so that nobody else's record comes between them and
// every mark of the log (written, durable, the end of the chain) steps over all of them at once.
//
// A group's place is fixed when it is opened, so that append can say where a record went before anything is
// written. Its checksums are combined from those of its records, which their producers took outside the lock:
// nothing is read twice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "io/file.h"
#include "wal/format.h"
#include "wal/frame.h"
#include "wal/record.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// What every frame of one moment shares.
struct FrameContext {
  Identity identity;
  Lsn durable_lsn;
  std::uint32_t previous_chain = 0;
  std::uint64_t wall_unix_ms = 0;
};

// Where records fall into frames: in front of one that would make the payload longer than
// `payload_bytes_max`. A record longer than that has a frame of its own.
class FrameCuts {
 public:
  explicit FrameCuts(std::uint64_t payload_bytes_max) : payload_bytes_max_(payload_bytes_max) {}

  // Whether a record of so many bytes begins a frame behind one with this payload.
  [[nodiscard]] bool cuts(std::uint64_t payload_bytes, std::uint64_t record_bytes) const {
    return payload_bytes > 0 && payload_bytes + record_bytes > payload_bytes_max_;
  }
  // What they take of a segment as a group of their own.
  [[nodiscard]] std::uint64_t room_bytes(std::span<const EncodedRecord> records) const;

 private:
  std::uint64_t payload_bytes_max_;
};

class Group {
 public:
  explicit Group(FrameCuts cuts) : cuts_(cuts) { frames_.reserve(1); }

  [[nodiscard]] bool empty() const { return frames_.empty(); }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // Of all its frames together.
  [[nodiscard]] std::uint64_t payload_bytes() const { return payload_bytes_; }
  [[nodiscard]] Lsn last_lsn() const { return frames_.back().next_lsn().previous(); }
  // File offset where the next record goes, if it begins no frame.
  [[nodiscard]] std::uint64_t next_offset() const { return offset_ + frames_.back().next_record(); }
  // File offset of the end of its last frame.
  [[nodiscard]] std::uint64_t end() const { return offset_ + frames_.back().end(); }

  // Only while empty. A record must follow before anything else.
  void open(Lsn first_lsn, std::uint64_t offset);
  // It will lie elsewhere: what add() returned says nothing any more.
  void move_to(std::uint64_t offset) { offset_ = offset; }
  // The caller has seen to it that it fits. Returns its file offset.
  std::uint64_t add(const EncodedRecord& record);

  struct Sealed {
    io::Bytes bytes;          // All its frames; lives until clear().
    std::uint32_t chain = 0;  // Of the last one.
  };
  // Again where it is written again.
  Sealed seal(FrameContext context);
  // Empty again. Keeps its buffer, unless one huge record made it huge.
  void clear();

 private:
  struct Frame {
    std::uint64_t begin = 0;  // In the buffer.
    Lsn first_lsn;
    std::uint32_t record_count = 0;
    std::uint64_t payload_bytes = 0;
    std::uint32_t payload_crc = 0;  // Not seeded.

    [[nodiscard]] Lsn next_lsn() const { return first_lsn.plus(record_count); }
    [[nodiscard]] std::uint64_t next_record() const { return begin + kFrameHeaderBytes + payload_bytes; }
    [[nodiscard]] std::uint64_t end() const { return begin + frame_bytes(payload_bytes); }
  };
  void reserve(std::uint64_t bytes);
  // Puts its header and its padding into the buffer. Returns its chain value.
  std::uint32_t seal_frame(const Frame& frame, std::uint8_t batch, const FrameContext& context);

  FrameCuts cuts_;
  std::uint64_t offset_ = 0;
  std::uint64_t payload_bytes_ = 0;
  std::vector<Frame> frames_;            // Keeps its capacity.
  std::unique_ptr<std::byte[]> buffer_;  // Of each frame room for the header, then the payload, padded.
  std::uint64_t buffer_bytes_ = 0;
};

struct LinkFrame {
  std::array<std::byte, kLinkFrameBytesMax> room;
  std::size_t size = 0;
  std::uint32_t chain = 0;

  [[nodiscard]] io::Bytes bytes() const { return io::Bytes(room).first(size); }
};
// The first frame of a segment; context.previous_chain says nothing there.
LinkFrame make_link_frame(const FrameContext& context, std::uint64_t offset, const Link& link);

struct ControlFrame {
  std::array<std::byte, kControlFrameBytes> bytes;
  std::uint32_t chain = 0;
};
ControlFrame make_control_frame(const FrameContext& context, std::uint64_t offset, Lsn next_lsn,
                                const LowWater& low_water);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
