// SPDX-License-Identifier: Apache-2.0
// Names of segments, to and fro.
#include "wal/segment_name.h"

#include <cstddef>

#include "wal/format.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr std::size_t kDigits = 16;
constexpr std::string_view kHex = "0123456789abcdef";

std::optional<std::uint64_t> digit_of(char c) {
  if ('0' <= c && c <= '9') return static_cast<std::uint64_t>(c - '0');
  if ('a' <= c && c <= 'f') return static_cast<std::uint64_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string segment_name(SegmentId id) {
  std::string name;
  name.reserve(kDigits + kSegmentSuffix.size());
  name.append(kDigits, '0');
  std::uint64_t rest = id.value();
  for (std::size_t i = kDigits; i-- > 0; rest >>= 4) name[i] = kHex[rest & 0xf];
  return name.append(kSegmentSuffix);
}

std::optional<SegmentId> segment_of(std::string_view name) {
  if (name.size() != kDigits + kSegmentSuffix.size() || !name.ends_with(kSegmentSuffix)) return std::nullopt;
  std::uint64_t id = 0;
  for (const char c : name.substr(0, kDigits)) {
    const auto digit = digit_of(c);
    if (!digit) return std::nullopt;
    id = id << 4 | *digit;
  }
  return id == 0 || id > kNumberMax ? std::nullopt : std::optional(SegmentId(id));
}

std::string path_in(std::string_view directory, std::string_view name) {
  std::string path;
  path.reserve(directory.size() + 1 + name.size());
  return path.append(directory).append("/").append(name);
}

std::string segment_path(std::string_view directory, SegmentId id) {
  return path_in(directory, segment_name(id));
}

std::string parent_of(std::string_view directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.remove_suffix(1);
  const std::size_t slash = directory.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(directory.substr(0, slash == 0 ? 1 : slash));
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
