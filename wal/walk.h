// SPDX-License-Identifier: Apache-2.0
// FrameWalk: from frame to frame along the chain of one segment. Recovery and readers walk alike.
//
// The next frame begins right behind the last one (at a multiple of 64) or, where a sync was called in
// between, at the next block. A frame belongs to the chain if and only if (1) its header validates at its
// place, (2) its epoch is the segment's, (3) it holds the chain value of the frame before, (4) its first LSN
// is the next one, (5) it ends inside the data, (6) it begins a batch where none is open and continues one
// where one is, (7) its payload's checksum matches.
#pragma once

#include <cstdint>
#include <optional>

#include "io/result.h"
#include "wal/frame.h"
#include "wal/segment_header.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct WalkedFrame {
  FrameHeader header;
  std::uint64_t offset = 0;
  std::uint32_t chain = 0;

  [[nodiscard]] std::uint64_t payload_offset() const { return offset + kFrameHeaderBytes; }
  [[nodiscard]] std::uint64_t end() const { return offset + frame_bytes(header.payload_bytes); }
};

// Checks the payload in pieces of at most a window. False where it is not whole.
io::Result<bool> payload_holds(Window& window, const Identity& identity, const WalkedFrame& frame);

class FrameWalk {
 public:
  // Starts behind the link frame. `window` must stay aimed at the segment's file.
  FrameWalk(Window& window, const SegmentHeader& header, Epoch epoch, const ChainEnd& link_end);

  // The frame that follows, by rules (1) to (6); nothing at the end of the chain. Does not move.
  io::Result<std::optional<WalkedFrame>> peek();
  // Steps over `frame`, which peek() gave and whose payload the caller has checked.
  void pass(const WalkedFrame& frame);

  // Behind the last frame passed.
  [[nodiscard]] const ChainEnd& end() const { return end_; }
  // Whether that frame left a batch open.
  [[nodiscard]] bool in_batch() const { return in_batch_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }

 private:
  io::Result<std::optional<WalkedFrame>> frame_at(std::uint64_t offset);
  [[nodiscard]] bool belongs(const WalkedFrame& frame) const;

  Window& window_;
  Identity identity_;
  std::uint32_t block_bytes_;
  std::uint64_t data_end_;
  ChainEnd end_;
  bool in_batch_ = false;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
