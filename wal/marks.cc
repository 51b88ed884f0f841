// SPDX-License-Identifier: Apache-2.0
// Reading slots and footer. Not through the window: it would read a whole one for each of them.
#include "wal/marks.h"

#include <algorithm>
#include <vector>

#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Fewer bytes than asked for where the file ends: what lies behind reads as zeros.
io::Status read_block(io::File& file, ReadVia via, std::uint64_t offset, std::span<std::byte> into) {
  auto got = via == ReadVia::cache ? file.read_at(offset, into) : file.read_stored_at(offset, into);
  if (!got) return io::Failure(std::move(got.error()));
  std::ranges::fill(into.subspan(*got), std::byte{0});
  return {};
}

}  // namespace

Lsn Marks::durable() const {
  const Lsn by_watermark = watermark ? watermark->durable : Lsn{};
  return footer ? std::max(by_watermark, footer->proven()) : by_watermark;
}

Epoch Marks::newest() const {
  const Epoch by_watermark = watermark ? watermark->epoch : Epoch{};
  return footer ? std::max(by_watermark, footer->epoch) : by_watermark;
}

io::Result<Marks> read_marks(io::File& file, ReadVia via, const SegmentHeader& header) {
  Marks marks;
  std::vector<std::byte> block(header.block_bytes);
  for (std::uint64_t slot = 0; slot < kWatermarkSlots; ++slot) {
    const std::uint64_t offset = header.slot_offset(slot);
    if (auto read = read_block(file, via, offset, block); !read) return io::Failure(std::move(read.error()));
    if (!is_zero(block)) marks.blank = false;
    const auto found = decode_watermark(block, header.log_uuid, header.id, offset);
    if (found && (!marks.watermark || marks.watermark->durable < found->durable)) marks.watermark = found;
  }
  const std::uint64_t offset = header.footer_offset();
  if (auto read = read_block(file, via, offset, block); !read) return io::Failure(std::move(read.error()));
  if (!is_zero(block)) marks.blank = false;
  marks.footer = decode_footer(block, header.log_uuid, header.id, offset);
  return marks;
}

bool is_mark(io::Bytes from_line, const LogUuid& uuid, SegmentId segment, std::uint64_t offset) {
  return decode_watermark(from_line, uuid, segment, offset) ||
         decode_footer(from_line, uuid, segment, offset);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
