// SPDX-License-Identifier: Apache-2.0
// Image: a log's directory in few bytes, as a fuzzer's input. Any bytes are an image.
//
// An image is a list of pieces, laid over files of zeros in their order:
//
//   +------+---------+---------+------------+
//   | file | line    | size    | size bytes |   file: segment (file mod 8) + 1
//   | u8   | u16     | u16     |            |   line: where in it, in units of 64 bytes, mod 1024
//   +------+---------+---------+------------+   size: less where the image ends; 0 makes the file that long
//
// Segments are mostly zeros, and what is not begins at multiples of 64: so a small change of an image is a
// small change of a log, and one piece is one header, frame or mark.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/file.h"
#include "wal/fuzz/memory_files.h"
#include "wal/types.h"

namespace wallop::wal::fuzz {

inline constexpr std::uint64_t kLineBytes = 64;
inline constexpr std::uint64_t kLinesMax = 1024;
inline constexpr std::uint64_t kFilesMax = 8;
inline constexpr std::size_t kPieceHeadBytes = 5;
inline constexpr std::size_t kPieceBytesMax = 0xffff;

struct Piece {
  SegmentId file{1};
  std::uint64_t line = 0;
  std::vector<std::byte> bytes;

  [[nodiscard]] std::uint64_t offset() const { return line * kLineBytes; }
};

std::vector<Piece> read_image(io::Bytes input);
// As read_image takes it, pieces that do not fit `bytes_max` left out.
std::vector<std::byte> write_image(std::span<const Piece> pieces, std::size_t bytes_max);

// The segment files of `directory`, cut into pieces where something begins. Other files are left out.
std::vector<Piece> cut_into_pieces(const testing::MemoryFiles::Contents& files);
// The directory "log" that the pieces stand for.
void lay_out(std::span<const Piece> pieces, testing::MemoryFiles& files);

}  // namespace wallop::wal::fuzz
