// SPDX-License-Identifier: Apache-2.0
// FrameSearch: every frame of one file whose header validates, wherever it stands, and what lies between.
//
// A frame begins where the one before it ends, or at the next line of 64 bytes whose header validates: damage
// ends no search. Headers are seeded with log, segment, epoch and place, so what is found was written there
// by this log; whether the chain reaches it, and whether its payload is whole, are the caller's questions.
#pragma once

#include <cstdint>
#include <optional>

#include "io/result.h"
#include "wal/segment_header.h"
#include "wal/walk.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// File bytes [begin, end): from the first line that is not zero to the last one.
struct Remnant {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] bool empty() const { return begin == end; }
};

class FrameSearch {
 public:
  FrameSearch() = default;  // Of nothing.
  // Of [from, to), which the file may end in.
  FrameSearch(const LogUuid& uuid, SegmentId segment, std::uint64_t from, std::uint64_t to)
      : uuid_(uuid), segment_(segment), at_(from), end_(to) {}

  // The next frame of the file that `window` is aimed at; nothing at the end.
  io::Result<std::optional<WalkedFrame>> next(Window& window);
  // Goes on inside `damaged`, which next() gave last: the end that it claims may lie behind the beginning of
  // a sound one.
  void look_inside(const WalkedFrame& damaged) { at_ = damaged.payload_offset(); }
  // What the last next() passed that is neither zero nor of a frame.
  [[nodiscard]] const Remnant& passed() const { return passed_; }

 private:
  LogUuid uuid_{};
  SegmentId segment_;
  std::uint64_t at_ = 0, end_ = 0;
  Remnant passed_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
