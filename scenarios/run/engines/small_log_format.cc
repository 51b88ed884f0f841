// SPDX-License-Identifier: Apache-2.0
// Numbers are little-endian, byte by byte; checksums are FNV-1a, good enough against what power loss does.
#include "scenarios/run/engines/small_log_format.h"

#include <fmt/format.h>

#include <charconv>

#include "base/choices.h"

namespace wallop::scenarios::small_log {
namespace {

constexpr std::uint64_t kMagic = 0x676f6c6c6c616d73;  // "smalllog"
constexpr std::size_t kNumberBytes = 8;

void put(std::vector<std::byte>& to, std::uint64_t number) {
  for (std::size_t i = 0; i < kNumberBytes; ++i)
    to.push_back(static_cast<std::byte>((number >> (8 * i)) & 0xffU));
}
void put(std::vector<std::byte>& to, io::Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

std::uint64_t number_at(io::Bytes bytes, std::size_t place) {
  std::uint64_t number = 0;
  for (std::size_t i = kNumberBytes; i > 0; --i)
    number = number << 8U | static_cast<std::uint64_t>(bytes[place * kNumberBytes + i - 1]);
  return number;
}

std::uint64_t checksum(std::uint64_t seed, io::Bytes numbers, io::Bytes payload) {
  std::uint64_t hash = base::site_number("small_log") ^ seed;
  for (const io::Bytes bytes : {numbers, payload}) {
    for (const std::byte byte : bytes) {
      hash ^= static_cast<std::uint64_t>(byte);
      hash *= 0x100000001b3;
    }
  }
  return hash;
}

}  // namespace

std::string segment_name(std::uint64_t id) {
  return fmt::format("{:04}.seg", id);
}

std::optional<std::uint64_t> segment_id(std::string_view name) {
  if (!name.ends_with(".seg")) return std::nullopt;
  std::uint64_t id = 0;
  const char* const end = name.data() + name.size() - 4;
  const auto read = std::from_chars(name.data(), end, id);
  if (read.ptr != end || id == 0) return std::nullopt;
  return id;
}

std::vector<std::byte> header_of(std::uint64_t id, std::uint64_t first_lsn) {
  std::vector<std::byte> header;
  for (const std::uint64_t number : {kMagic, id, first_lsn}) put(header, number);
  put(header, checksum(0, header, {}));
  return header;
}

std::vector<std::byte> frame_of(std::uint64_t id, std::uint64_t first_lsn,
                                std::span<const KeyValue> records) {
  std::vector<std::byte> payload;
  for (const KeyValue& record : records) {
    put(payload, record.key.size());
    put(payload, record.value.size());
    put(payload, record.key);
    put(payload, record.value);
  }
  std::vector<std::byte> frame;
  for (const std::uint64_t number : {payload.size(), records.size(), std::size_t{first_lsn}})
    put(frame, number);
  put(frame, checksum(id, frame, payload));
  put(frame, io::Bytes(payload));
  return frame;
}

std::optional<std::uint64_t> first_lsn_of(std::uint64_t id, io::Bytes segment) {
  if (segment.size() < kHeaderBytes) return std::nullopt;
  const bool is_whole = number_at(segment, 0) == kMagic && number_at(segment, 1) == id &&
                        number_at(segment, 3) == checksum(0, segment.first(3 * kNumberBytes), {});
  if (!is_whole) return std::nullopt;
  return number_at(segment, 2);
}

bool Frames::enter_frame() {
  if (rest_.size() < kFrameHeaderBytes) return false;
  const std::uint64_t bytes = number_at(rest_, 0);
  if (bytes == 0 || bytes > rest_.size() - kFrameHeaderBytes || number_at(rest_, 2) != next_lsn_)
    return false;
  const io::Bytes payload = rest_.subspan(kFrameHeaderBytes, bytes);
  if (number_at(rest_, 3) != checksum(id_, rest_.first(3 * kNumberBytes), payload)) return false;
  payload_ = payload;
  rest_ = rest_.subspan(kFrameHeaderBytes + bytes);
  return true;
}

std::optional<Frames::Found> Frames::next() {
  if (payload_.empty() && !enter_frame()) return std::nullopt;
  const std::uint64_t key_bytes = number_at(payload_, 0);
  const std::uint64_t value_bytes = number_at(payload_, 1);
  payload_ = payload_.subspan(2 * kNumberBytes);
  const Found found{next_lsn_++, {payload_.first(key_bytes), payload_.subspan(key_bytes, value_bytes)}};
  payload_ = payload_.subspan(key_bytes + value_bytes);
  return found;
}

}  // namespace wallop::scenarios::small_log
