// SPDX-License-Identifier: Apache-2.0
// Line by line, a window at a time.
#include "wal/frame_search.h"

#include <algorithm>

#include "wal/little_endian.h"
#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<std::optional<WalkedFrame>> FrameSearch::next(Window& window) {
  passed_ = {};
  while (at_ < end_) {  // Each turn passes a line at least.
    auto view = window.view(at_, std::min<std::uint64_t>(kWindowBytes, end_ - at_));
    if (!view) return io::Failure(std::move(view.error()));
    if (view->empty()) break;  // The file has become shorter.
    for (std::size_t begin = 0; begin < view->size(); begin += kFrameAlignment) {
      const io::Bytes line =
          view->subspan(begin, std::min<std::size_t>(kFrameAlignment, view->size() - begin));
      const std::uint64_t offset = at_ + begin;
      if (line.size() == kFrameAlignment && load<std::uint32_t>(line.data()) == kFrameMagic) {
        if (const auto decoded = decode_frame_header(line, uuid_, segment_, offset)) {
          const WalkedFrame frame{decoded->header, offset, decoded->chain};
          at_ = frame.end();
          return frame;
        }
      }
      if (is_zero(line)) continue;
      if (passed_.empty()) passed_.begin = offset;
      passed_.end = offset + line.size();
    }
    at_ += view->size();
  }
  return std::nullopt;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
