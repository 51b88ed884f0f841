// SPDX-License-Identifier: Apache-2.0
// Encoding and decoding of footers; format.h draws them.
#include "wal/footer.h"

#include <algorithm>

#include "wal/crc32c.h"
#include "wal/little_endian.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

namespace entry_at = footer_entry_at;

std::uint32_t footer_checksum(io::Bytes bytes, const Identity& identity, std::uint64_t offset,
                              std::size_t entry_count) {
  const std::uint32_t crc = crc32c_extend(checksum_seed(identity, offset), bytes.first(footer_at::kCrc));
  return crc32c_extend(crc, bytes.subspan(footer_at::kEntries, entry_count * entry_at::kEnd));
}

std::optional<SparseIndex> decode_index(io::Bytes bytes, std::size_t count, const ChainEnd& end) {
  std::array<ChainEnd, kFooterEntriesMax> entries;
  for (std::size_t i = 0; i < count; ++i) {
    const io::Bytes from = bytes.subspan(footer_at::kEntries + i * entry_at::kEnd, entry_at::kEnd);
    if (load<std::uint32_t>(&from[entry_at::kReserved]) != 0) return std::nullopt;
    entries[i] = {load<std::uint64_t>(&from[entry_at::kOffset]),
                  Lsn(load<std::uint64_t>(&from[entry_at::kLsn])),
                  load<std::uint32_t>(&from[entry_at::kChain])};
  }
  return SparseIndex::from(std::span(entries).first(count), end);
}

}  // namespace

void SparseIndex::add(const ChainEnd& end) {
  if (end.offset < next_offset_ || count_ == entries_.size()) return;
  entries_[count_++] = end;
  next_offset_ = end.offset + spacing_;
}

std::optional<SparseIndex> SparseIndex::from(std::span<const ChainEnd> entries, const ChainEnd& end) {
  SparseIndex index;
  for (const ChainEnd& entry : entries) {
    const bool rises = index.count_ == 0 || entry.offset > index.entries_[index.count_ - 1].offset;
    if (!rises || entry.offset > end.offset || entry.last > end.last) return std::nullopt;
    index.entries_[index.count_++] = entry;
  }
  return index;
}

EncodedFooter encode_footer(const Footer& footer, const LogUuid& uuid, SegmentId segment,
                            std::uint64_t offset) {
  EncodedFooter out{};
  const std::span<const ChainEnd> entries = footer.index.entries();
  store(&out[footer_at::kMagic], kFooterMagic);
  std::ranges::copy(uuid, &out[footer_at::kLogUuid]);
  store(&out[footer_at::kEpochCounter], footer.epoch.counter);
  store(&out[footer_at::kEpochNonce], footer.epoch.nonce);
  store(&out[footer_at::kEndOffset], footer.end.offset);
  store(&out[footer_at::kEndLsn], footer.end.last.value());
  store(&out[footer_at::kRecordCount], footer.record_count);
  store(&out[footer_at::kNextSegment], footer.next.value());
  store(&out[footer_at::kChain], footer.end.chain);
  store(&out[footer_at::kEntryCount], static_cast<std::uint32_t>(entries.size()));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::byte* const to = &out[footer_at::kEntries + i * entry_at::kEnd];
    store(to + entry_at::kOffset, entries[i].offset);
    store(to + entry_at::kLsn, entries[i].last.value());
    store(to + entry_at::kChain, entries[i].chain);
  }
  store(&out[footer_at::kCrc], footer_checksum(out, {uuid, segment, footer.epoch}, offset, entries.size()));
  return out;
}

std::optional<Footer> decode_footer(io::Bytes bytes, const LogUuid& uuid, SegmentId segment,
                                    std::uint64_t offset) {
  if (bytes.size() < kFooterBytesMax || load<std::uint64_t>(&bytes[footer_at::kMagic]) != kFooterMagic)
    return std::nullopt;
  const auto entry_count = load<std::uint32_t>(&bytes[footer_at::kEntryCount]);
  if (entry_count > kFooterEntriesMax) return std::nullopt;
  Footer footer;
  footer.epoch = {load<std::uint32_t>(&bytes[footer_at::kEpochCounter]),
                  load<std::uint32_t>(&bytes[footer_at::kEpochNonce])};
  const Identity identity{uuid, segment, footer.epoch};
  if (load<std::uint32_t>(&bytes[footer_at::kCrc]) != footer_checksum(bytes, identity, offset, entry_count))
    return std::nullopt;
  footer.end = {load<std::uint64_t>(&bytes[footer_at::kEndOffset]),
                Lsn(load<std::uint64_t>(&bytes[footer_at::kEndLsn])),
                load<std::uint32_t>(&bytes[footer_at::kChain])};
  footer.record_count = load<std::uint64_t>(&bytes[footer_at::kRecordCount]);
  footer.next = SegmentId(load<std::uint64_t>(&bytes[footer_at::kNextSegment]));
  const auto index = decode_index(bytes, entry_count, footer.end);
  const bool is_ours = std::ranges::equal(bytes.subspan(footer_at::kLogUuid, sizeof(LogUuid)), uuid);
  const bool is_known = load<std::uint32_t>(&bytes[footer_at::kReserved]) == 0 && footer.next > segment;
  const bool is_within = footer.end.last.value() <= kNumberMax && footer.end.offset <= kSegmentBytesMax &&
                         footer.next.value() <= kNumberMax && footer.epoch.counter <= kEpochCounterMax;
  if (!index || !is_ours || !is_known || !is_within) return std::nullopt;
  footer.index = *index;
  return footer;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
