// SPDX-License-Identifier: Apache-2.0
// The arithmetic. A 32-bit checksum is a polynomial over GF(2) modulo P, reflected: bit 31 is x^0, bit 0 is
// x^31.
//
// Combining: crc(A B) = crc(A) * x^(8 * bytes of B) + crc(B). The power is looked up by each byte of the
// length, so one to four multiplications do. The carry-less multiply instruction leaves its product one bit
// short of reflected order, and the crc32 instruction that reduces it multiplies by x^32: together x^33 too
// much. So both multipliers are defined as a * b * x^33, and the table of powers holds x^(8n - 33).
#include "wal/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/ensure.h"
#include "wal/little_endian.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define WALLOP_CRC_INSTRUCTIONS
#endif

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;
constexpr std::uint32_t kOne = 0x80000000;  // x^0.

constexpr std::uint32_t times_x(std::uint32_t a) {
  return (a >> 1) ^ ((a & 1) != 0 ? kPolynomial : 0);
}
constexpr std::uint32_t divided_by_x(std::uint32_t a) {
  return (a & kOne) != 0 ? ((a ^ kPolynomial) << 1) | 1 : a << 1;
}

constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
  std::uint32_t product = 0;
  for (std::uint32_t bit = kOne; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = times_x(b);
  }
  return product;
}

constexpr std::uint32_t power_of_x(int exponent) {
  std::uint32_t power = kOne;
  for (int i = 0; i < exponent; ++i) power = times_x(power);
  for (int i = 0; i > exponent; --i) power = divided_by_x(power);
  return power;
}

// kRow[b] of the byte table: eight tables, so that eight bytes are folded at once ("slicing by 8").
constexpr auto kSlices = [] {
  std::array<std::array<std::uint32_t, 256>, 8> slices{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = times_x(crc);
    slices[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < 8; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = slices[slice - 1][byte];
      slices[slice][byte] = (before >> 8) ^ slices[0][before & 0xff];
    }
  }
  return slices;
}();

// kPowers[j][v] = x^(8 * v * 256^j - 33).
constexpr auto kPowers = [] {
  std::array<std::array<std::uint32_t, 256>, 4> powers{};
  std::uint32_t step = power_of_x(8);
  for (auto& row : powers) {
    row[0] = power_of_x(-33);
    for (std::size_t v = 1; v < 256; ++v) row[v] = multiply(row[v - 1], step);
    for (int squaring = 0; squaring < 8; ++squaring) step = multiply(step, step);
  }
  return powers;
}();

// Where two halves at once gain more than putting them together costs.
constexpr std::size_t kTwoHalves = 64;
static_assert(kLongRun <= 256, "a power for every length below it");

constexpr std::uint32_t kX33 = power_of_x(33);

std::uint32_t multiply_by_table(std::uint32_t a, std::uint32_t b) {
  return multiply(multiply(a, b), kX33);
}

std::uint32_t combine_by_table(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes) {
  for (std::size_t row = 0; b_bytes != 0; ++row, b_bytes >>= 8) {
    const std::size_t digit = b_bytes & 0xff;
    if (digit != 0) crc_a = multiply_by_table(crc_a, kPowers[row][digit]);
  }
  return crc_a ^ crc_b;
}

#ifdef WALLOP_CRC_INSTRUCTIONS
const bool kHasInstructions = [] {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}();

// Less than eight bytes. The state is the checksum, inverted.
__attribute__((target("sse4.2"), always_inline)) inline std::uint32_t extend_by_few(std::uint32_t state,
                                                                                    io::Bytes bytes) {
  const std::byte* at = bytes.data();
  if ((bytes.size() & 4) != 0) {
    state = _mm_crc32_u32(state, load<std::uint32_t>(at));
    at += 4;
  }
  if ((bytes.size() & 2) != 0) {
    state = _mm_crc32_u16(state, load<std::uint16_t>(at));
    at += 2;
  }
  if ((bytes.size() & 1) != 0) state = _mm_crc32_u8(state, std::to_integer<std::uint8_t>(*at));
  return state;
}

// From `at` to `end`, in front of which eight bytes can be read.
__attribute__((target("sse4.2"), always_inline)) inline std::uint32_t extend_up_to(std::uint64_t state,
                                                                                   const std::byte* at,
                                                                                   const std::byte* end) {
  for (; end - at >= 8; at += 8) state = _mm_crc32_u64(state, load<std::uint64_t>(at));
  const auto bits = static_cast<std::size_t>(end - at) * 8;
  if (bits == 0) return static_cast<std::uint32_t>(state);
  // The last few in one step, by the eight bytes that end with them: where the state is zero, zeros in front
  // of them change nothing. What of the state does not meet one of them stays as it is.
  const std::uint64_t last = load<std::uint64_t>(end - 8) >> (64 - bits);
  return static_cast<std::uint32_t>((state >> bits) ^ _mm_crc32_u64(0, (last ^ state) << (64 - bits)));
}

__attribute__((target("sse4.2,pclmul"), always_inline)) inline std::uint32_t multiply_inline(
    std::uint32_t a, std::uint32_t b) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128(a), _mm_cvtsi64_si128(static_cast<std::int64_t>(b)), 0);
  return static_cast<std::uint32_t>(_mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product))));
}

// Less than kLongRun. Each step waits three cycles for the one before, so what is not short is taken in two
// halves and the state by itself, all at once, and put together in the end.
__attribute__((target("sse4.2,pclmul"), always_inline)) inline std::uint32_t extend_inline(std::uint32_t crc,
                                                                                           io::Bytes bytes) {
  const std::uint32_t state = ~crc;
  const std::size_t size = bytes.size();
  if (size < 8) return ~extend_by_few(state, bytes);
  const std::byte* at = bytes.data();
  const std::byte* const end = at + size;
  if (size < kTwoHalves) return ~extend_up_to(state, at, end);
  const std::size_t half = size / 16 * 8;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  for (const std::byte* const middle = at + half; at != middle; at += 8) {
    first = _mm_crc32_u64(first, load<std::uint64_t>(at));
    second = _mm_crc32_u64(second, load<std::uint64_t>(at + half));
  }
  return ~(multiply_inline(state, kPowers[0][size]) ^
           multiply_inline(static_cast<std::uint32_t>(first), kPowers[0][size - half]) ^
           extend_up_to(second, at + half, end));
}

// ISA-L leaves the upper halves of vector registers in use. Every older vector instruction behind it, of
// which the compiler makes many, then waits for them (measured: 140 ns once a call).
const bool kHasAvx = [] {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx") != 0;
}();
__attribute__((target("avx"))) void give_back_upper_halves() {
  _mm256_zeroupper();
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t extend_by_instruction(std::uint32_t crc,
                                                                             io::Bytes bytes) {
  for (; bytes.size() >= kLongRun; bytes = bytes.subspan(kLongRun - 1))
    crc = extend_inline(crc, bytes.first(kLongRun - 1));
  return extend_inline(crc, bytes);
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t extend_by_both(std::uint32_t crc,
                                                                      std::span<const io::Bytes> pieces) {
  for (const io::Bytes piece : pieces)
    crc = piece.size() < kLongRun ? extend_inline(crc, piece) : crc32c_by::folding(crc, piece);
  return crc;
}

__attribute__((target("sse4.2"))) std::uint32_t extend_word_by_instruction(std::uint32_t crc,
                                                                           std::uint32_t word) {
  return ~_mm_crc32_u32(~crc, word);
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t combine_by_instructions(std::uint32_t crc_a,
                                                                               std::uint32_t crc_b,
                                                                               std::uint64_t b_bytes) {
  for (std::size_t row = 0; b_bytes != 0; ++row, b_bytes >>= 8) {
    const std::size_t digit = b_bytes & 0xff;
    if (digit != 0) crc_a = multiply_inline(crc_a, kPowers[row][digit]);
  }
  return crc_a ^ crc_b;
}
#else
constexpr bool kHasInstructions = false;
constexpr bool kHasAvx = false;

void give_back_upper_halves() {}

std::uint32_t extend_by_instruction(std::uint32_t crc, io::Bytes bytes) {
  return crc32c_by::table(crc, bytes);
}
std::uint32_t extend_by_both(std::uint32_t crc, std::span<const io::Bytes>) {
  return crc;
}
std::uint32_t extend_word_by_instruction(std::uint32_t crc, std::uint32_t) {
  return crc;
}
std::uint32_t combine_by_instructions(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes) {
  return combine_by_table(crc_a, crc_b, b_bytes);
}
#endif

}  // namespace

namespace crc32c_by {

std::uint32_t table(std::uint32_t crc, io::Bytes bytes) {
  crc = ~crc;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      const std::uint32_t mixed = i < 4 ? (crc >> (8 * i)) & 0xff : 0;
      next ^= kSlices[7 - i][std::to_integer<std::uint32_t>(bytes[i]) ^ mixed];
    }
    crc = next;
  }
  for (const std::byte byte : bytes) {
    crc = (crc >> 8) ^ kSlices[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
  }
  return ~crc;
}

std::uint32_t instruction(std::uint32_t crc, io::Bytes bytes) {
  return kHasInstructions ? extend_by_instruction(crc, bytes) : table(crc, bytes);
}

// Not inlined: short pieces would pay for its registers.
__attribute__((noinline)) std::uint32_t folding(std::uint32_t crc, io::Bytes bytes) {
  // ISA-L takes its length as an int, and its input as not const though it only reads it.
  constexpr std::size_t kChunk = 1U << 30;
  crc = ~crc;
  while (!bytes.empty()) {
    const io::Bytes chunk = bytes.first(std::min(bytes.size(), kChunk));
    auto* from = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(chunk.data()));
    crc = crc32_iscsi(from, static_cast<int>(chunk.size()), crc);
    bytes = bytes.subspan(chunk.size());
  }
  if (kHasAvx) give_back_upper_halves();
  return ~crc;
}

std::uint32_t combine_table(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes) {
  return combine_by_table(crc_a, crc_b, b_bytes);
}

std::uint32_t combine_instruction(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes) {
  return kHasInstructions ? combine_by_instructions(crc_a, crc_b, b_bytes)
                          : combine_by_table(crc_a, crc_b, b_bytes);
}

}  // namespace crc32c_by

std::uint32_t crc32c_extend(std::uint32_t crc, io::Bytes bytes) {
  return crc32c_extend(crc, std::span(&bytes, 1));
}

std::uint32_t crc32c_extend(std::uint32_t crc, std::span<const io::Bytes> pieces) {
  if (kHasInstructions) return extend_by_both(crc, pieces);
  for (const io::Bytes piece : pieces) crc = crc32c_by::table(crc, piece);
  return crc;
}

std::uint32_t crc32c_extend(std::uint32_t crc, std::uint32_t word) {
  if (kHasInstructions) return extend_word_by_instruction(crc, word);
  std::array<std::byte, sizeof word> bytes;
  store(bytes.data(), word);
  return crc32c_by::table(crc, bytes);
}

std::uint32_t crc32c_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t b_bytes) {
  base::ensure(b_bytes <= std::numeric_limits<std::uint32_t>::max(), "checksums are combined below 4 GiB");
  return crc32c_by::combine_instruction(crc_a, crc_b, b_bytes);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
