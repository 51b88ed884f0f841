// SPDX-License-Identifier: Apache-2.0
// Encoding and decoding of records; record.h draws them.
#include "wal/record.h"

#include <algorithm>
#include <cstring>

#include "wal/crc32c.h"
#include "wal/little_endian.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr unsigned kKindMask = 0b0000'0011;
constexpr unsigned kHasExpiry = 0b0000'0100;
constexpr unsigned kHasVersion = 0b0000'1000;
constexpr unsigned kCompressionShift = 4;
constexpr unsigned kCompressionMask = 0b0011'0000;
constexpr unsigned kReservedMask = 0b1100'0000;

std::uint32_t masked(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

std::int64_t milliseconds(io::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

bool same(io::Bytes a, io::Bytes b) {
  return std::ranges::equal(a, b);
}

io::Failure refused(io::Code code, const char* why) {
  return io::failure(code, "append", "", why);
}
io::Failure damaged(const char* why) {
  return io::failure(io::Code::corrupt, "decode record", "", why);
}

unsigned head_byte(const Record& record, Compression stored) {
  return static_cast<unsigned>(record.kind) | (record.expires_at ? kHasExpiry : 0) |
         (record.version ? kHasVersion : 0) | (static_cast<unsigned>(stored) << kCompressionShift);
}

io::Status check_appendable(const Record& record) {
  if (record.kind == RecordKind::erase && !record.value.empty())
    return refused(io::Code::invalid, "an erase has no value");
  if (record.expires_at && milliseconds(*record.expires_at) < 0)
    return refused(io::Code::invalid, "a record cannot expire before 1970");
  if (record.compression == Compression::none) return {};
  if (record.compression > Compression::zstd) return refused(io::Code::invalid, "an unknown compression");
  if (record.value.size() > kExpandedBytesMax)
    return refused(io::Code::too_large, "a value to be compressed has at most 1 GiB");
  return {};
}

constexpr std::size_t kHeadWordBytes = sizeof(std::uint64_t);

// Puts a head together. Its first bytes, which are mostly all of it, go to memory as one word: what reads it
// next, the checksum and the copy, would wait for bytes that were stored one by one.
class HeadWriter {
 public:
  explicit HeadWriter(std::array<std::byte, kRecordHeadMax>& out) : out_(out) {}

  void put(std::uint64_t byte) {
    if (at_ < kHeadWordBytes) {
      word_ |= byte << (8 * at_);
    } else {
      out_[at_] = static_cast<std::byte>(byte);
    }
    ++at_;
  }
  void put_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) put((value & 0x7f) | 0x80);
    put(value);
  }
  // How many bytes it took.
  std::size_t finish() {
    store(out_.data(), word_);
    return at_;
  }

 private:
  std::array<std::byte, kRecordHeadMax>& out_;
  std::uint64_t word_ = 0;
  std::size_t at_ = 0;
};

// Returns how many bytes it took.
std::size_t put_head(const Record& record, Compression stored, std::size_t value_bytes,
                     std::array<std::byte, kRecordHeadMax>& out) {
  HeadWriter head(out);
  head.put(head_byte(record, stored));
  head.put_varint(record.key.size());
  head.put_varint(value_bytes);
  if (record.expires_at) head.put_varint(static_cast<std::uint64_t>(milliseconds(*record.expires_at)));
  if (record.version) {
    head.put_varint(record.version->term);
    head.put_varint(record.version->index);
  }
  return head.finish();
}

// Takes varints off the front of a record; once one is bad, so is the head.
class HeadReader {
 public:
  explicit HeadReader(io::Bytes rest) : rest_(rest) {}

  std::uint64_t next() {
    const auto varint = load_varint(rest_);
    if (!varint) {
      good_ = false;
      rest_ = {};
      return 0;
    }
    rest_ = rest_.subspan(varint->bytes);
    return varint->value;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] io::Bytes rest() const { return rest_; }

 private:
  io::Bytes rest_;
  bool good_ = true;
};

}  // namespace

Record Record::put(io::Bytes key, io::Bytes value) {
  return {.key = key, .value = value};
}

Record Record::put_with_ttl(io::Bytes key, io::Bytes value, io::Duration ttl, io::WallTime now) {
  return {.key = key, .value = value, .expires_at = std::chrono::floor<std::chrono::milliseconds>(now + ttl)};
}

Record Record::erase(io::Bytes key) {
  return {.kind = RecordKind::erase, .key = key};
}

Record Record::with_version(Version of) const {
  Record versioned = *this;
  versioned.version = of;
  return versioned;
}

Record Record::with_compression(Compression how) const {
  Record compressed = *this;
  compressed.compression = how;
  return compressed;
}

bool operator==(const Record& a, const Record& b) {
  return a.kind == b.kind && a.expires_at == b.expires_at && a.version == b.version && same(a.key, b.key) &&
         same(a.value, b.value);
}

OwnedRecord::OwnedRecord(const RecordView& view)
    : lsn_(view.lsn),
      position_(view.position),
      fields_(view.record),
      key_(text_of(view.record.key)),
      value_(text_of(view.record.value)) {
  fields_.key = {};
  fields_.value = {};
}

Record OwnedRecord::record() const {
  Record whole = fields_;
  whole.key = bytes_of(key_);
  whole.value = bytes_of(value_);
  return whole;
}

io::Result<EncodedRecord> EncodedRecord::make(const Record& record) {
  EncodedRecord encoded;
  if (auto done = encoded.lay_out(record); !done) return io::Failure(std::move(done.error()));
  encoded.checksum();
  return encoded;
}

io::Status EncodedRecord::lay_out(const Record& record) {
  if (auto checked = check_appendable(record); !checked) return checked;
  key_ = record.key;
  value_ = record.value;
  Compression stored = Compression::none;
  if (record.compression != Compression::none) {
    if (auto shorter = compress(record.compression, record.value)) {
      stored = record.compression;
      value_ = shorter->view();
      compressed_ = std::move(shorter->bytes);
    }
  }
  head_bytes_ = put_head(record, stored, value_.size(), head_);
  bytes_ = head_bytes_ + key_.size() + value_.size() + kRecordCrcBytes;
  return {};
}

void EncodedRecord::checksum() {
  const std::array<io::Bytes, 3> pieces = {io::Bytes(head_.data(), head_bytes_), key_, value_};
  const std::uint32_t crc = crc32c_extend(0, pieces);
  stored_crc_ = masked(crc);
  whole_crc_ = crc32c_extend(crc, stored_crc_);
}

io::Result<DecodedRecord> decode_record(io::Bytes encoded, CheckRecordCrc check) {
  if (encoded.empty()) return damaged("it is empty");
  const auto head = std::to_integer<unsigned>(encoded[0]);
  const unsigned kind = head & kKindMask;
  if (kind != static_cast<unsigned>(RecordKind::put) && kind != static_cast<unsigned>(RecordKind::erase)) {
    return damaged("its kind is unknown");
  }
  const unsigned compression = (head & kCompressionMask) >> kCompressionShift;
  if ((head & kReservedMask) != 0) return damaged("its reserved bits are set");
  if (compression > static_cast<unsigned>(Compression::zstd)) return damaged("its compression is unknown");
  HeadReader reader(encoded.subspan(1));
  const std::uint64_t key_bytes = reader.next();
  const std::uint64_t value_bytes = reader.next();
  const std::uint64_t expiry = (head & kHasExpiry) != 0 ? reader.next() : 0;
  const std::uint64_t term = (head & kHasVersion) != 0 ? reader.next() : 0;
  const std::uint64_t index = (head & kHasVersion) != 0 ? reader.next() : 0;
  const io::Bytes rest = reader.rest();
  constexpr std::uint64_t kExpiryMax =
      static_cast<std::uint64_t>(io::WallTime::max().time_since_epoch().count()) / 1'000'000;
  if (!reader.good() || expiry > kExpiryMax) return damaged("its head is not well formed");
  if (key_bytes > rest.size() || value_bytes > rest.size() - key_bytes ||
      rest.size() - key_bytes - value_bytes < kRecordCrcBytes) {
    return damaged("it does not end inside its frame");
  }
  Record record{.kind = static_cast<RecordKind>(kind),
                .compression = static_cast<Compression>(compression),
                .key = rest.first(key_bytes),
                .value = rest.subspan(key_bytes, value_bytes)};
  if (record.kind == RecordKind::erase && (value_bytes != 0 || compression != 0))
    return damaged("an erase has no value");
  if ((head & kHasExpiry) != 0) {
    record.expires_at = io::WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(expiry)));
  }
  if ((head & kHasVersion) != 0) record.version = Version{term, index};
  const io::Bytes body = encoded.first(encoded.size() - rest.size() + key_bytes + value_bytes);
  if (check == CheckRecordCrc::yes &&
      load<std::uint32_t>(encoded.data() + body.size()) != masked(crc32c(body))) {
    return damaged("its checksum does not match");
  }
  return DecodedRecord{record, body.size() + kRecordCrcBytes};
}

io::Status expand_value(Record& record, std::vector<std::byte>& buffer) {
  if (record.compression == Compression::none) return {};
  if (!expand(record.compression, record.value, buffer)) return damaged("its value does not expand");
  record.value = buffer;
  return {};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
