// SPDX-License-Identifier: Apache-2.0
// What was compressed comes back; what was not is refused, whatever it says of itself.
#include "wal/compression.h"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "wal/record.h"

namespace wallop::wal {
namespace {

constexpr Compression kCodecs[] = {Compression::lz4, Compression::zstd};

TEST_CASE("any value comes back as it was, or is no shorter compressed") {
  for (const Compression how : kCodecs) {
    const bool holds = rc::check([&] {
      const auto piece = *rc::gen::arbitrary<std::string>();
      const auto times = *rc::gen::inRange(0, 50);
      std::string value;
      for (int i = 0; i < times; ++i) value += piece;
      const auto compressed = compress(how, bytes_of(value));
      if (!compressed) return;
      RC_ASSERT(compressed->size < value.size());
      std::vector<std::byte> buffer;
      RC_ASSERT(expand(how, compressed->view(), buffer));
      RC_ASSERT(std::ranges::equal(buffer, bytes_of(value)));
    });
    REQUIRE(holds);
  }
}

TEST_CASE("any bytes expand to what they say, or are refused") {
  for (const Compression how : kCodecs) {
    const bool holds = rc::check([&](const std::vector<std::uint8_t>& noise) {
      std::vector<std::byte> buffer;
      expand(how, std::as_bytes(std::span(noise)), buffer);
    });
    REQUIRE(holds);
  }
}

TEST_CASE("every cut of a compressed value is refused") {
  const std::string value(5000, 'v');
  for (const Compression how : kCodecs) {
    const auto compressed = compress(how, bytes_of(value));
    REQUIRE(compressed.has_value());
    std::vector<std::byte> buffer;
    for (std::size_t size = 0; size < compressed->size; ++size)
      REQUIRE_FALSE(expand(how, compressed->view().first(size), buffer));
  }
}

TEST_CASE("a length that so few bytes cannot make takes no memory") {
  const std::vector<std::byte> huge{std::byte{0x80}, std::byte{0x80}, std::byte{0x80}, std::byte{0x80},
                                    std::byte{0x04}, std::byte{0},    std::byte{0}};
  for (const Compression how : kCodecs) {
    std::vector<std::byte> buffer;
    REQUIRE_FALSE(expand(how, huge, buffer));
    REQUIRE(buffer.capacity() == 0);
  }
}

TEST_CASE("nothing is not compressed, and does not expand") {
  for (const Compression how : kCodecs) {
    REQUIRE_FALSE(compress(how, {}));
    std::vector<std::byte> buffer;
    REQUIRE_FALSE(expand(how, {}, buffer));
  }
  std::vector<std::byte> buffer;
  REQUIRE_FALSE(compress(Compression::none, bytes_of(std::string(100, 'v'))));
  REQUIRE_FALSE(expand(Compression::none, bytes_of("\x01v"), buffer));
}

}  // namespace
}  // namespace wallop::wal
