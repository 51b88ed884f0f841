// SPDX-License-Identifier: Apache-2.0
// Reading slots and footer. What lies behind the end of the file reads as zeros.
#include "wal/marks.h"

#include <algorithm>

#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
Lsn Marks::durable() const {
  const Lsn by_watermark = watermark ? watermark->durable : Lsn{};
  return footer ? std::max(by_watermark, footer->proven()) : by_watermark;
}

Epoch Marks::newest() const {
  const Epoch by_watermark = watermark ? watermark->epoch : Epoch{};
  return footer ? std::max(by_watermark, footer->epoch) : by_watermark;
}

std::uint64_t Marks::synced_end() const {
  if (footer) return kSegmentBytesMax;
  return watermark ? watermark->end_offset : 0;
}

io::Result<Marks> read_marks(Window& window, const SegmentHeader& header) {
  Marks marks;
  for (std::uint64_t slot = 0; slot < kWatermarkSlots; ++slot) {
    const std::uint64_t offset = header.slot_offset(slot);
    auto block = window.view(offset, header.block_bytes);
    if (!block) return io::Failure(std::move(block.error()));
    if (!is_zero(*block)) marks.blank = false;
    const auto found = decode_watermark(*block, header.log_uuid, header.id, offset);
    if (found && (!marks.watermark || marks.watermark->durable < found->durable)) marks.watermark = found;
  }
  const std::uint64_t offset = header.footer_offset();
  auto block = window.view(offset, header.block_bytes);
  if (!block) return io::Failure(std::move(block.error()));
  if (!is_zero(*block)) marks.blank = false;
  marks.footer = decode_footer(*block, header.log_uuid, header.id, offset);
  return marks;
}

bool is_mark(io::Bytes from_line, const LogUuid& uuid, SegmentId segment, std::uint64_t offset) {
  return decode_watermark(from_line, uuid, segment, offset) ||
         decode_footer(from_line, uuid, segment, offset);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
