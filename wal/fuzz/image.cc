// SPDX-License-Identifier: Apache-2.0
// Reading, writing and laying out images.
#include "wal/fuzz/image.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>

#include "wal/format.h"
#include "wal/little_endian.h"
#include "wal/segment_name.h"
#include "wal/zeros.h"

namespace wallop::wal::fuzz {
namespace {

// Something of the format begins here: what follows is a piece of its own.
bool begins_something(io::Bytes line) {
  if (line.size() < kLineBytes) return false;
  const auto magic = load<std::uint64_t>(line.data());
  return magic == kSegmentMagic || magic == kWatermarkMagic || magic == kFooterMagic ||
         static_cast<std::uint32_t>(magic) == kFrameMagic;
}

void cut_file(SegmentId id, io::Bytes bytes, std::vector<Piece>& pieces) {
  bool continues = false;
  for (std::uint64_t at = 0; at < bytes.size(); at += kLineBytes) {
    const io::Bytes line = bytes.subspan(at, std::min(kLineBytes, bytes.size() - at));
    if (is_zero(line)) {
      continues = false;
      continue;
    }
    if (!continues || begins_something(line) || pieces.back().bytes.size() + line.size() > kPieceBytesMax)
      pieces.push_back({id, at / kLineBytes, {}});
    pieces.back().bytes.insert(pieces.back().bytes.end(), line.begin(), line.end());
    continues = true;
  }
  pieces.push_back({id, bytes.size() / kLineBytes, {}});
}

}  // namespace

std::vector<Piece> read_image(io::Bytes input) {
  std::vector<Piece> pieces;
  while (input.size() >= kPieceHeadBytes) {  // Each turn takes a head at least.
    Piece piece;
    piece.file = SegmentId(std::to_integer<std::uint64_t>(input[0]) % kFilesMax + 1);
    piece.line = load<std::uint16_t>(&input[1]) % kLinesMax;
    const std::size_t size =
        std::min<std::size_t>(load<std::uint16_t>(&input[3]), input.size() - kPieceHeadBytes);
    const io::Bytes bytes = input.subspan(kPieceHeadBytes, size);
    piece.bytes.assign(bytes.begin(), bytes.end());
    input = input.subspan(kPieceHeadBytes + size);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::vector<std::byte> write_image(std::span<const Piece> pieces, std::size_t bytes_max) {
  std::vector<std::byte> image;
  for (const Piece& piece : pieces) {
    if (image.size() + kPieceHeadBytes + piece.bytes.size() > bytes_max) continue;
    std::array<std::byte, kPieceHeadBytes> head{};
    head[0] = static_cast<std::byte>(piece.file.value() - 1);
    store(&head[1], static_cast<std::uint16_t>(piece.line));
    store(&head[3], static_cast<std::uint16_t>(piece.bytes.size()));
    image.insert(image.end(), head.begin(), head.end());
    image.insert(image.end(), piece.bytes.begin(), piece.bytes.end());
  }
  return image;
}

std::vector<Piece> cut_into_pieces(const testing::MemoryFiles::Contents& files) {
  std::vector<Piece> pieces;
  for (const auto& [path, bytes] : files) {
    const auto id = segment_of(path.substr(path.rfind('/') + 1));
    if (id && id->value() <= kFilesMax) cut_file(*id, bytes, pieces);
  }
  return pieces;
}

void lay_out(std::span<const Piece> pieces, testing::MemoryFiles& files) {
  std::map<SegmentId, std::vector<std::byte>> contents;
  for (const Piece& piece : pieces) {
    std::vector<std::byte>& bytes = contents[piece.file];
    bytes.resize(std::max<std::size_t>(bytes.size(), piece.offset() + piece.bytes.size()));
    if (!piece.bytes.empty()) std::memcpy(&bytes[piece.offset()], piece.bytes.data(), piece.bytes.size());
  }
  files.put(path_in("log", kLockName), {});
  for (auto& [id, bytes] : contents) files.put(segment_path("log", id), std::move(bytes));
}

}  // namespace wallop::wal::fuzz
