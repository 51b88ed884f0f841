// SPDX-License-Identifier: Apache-2.0
#include "wal/record.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <vector>

#include "wal/crc32c.h"

namespace wallop::wal {
namespace {

std::vector<std::byte> encode(const Record& record) {
  const auto encoded = EncodedRecord::make(record);
  REQUIRE(encoded.has_value());
  std::vector<std::byte> bytes(encoded->bytes());
  encoded->copy_to(bytes.data());
  REQUIRE(encoded->crc() == crc32c(bytes));
  return bytes;
}

void require_round_trip(const Record& record) {
  const auto bytes = encode(record);
  const auto decoded = decode_record(bytes, CheckRecordCrc::yes);
  REQUIRE(decoded.has_value());
  REQUIRE(decoded->bytes == bytes.size());
  REQUIRE(decoded->record == record);
}

std::string hex(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

TEST_CASE("a small put lies on disk as kind, two lengths, key, value and a masked checksum") {
  REQUIRE(hex(encode(Record::put("k", "vw"))).starts_with("0101026b7677"));
  REQUIRE(encode(Record::put("k", "vw")).size() == 6 + kRecordCrcBytes);
}

TEST_CASE("records of all shapes and edge sizes come back as they were") {
  const std::string large(300, 'v');
  for (const std::size_t size : {0UL, 1UL, 127UL, 128UL, 16'383UL, 16'384UL, 200'000UL}) {
    const std::string text(size, 'x');
    require_round_trip(Record::put(text, large));
    require_round_trip(Record::put("key", text));
  }
  require_round_trip(Record::erase("gone"));
  require_round_trip(Record::put("", ""));
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  require_round_trip(Record::put("k", "v").with_version({kMax, kMax}));
  require_round_trip(Record::put_with_ttl(bytes_of("k"), bytes_of("v"), std::chrono::seconds(90),
                                          io::WallTime(std::chrono::seconds(1'700'000'000))));
}

TEST_CASE("any record comes back as it was") {
  const bool holds = rc::check([](const std::string& key, const std::string& value, bool versioned,
                                  std::uint64_t term, std::uint64_t index, std::uint32_t expiry_ms) {
    Record record = Record::put(key, value);
    if (versioned) record.version = Version{term, index};
    if (expiry_ms % 2 == 0) record.expires_at = io::WallTime(std::chrono::milliseconds(expiry_ms));
    const auto bytes = encode(record);
    const auto decoded = decode_record(bytes, CheckRecordCrc::yes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->record == record);
    RC_ASSERT(decoded->bytes == bytes.size());
  });
  REQUIRE(holds);
}

TEST_CASE("any bytes are decoded to a record that encodes to the same bytes, or refused") {
  const bool holds = rc::check([](const std::vector<std::uint8_t>& noise) {
    const auto bytes = std::as_bytes(std::span(noise));
    const auto decoded = decode_record(bytes, CheckRecordCrc::no);
    if (!decoded || decoded->record.compression != Compression::none) return;
    const auto again = encode(decoded->record);
    RC_ASSERT(again.size() == decoded->bytes);
    RC_ASSERT(std::equal(again.begin(), again.end() - kRecordCrcBytes, bytes.begin()));
  });
  REQUIRE(holds);
}

TEST_CASE("every flipped bit of a record is noticed") {
  auto bytes = encode(Record::put("key", "a value").with_version({3, 4}));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    bytes[bit / 8] ^= mask;
    REQUIRE_FALSE(decode_record(bytes, CheckRecordCrc::yes).has_value());
    bytes[bit / 8] ^= mask;
  }
}

TEST_CASE("every cut of a record is noticed") {
  const auto bytes = encode(Record::put("key", "a value"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE(decode_record(io::Bytes(bytes).first(size), CheckRecordCrc::no).error().code ==
            io::Code::corrupt);
  }
}

TEST_CASE("what a reader would refuse is refused when it is encoded") {
  Record erase_with_value = Record::put("k", "v");
  erase_with_value.kind = RecordKind::erase;
  REQUIRE(EncodedRecord::make(erase_with_value).error().code == io::Code::invalid);
  Record early = Record::put("k", "v");
  early.expires_at = io::WallTime(std::chrono::milliseconds(-1));
  REQUIRE(EncodedRecord::make(early).error().code == io::Code::invalid);
  const auto unknown = static_cast<Compression>(3);
  REQUIRE(EncodedRecord::make(Record::put("k", "v").with_compression(unknown)).error().code ==
          io::Code::invalid);
}

TEST_CASE("a compressed value is shorter where it is stored, and whole again where it is read") {
  const std::string value(10'000, 'v');
  for (const Compression how : {Compression::lz4, Compression::zstd}) {
    const Record record = Record::put("key", value).with_compression(how).with_version({1, 2});
    const auto bytes = encode(record);
    REQUIRE(bytes.size() < 200);
    auto decoded = decode_record(bytes, CheckRecordCrc::yes);
    REQUIRE(decoded.has_value());
    REQUIRE(decoded->record.compression == how);
    std::vector<std::byte> buffer;
    REQUIRE(expand_value(decoded->record, buffer).has_value());
    REQUIRE(decoded->record == record);
  }
}

TEST_CASE("a value that compression does not shorten is stored as it is") {
  for (const Compression how : {Compression::lz4, Compression::zstd}) {
    const auto bytes = encode(Record::put("key", "value").with_compression(how));
    REQUIRE(bytes == encode(Record::put("key", "value")));
  }
}

// etcd #14098 read a length of 13,563,782,407,139,376 and tried to allocate it.
TEST_CASE("a length beyond the frame is damage, however large") {
  std::vector<std::byte> bytes(20, std::byte{0xff});
  bytes[0] = std::byte{1};
  bytes[9] = std::byte{0x7f};
  REQUIRE(decode_record(bytes, CheckRecordCrc::no).error().code == io::Code::corrupt);
}

TEST_CASE("an owned record outlives what it was made from, and its copies outlive it") {
  std::string key = "key";
  std::string value = "value";
  auto first = std::make_unique<OwnedRecord>(RecordView{Lsn(7), {SegmentId(1), 99}, Record::put(key, value)});
  key = value = "changed";
  const OwnedRecord copy = *first;
  first.reset();
  REQUIRE(copy.record() == Record::put("key", "value"));
  REQUIRE(copy.lsn() == Lsn(7));
}

}  // namespace
}  // namespace wallop::wal
