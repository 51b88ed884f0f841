// SPDX-License-Identifier: Apache-2.0
// Filler is a stream of 64-bit words, each a bijection of the one number that the record is keyed by and its
// place: about a nanosecond for eight bytes, made or checked.
#include "scenarios/run/record.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "base/choices.h"
#include "base/ensure.h"

namespace wallop::scenarios {
namespace {

constexpr std::size_t kCheckOffset = 4;
constexpr std::size_t kSequenceOffset = 8;

template <class T>
T little_endian(T value) {
  if constexpr (std::endian::native == std::endian::big) return std::byteswap(value);
  return value;
}

template <class T>
void store(std::byte* at, T value) {
  const T stored = little_endian(value);
  std::memcpy(at, &stored, sizeof stored);
}

template <class T>
T fetch(const std::byte* at) {
  T stored;
  std::memcpy(&stored, at, sizeof stored);
  return little_endian(stored);
}

// Words of filler from `key` on, each so often. SplitMix64, whose state is the place.
class Filler {
 public:
  explicit Filler(std::uint64_t key, std::uint64_t times = 1) : state_(key), times_(times) {}

  // Whole words first: a copy whose size is known is one instruction.
  void fill(std::span<std::byte> into) {
    for (; into.size() >= kWordBytes; into = into.subspan(kWordBytes)) {
      const std::uint64_t word = little_endian(next());
      std::memcpy(into.data(), &word, kWordBytes);
    }
    if (into.empty()) return;
    const std::uint64_t word = little_endian(next());
    std::memcpy(into.data(), &word, into.size());
  }
  bool equals(io::Bytes found) {
    std::uint64_t different = 0;
    for (; found.size() >= kWordBytes; found = found.subspan(kWordBytes)) {
      std::uint64_t other = 0;
      std::memcpy(&other, found.data(), kWordBytes);
      different |= little_endian(next()) ^ other;
    }
    if (found.empty()) return different == 0;
    const std::uint64_t word = little_endian(next());
    std::uint64_t other = word;
    std::memcpy(&other, found.data(), found.size());
    return (different | (word ^ other)) == 0;
  }

 private:
  static constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

  std::uint64_t next() {
    if (times_ == 1) return draw();
    if (left_ == 0) {
      word_ = draw();
      left_ = times_;
    }
    --left_;
    return word_;
  }
  std::uint64_t draw() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::uint64_t state_;
  std::uint64_t times_;
  std::uint64_t left_ = 0;  // Of the word at hand.
  std::uint64_t word_ = 0;
};

Filler value_filler(std::uint64_t key, const Writers& group) {
  constexpr std::uint64_t kTimes = 16;
  return Filler(~key, group.compressible ? kTimes : 1);
}

// What all of a record's bytes follow from.
std::uint64_t key_of(std::uint64_t seed, const RecordId& id) {
  constexpr std::uint64_t kSite = base::site_number("record.bytes");
  return base::Seeded(seed).bits(kSite + id.writer, id.sequence);
}

std::uint32_t check_of(std::uint64_t key) {
  return static_cast<std::uint32_t>(key >> 32);
}

}  // namespace

Records::Records(const Workload& workload, std::uint64_t seed) : seed_(seed) {
  for (const Writers& group : workload.writers) groups_.insert(groups_.end(), group.count.value, &group);
}

std::uint64_t Records::value_bytes(const RecordId& id) const {
  constexpr std::uint64_t kSite = base::site_number("record.value_bytes");
  const ValueBytes& sizes = group_of(id.writer).value_bytes;
  if (sizes.p50 == sizes.p99) return sizes.p99;
  return sizes.at(base::Seeded(seed_).below(kMillion, kSite + id.writer, id.sequence));
}

std::uint64_t Records::bytes_of(const RecordId& id) const {
  return group_of(id.writer).key_bytes.value + value_bytes(id);
}

void Records::make(const RecordId& id, std::vector<std::byte>& buffer) const {
  const std::size_t begin = buffer.size();
  buffer.resize(begin + bytes_of(id));
  const std::uint64_t key = key_of(seed_, id);
  std::byte* const at = buffer.data() + begin;
  store(at, id.writer);
  store(at + kCheckOffset, check_of(key));
  store(at + kSequenceOffset, id.sequence);
  const std::uint64_t key_bytes = group_of(id.writer).key_bytes.value;
  Filler(key).fill(std::span(buffer).subspan(begin + kKeyBytesMin, key_bytes - kKeyBytesMin));
  value_filler(key, group_of(id.writer)).fill(std::span(buffer).subspan(begin + key_bytes));
}

KeyValue Records::view(const RecordId& id, const std::vector<std::byte>& buffer, std::size_t offset) const {
  const std::uint64_t key_bytes = group_of(id.writer).key_bytes.value;
  const io::Bytes all = std::span(buffer).subspan(offset, bytes_of(id));
  return {all.first(key_bytes), all.subspan(key_bytes)};
}

void Records::make(const RecordId& first, std::uint64_t count, std::vector<std::byte>& buffer,
                   std::vector<KeyValue>& views) const {
  buffer.clear();
  for (std::uint64_t i = 0; i < count; ++i) make({first.writer, first.sequence + i}, buffer);
  views.clear();
  std::size_t offset = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    views.push_back(view({first.writer, first.sequence + i}, buffer, offset));
    offset += views.back().key.size() + views.back().value.size();
  }
}

std::optional<RecordId> Records::id_of(io::Bytes key) const {
  if (key.size() < kKeyBytesMin) return std::nullopt;
  const RecordId id{fetch<std::uint32_t>(key.data()), fetch<std::uint64_t>(key.data() + kSequenceOffset)};
  if (id.writer >= writer_count()) return std::nullopt;
  if (fetch<std::uint32_t>(key.data() + kCheckOffset) != check_of(key_of(seed_, id))) return std::nullopt;
  return id;
}

bool Records::intact(const RecordId& id, const KeyValue& found) const {
  const std::uint64_t key_bytes = group_of(id.writer).key_bytes.value;
  if (found.key.size() != key_bytes || found.value.size() != value_bytes(id)) return false;
  if (id_of(found.key) != id) return false;
  const std::uint64_t key = key_of(seed_, id);
  return Filler(key).equals(found.key.subspan(kKeyBytesMin)) &&
         value_filler(key, group_of(id.writer)).equals(found.value);
}

}  // namespace wallop::scenarios
