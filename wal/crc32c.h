// SPDX-License-Identifier: Apache-2.0
// CRC32C (Castagnoli): every checksum of the log. Check value: "123456789" gives e3069283.
//
// Which code runs is decided once, at run time: SSE4.2's crc32 instruction below kLongRun bytes, ISA-L's
// crc32_iscsi from there on, a table where the machine has no SSE4.2. All three give the same number
// (crc32c_test.cc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/file.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Below this ISA-L's set-up costs more than its folding gains (measured: the two cross near 256 bytes).
inline constexpr std::size_t kLongRun = 256;

// The checksum of what `crc` stands for followed by `bytes`. The checksum of nothing is 0.
std::uint32_t crc32c_extend(std::uint32_t crc, io::Bytes bytes);
// By several pieces, one behind the other: one call, where calls for a few bytes each would cost more than
// the bytes.
std::uint32_t crc32c_extend(std::uint32_t crc, std::span<const io::Bytes> pieces);
// By the four bytes of a number, lowest first: what a checksum that is stored behind its bytes makes of
// theirs.
std::uint32_t crc32c_extend(std::uint32_t crc, std::uint32_t word);
inline std::uint32_t crc32c(io::Bytes bytes) {
  return crc32c_extend(0, bytes);
}

// The checksum of A followed by B, from those of A and B and B's length (below 4 GiB), without their bytes.
std::uint32_t crc32c_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes);

// The implementations one by one, for tests and measurements. Those the machine lacks are the table's.
namespace crc32c_by {
std::uint32_t table(std::uint32_t crc, io::Bytes bytes);
std::uint32_t instruction(std::uint32_t crc, io::Bytes bytes);
std::uint32_t folding(std::uint32_t crc, io::Bytes bytes);
std::uint32_t combine_table(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes);
std::uint32_t combine_instruction(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes);
}  // namespace crc32c_by

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
