// SPDX-License-Identifier: Apache-2.0
// Group: the records that become one frame, while it fills; and the frames that hold no records.
//
// A group's place is fixed when it is opened, so that append can say where a record went before anything is
// written. Its checksum is combined from those of its records, which their producers took outside the lock:
// nothing is read twice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

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

class Group {
 public:
  [[nodiscard]] bool empty() const { return record_count_ == 0; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t payload_bytes() const { return payload_bytes_; }
  [[nodiscard]] Lsn last_lsn() const { return Lsn(first_lsn_.value() + record_count_ - 1); }
  // File offset where the next record goes.
  [[nodiscard]] std::uint64_t next_offset() const { return offset_ + kFrameHeaderBytes + payload_bytes_; }
  // File offset of the end of its frame.
  [[nodiscard]] std::uint64_t end() const { return offset_ + frame_bytes(payload_bytes_); }

  // Only while empty.
  void open(Lsn first_lsn, std::uint64_t offset);
  // The caller has seen to it that it fits.
  void add(const EncodedRecord& record);

  struct Sealed {
    io::Bytes bytes;  // The whole frame; lives until clear().
    std::uint32_t chain = 0;
  };
  Sealed seal(const FrameContext& context);
  // Empty again. Keeps its buffer, unless one huge record made it huge.
  void clear();

 private:
  void reserve(std::uint64_t bytes);

  Lsn first_lsn_;
  std::uint64_t offset_ = 0;
  std::uint32_t record_count_ = 0;
  std::uint64_t payload_bytes_ = 0;
  std::uint32_t payload_crc_ = 0;
  std::unique_ptr<std::byte[]> buffer_;  // Room for the header, then the payload.
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
