// SPDX-License-Identifier: Apache-2.0
// Records: what a user appends and reads back.
//
//   +------+-----------+-------------+-----------+--------------+-----+-------+-----+
//   | kind | key_bytes | value_bytes | expiry_ms | term | index | key | value | crc |
//   | u8   | varint    | varint      | [varint]  | [varint x 2] |     |       | u32 |
//   +------+-----------+-------------+-----------+--------------+-----+-------+-----+
//   kind: bits 0-1 put = 1, erase = 2; bit 2 expiry present; bit 3 term and index present; bits 4-5
//   compression (0 none, 1 lz4, 2 zstd); bits 6-7 zero. A compressed value is its length before, as a varint,
//   and the codec's block (compression.h). Varints are LEB128 in their shortest form. crc: CRC32C of
//   everything before it, *masked*: the CRC of bytes followed by their own CRC is a constant, so a frame's
//   checksum over unmasked ones would not depend on the records at all (leveldb/util/crc32c.h masks for the
//   same reason).
//
// An encoded record is valid if and only if (1) its lengths end inside the frame, (2) its kind is known, its
// reserved bits are zero and an erase has no value and no compression, (3) its varints are in shortest form,
// (4) its crc matches; a compressed value then still has to expand. The LSN is not stored: it is the frame's
// first LSN plus the record's place in the frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file.h"
#include "io/result.h"
#include "io/time.h"
#include "wal/compression.h"
#include "wal/little_endian.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class RecordKind : std::uint8_t { put = 1, erase = 2 };

// What a replicated log keeps beside a record.
struct Version {
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  bool operator==(const Version&) const = default;
};

// The bytes of a string, for keys and values that are text.
inline io::Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view text_of(io::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A record as it is appended or read. Key and value are views: their bytes belong to the caller, or to the
// reader.
struct Record {
  RecordKind kind = RecordKind::put;
  // Of an append: how the value shall be stored; one that does not get shorter is stored as it is. Of a
  // record that was read: how it was.
  Compression compression = Compression::none;
  io::Bytes key{};
  io::Bytes value{};
  std::optional<io::WallTime> expires_at{};  // Whole milliseconds, not before 1970; stored, not acted upon.
  std::optional<Version> version{};

  static Record put(io::Bytes key, io::Bytes value);
  static Record put(std::string_view key, std::string_view value) {
    return put(bytes_of(key), bytes_of(value));
  }
  // Expires `ttl` after `now` (io::Clock::wall_now). Stored as an instant: a time to live without a start
  // says nothing after a restart.
  static Record put_with_ttl(io::Bytes key, io::Bytes value, io::Duration ttl, io::WallTime now);
  static Record erase(io::Bytes key);
  static Record erase(std::string_view key) { return erase(bytes_of(key)); }

  // Of its key and value. Encoded it takes some seven more.
  [[nodiscard]] std::size_t bytes() const { return key.size() + value.size(); }

  [[nodiscard]] Record with_version(Version of) const;
  [[nodiscard]] Record with_compression(Compression how) const;
};

// Compares content, not addresses, nor how it is stored.
bool operator==(const Record& a, const Record& b);

// Whether the log's chain reaches a record. Readers of an open log show no dead ones; salvage does.
enum class Standing : std::uint8_t { live, dead };

// A record as a reader hands it out: its bytes live until the reader's next call.
struct RecordView {
  Lsn lsn;
  Position position;
  Record record;
  // What is missing right before this one: given up by an open in mode prefix, or, in mode salvage, not
  // found. Empty mostly.
  LsnRange lost_before{};
  Standing standing = Standing::live;
};

// A record that owns its bytes.
class OwnedRecord {
 public:
  explicit OwnedRecord(const RecordView& view);

  [[nodiscard]] Lsn lsn() const { return lsn_; }
  [[nodiscard]] Position position() const { return position_; }
  [[nodiscard]] Record record() const;

 private:
  Lsn lsn_;
  Position position_;
  Record fields_;  // Without key and value: a copy of this object must not point into the original.
  std::string key_;
  std::string value_;
};

// kind, two lengths, expiry, term, index.
inline constexpr std::size_t kRecordHeadMax = 1 + 5 * 10;
inline constexpr std::size_t kRecordCrcBytes = 4;

// A record made ready outside every lock: its head and crc encoded, its key still where the caller has it,
// its value too unless it was compressed.
class EncodedRecord {
 public:
  // Both steps, where nobody wants to see them one by one.
  static io::Result<EncodedRecord> make(const Record& record);
  // In place: empty before. invalid: an erase with a value, an expiry before 1970, an unknown compression.
  // too_large: a value to be compressed of more than kExpandedBytesMax.
  io::Status lay_out(const Record& record);
  void checksum();

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // CRC32C of all its bytes, crc included: what a frame's checksum is combined from.
  [[nodiscard]] std::uint32_t crc() const { return whole_crc_; }
  // Writes bytes() bytes. Here, since it is done while the log's lock is held, for each record.
  void copy_to(std::byte* out) const {
    // What is copied behind a short head is overwritten.
    const bool fits_word = head_bytes_ <= kWordBytes && bytes_ >= kWordBytes;
    std::memcpy(out, head_.data(), fits_word ? kWordBytes : head_bytes_);
    out = copy(key_, out + head_bytes_);
    out = copy(value_, out);
    store(out, stored_crc_);
  }

 private:
  static constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

  // A short piece is not worth a call: two words, which may overlap. Returns what lies behind it.
  static std::byte* copy(io::Bytes from, std::byte* out) {
    std::byte* const end = out + from.size();
    if (from.size() >= kWordBytes && from.size() <= 2 * kWordBytes) {
      const auto first = load<std::uint64_t>(from.data());
      store(end - kWordBytes, load<std::uint64_t>(from.data() + from.size() - kWordBytes));
      store(out, first);
    } else if (!from.empty()) {  // memcpy must not be given the null pointer of an empty span.
      std::memcpy(out, from.data(), from.size());
    }
    return end;
  }

  std::array<std::byte, kRecordHeadMax> head_;
  std::size_t head_bytes_ = 0;
  std::size_t bytes_ = 0;
  io::Bytes key_;
  io::Bytes value_;  // As it is stored.
  std::unique_ptr<std::byte[]> compressed_;
  std::uint32_t stored_crc_ = 0;  // Masked.
  std::uint32_t whole_crc_ = 0;
};

struct DecodedRecord {
  Record record;          // Its value as it is stored: expand_value() makes it what it was.
  std::size_t bytes = 0;  // What it took of the input.
};

enum class CheckRecordCrc : bool { no, yes };

// The record at the start of `encoded`. corrupt: not valid as defined above. With CheckRecordCrc::no the
// caller has already checked the frame's own checksum, which covers the same bytes.
io::Result<DecodedRecord> decode_record(io::Bytes encoded, CheckRecordCrc check);

// Makes a compressed value whole again, in `buffer`, which must outlive its use. corrupt: it does not expand.
io::Status expand_value(Record& record, std::vector<std::byte>& buffer);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
