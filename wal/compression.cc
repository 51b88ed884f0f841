// SPDX-License-Identifier: Apache-2.0
// The two codecs behind one face.
#include "wal/compression.h"

#include <lz4.h>
#include <zstd.h>

#include "wal/little_endian.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Zstandard's own default; what nori-wal takes too.
constexpr int kZstdLevel = 3;
// One byte of an LZ4 block stands for 255 at most (lz4_Block_format.md: lengths grow by bytes of 255); four
// bytes of a Zstandard frame for a block of 128 KiB (RFC 8878, 3.1.1.2).
constexpr std::uint64_t kLz4Growth = 255;
constexpr std::uint64_t kZstdGrowth = (128U << 10) / 4;

const char* chars(const std::byte* bytes) {
  return reinterpret_cast<const char*>(bytes);
}
char* chars(std::byte* bytes) {
  return reinterpret_cast<char*>(bytes);
}

// How many bytes that took of `room`; 0 where it did not fit.
std::size_t compress_block(Compression how, io::Bytes value, std::byte* into, std::size_t room) {
  if (how == Compression::lz4) {
    const int took = LZ4_compress_default(chars(value.data()), chars(into), static_cast<int>(value.size()),
                                          static_cast<int>(room));
    return took > 0 ? static_cast<std::size_t>(took) : 0;
  }
  const std::size_t took = ZSTD_compress(into, room, value.data(), value.size(), kZstdLevel);
  return ZSTD_isError(took) != 0 ? 0 : took;
}

bool expand_block(Compression how, io::Bytes block, std::vector<std::byte>& into) {
  if (how == Compression::lz4) {
    const int got = LZ4_decompress_safe(chars(block.data()), chars(into.data()),
                                        static_cast<int>(block.size()), static_cast<int>(into.size()));
    return got >= 0 && static_cast<std::size_t>(got) == into.size();
  }
  const std::size_t got = ZSTD_decompress(into.data(), into.size(), block.data(), block.size());
  return ZSTD_isError(got) == 0 && got == into.size();
}

// Whether a block can make so much.
bool is_possible(Compression how, io::Bytes block, std::uint64_t bytes) {
  if (bytes == 0 || bytes > kExpandedBytesMax || block.empty() || block.size() > kExpandedBytesMax)
    return false;
  if (how == Compression::lz4) return bytes <= block.size() * kLz4Growth;
  return bytes <= block.size() * kZstdGrowth && ZSTD_getFrameContentSize(block.data(), block.size()) == bytes;
}

}  // namespace

std::optional<Compressed> compress(Compression how, io::Bytes value) {
  if (how == Compression::none || value.size() < 2) return std::nullopt;
  Compressed made{std::make_unique_for_overwrite<std::byte[]>(value.size() + kVarintMax), 0};
  const std::size_t head = store_varint(made.bytes.get(), value.size());
  if (head + 1 >= value.size()) return std::nullopt;
  const std::size_t took = compress_block(how, value, made.bytes.get() + head, value.size() - head - 1);
  if (took == 0) return std::nullopt;
  made.size = head + took;
  return made;
}

bool expand(Compression how, io::Bytes stored, std::vector<std::byte>& buffer) {
  const auto length = load_varint(stored);
  if (how == Compression::none || !length) return false;
  const io::Bytes block = stored.subspan(length->bytes);
  if (!is_possible(how, block, length->value)) return false;
  buffer.resize(length->value);
  return expand_block(how, block, buffer);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
