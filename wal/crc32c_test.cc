// SPDX-License-Identifier: Apache-2.0
#include "wal/crc32c.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "wal/record.h"

namespace wallop::wal {
namespace {

// Bytes that repeat after no power of two.
std::vector<std::byte> pattern(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 131 + i / 251) & 0xff);
  return bytes;
}

TEST_CASE("the checksum of 123456789 is e3069283, whichever way it is computed") {
  const io::Bytes digits = bytes_of("123456789");
  REQUIRE(crc32c(digits) == 0xe3069283);
  REQUIRE(crc32c_by::table(0, digits) == 0xe3069283);
  REQUIRE(crc32c_by::instruction(0, digits) == 0xe3069283);
  REQUIRE(crc32c_by::folding(0, digits) == 0xe3069283);
}

// RFC 3720, appendix B.4.
TEST_CASE("the checksums of iSCSI's examples come out") {
  REQUIRE(crc32c(std::vector<std::byte>(32)) == 0x8a9136aa);
  REQUIRE(crc32c(std::vector<std::byte>(32, std::byte{0xff})) == 0x62a8ab43);
}

TEST_CASE(
    "table, instruction and folding agree for every length and alignment up to 300, and for long runs") {
  const auto bytes = pattern(300 + 8);
  for (std::size_t begin = 0; begin < 8; ++begin) {
    for (std::size_t size = 0; size <= 300; ++size) {
      const auto part = io::Bytes(bytes).subspan(begin, size);
      const std::uint32_t expected = crc32c_by::table(77, part);
      REQUIRE(crc32c_by::instruction(77, part) == expected);
      REQUIRE(crc32c_by::folding(77, part) == expected);
      REQUIRE(crc32c_extend(77, part) == expected);
    }
  }
  const auto large = pattern((1U << 20) + 13);
  REQUIRE(crc32c_by::folding(0, large) == crc32c_by::table(0, large));
}

TEST_CASE("a checksum may be taken in two parts at any place") {
  const auto bytes = pattern(600);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::uint32_t first = crc32c(io::Bytes(bytes).first(cut));
    REQUIRE(crc32c_extend(first, io::Bytes(bytes).subspan(cut)) == crc32c(bytes));
  }
}

TEST_CASE("a checksum extended by a number is that of its bytes, lowest first") {
  const auto bytes = pattern(100);
  constexpr std::uint32_t kWord = 0x12345678;
  auto longer = bytes;
  for (const auto byte : {std::byte{0x78}, std::byte{0x56}, std::byte{0x34}, std::byte{0x12}})
    longer.push_back(byte);
  REQUIRE(crc32c_extend(crc32c(bytes), kWord) == crc32c(longer));
}

TEST_CASE("two checksums combine into that of the whole, by table and by instruction") {
  for (const std::size_t size : {0UL, 1UL, 7UL, 255UL, 256UL, 257UL, 65'535UL, 65'536UL, 1'000'003UL}) {
    const auto a = pattern(100);
    const auto b = pattern(size);
    const std::uint32_t whole = crc32c_extend(crc32c(a), b);
    REQUIRE(crc32c_combine(crc32c(a), crc32c(b), size) == whole);
    REQUIRE(crc32c_by::combine_table(crc32c(a), crc32c(b), size) == whole);
    REQUIRE(crc32c_by::combine_instruction(crc32c(a), crc32c(b), size) == whole);
  }
}

TEST_CASE("every flipped bit changes the checksum") {
  auto bytes = pattern(96);
  const std::uint32_t expected = crc32c(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    bytes[bit / 8] ^= mask;
    REQUIRE(crc32c(bytes) != expected);
    bytes[bit / 8] ^= mask;
  }
}

}  // namespace
}  // namespace wallop::wal
