// SPDX-License-Identifier: Apache-2.0
// Names to bytes, and back only where every byte is right.
#include "wal/stress/content.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace wallop::wal::stress {
namespace {

constexpr std::uint64_t kSmallBytesMax = 300;
constexpr std::uint64_t kLargeBytes = 5000;  // More than a block.
constexpr std::uint64_t kLargeEvery = 50;

std::uint64_t value_bytes_of(const Name& name) {
  const std::uint64_t turn = name.writer + name.number;
  return turn % kLargeEvery == 0 ? kLargeBytes : turn * 37 % kSmallBytesMax;
}

}  // namespace

std::string key_of(const Name& name) {
  return fmt::format("{} {} {} {}", name.writer, name.number, name.place, name.count);
}

std::string value_of(const Name& name) {
  const std::string text = key_of(name) + ", ";
  const std::uint64_t bytes = value_bytes_of(name);
  std::string value;
  value.reserve(bytes + text.size());
  while (value.size() < bytes) value += text;
  value.resize(bytes);
  return value;
}

std::optional<Name> name_of(const Record& record) {
  const std::string_view key = text_of(record.key);
  const char* const end = key.data() + key.size();
  const char* at = key.data();
  std::array<std::uint64_t, 4> numbers{};
  for (std::uint64_t& number : numbers) {
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return std::nullopt;
    at = stop == end ? stop : stop + 1;
  }
  const Name name{numbers[0], numbers[1], numbers[2], numbers[3]};
  if (record.kind != RecordKind::put || key != key_of(name)) return std::nullopt;
  if (text_of(record.value) != value_of(name)) return std::nullopt;
  return name;
}

}  // namespace wallop::wal::stress
