// SPDX-License-Identifier: Apache-2.0
// Golden bytes: a change here is a change of the format, and needs a new number.
#include "wal/format.h"

#include <catch2/catch.hpp>
#include <string>

#include "wal/crc32c.h"
#include "wal/frame.h"
#include "wal/group.h"
#include "wal/little_endian.h"
#include "wal/segment_header.h"
#include "wal/segment_name.h"

namespace wallop::wal {
namespace {

constexpr LogUuid kUuid = [] {
  LogUuid uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<std::byte>(0xa0 + i);
  return uuid;
}();
constexpr Epoch kEpoch{3, 0x01020304};
constexpr std::uint64_t kOffset = 16'384;

std::string hex(io::Bytes bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (i > 0 && i % 8 == 0) text += ' ';
    text += kDigits[std::to_integer<unsigned>(bytes[i]) >> 4];
    text += kDigits[std::to_integer<unsigned>(bytes[i]) & 15];
  }
  return text;
}

SegmentHeader a_header() {
  SegmentHeader header;
  header.log_uuid = kUuid;
  header.id = SegmentId(7);
  header.prepared_in = kEpoch;
  header.block_bytes = 4096;
  header.capacity = 1U << 20;
  header.full_size = FullSize::yes;
  header.created_unix_ms = 0x0000018bcfe56800;
  header.unsynced_bytes_max = 64ULL << 20;
  return header;
}

FrameHeader a_frame() {
  FrameHeader header;
  header.epoch = kEpoch;
  header.first_lsn = Lsn(412);
  header.durable_lsn = Lsn(411);
  header.record_count = 2;
  header.payload_bytes = 100;
  header.payload_crc = 0xdeadbeef;
  header.previous_chain = 0xfeedface;
  header.wall_unix_ms = 0x0000018bcfe56800;
  return header;
}

// Every change of one bit makes it invalid.
template <class Bytes, class Decode>
void require_every_bit_counts(Bytes bytes, Decode decode) {
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    bytes[bit / 8] ^= mask;
    REQUIRE_FALSE(decode(bytes));
    bytes[bit / 8] ^= mask;
  }
}

TEST_CASE("a segment header lies on disk byte for byte as the format says") {
  const auto bytes = encode_segment_header(a_header(), 4096);
  REQUIRE(
      hex(io::Bytes(bytes).first(80)) ==
      "57414c4c4f505331 0100000080000000 a0a1a2a3a4a5a6a7 a8a9aaabacadaeaf 0700000000000000 0300000004030201 "
      "0010000001000000 0000100000000000 0068e5cf8b010000 0000000400000000");
  for (std::size_t i = 80; i < 124; ++i) REQUIRE(bytes[i] == std::byte{0});
  REQUIRE(load<std::uint32_t>(&bytes[124]) == 0x2eb24c0);
}

TEST_CASE("a frame header lies on disk byte for byte as the format says") {
  const auto sealed = encode_frame_header(a_frame(), kUuid, SegmentId(7), kOffset);
  REQUIRE(hex(io::Bytes(sealed.bytes).first(4)) == "46524d31");
  REQUIRE(load<std::uint32_t>(&sealed.bytes[4]) == sealed.chain);
  REQUIRE(
      hex(io::Bytes(sealed.bytes).subspan(8)) ==
      "9c01000000000000 9b01000000000000 64000000efbeadde cefaedfe03000000 0403020102000000 0100030064000000 "
      "0068e5cf8b010000");
  REQUIRE(sealed.chain == 0xbf490be1);
}

TEST_CASE("the payloads of links and control records lie on disk as the format says") {
  const Link link{{SegmentId(6), {2, 9}, {8192, Lsn(411), 0xcafe}}, {SegmentId(4), Lsn(200)}, {}};
  REQUIRE(
      hex(encode_link(link).bytes()) ==
      "0600000000000000 0020000000000000 9b01000000000000 feca000002000000 0900000000000000 0400000000000000 "
      "c800000000000000");
  REQUIRE(decode_link(encode_link(link).bytes()) == link);
  REQUIRE(hex(encode_control({SegmentId(4), Lsn(200)})) == "0400000000000000 c800000000000000");
  REQUIRE(decode_control(encode_control({SegmentId(4), Lsn(200)})) == LowWater{SegmentId(4), Lsn(200)});
}

TEST_CASE("accepted losses lie behind the link's other fields, and shift its first LSN") {
  const auto losses = AcceptedLosses::from({{Lsn(3), Lsn(4)}, {Lsn(412), Lsn(500)}});
  const Link link{{SegmentId(6), {2, 9}, {8192, Lsn(411), 0xcafe}}, {SegmentId(4), Lsn(1)}, *losses};
  const EncodedLink encoded = encode_link(link);
  REQUIRE(hex(encoded.bytes().subspan(link_at::kLosses)) ==
          "0300000000000000 0400000000000000 9c01000000000000 f401000000000000");
  REQUIRE(load<std::uint32_t>(&encoded.bytes()[link_at::kAcceptedLossCount]) == 2);
  REQUIRE(decode_link(encoded.bytes()) == link);
  REQUIRE(link.first_lsn() == Lsn(501));
}

// Goal: the number behind one that validates never wraps. What opens go on from is half of it (decision.h).
TEST_CASE("numbers beyond the format's limits validate nowhere, and those at them do") {
  const auto decodes = [](std::uint64_t number) {
    Link link;
    link.low_water = {SegmentId(number), Lsn(number)};
    FrameHeader header;
    header.first_lsn = Lsn(number);
    header.record_count = 1;
    const bool frame =
        decode_frame_header(encode_frame_header(header, {}, SegmentId(1), 0).bytes, {}, SegmentId(1), 0)
            .has_value();
    const bool is_link = decode_link(encode_link(link).bytes()).has_value();
    const bool is_control = decode_control(encode_control(link.low_water)).has_value();
    REQUIRE(frame == is_link);
    REQUIRE(frame == is_control);
    return frame;
  };
  REQUIRE(decodes(kNumberMax));
  REQUIRE_FALSE(decodes(kNumberMax + 1));
  REQUIRE_FALSE(decodes(~0ULL));
}

TEST_CASE("a link whose losses do not rise, touch, are empty, too many or not before it is none") {
  const auto decodes = [](std::vector<LsnRange> ranges, std::uint32_t count) {
    std::vector<std::byte> bytes(link_payload_bytes(ranges.size()));
    store(&bytes[link_at::kPredecessorLastLsn], std::uint64_t{100});
    store(&bytes[link_at::kAcceptedLossCount], count);
    store(&bytes[link_at::kLowWaterLsn], std::uint64_t{1});
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      store(&bytes[link_payload_bytes(i)], ranges[i].first.value());
      store(&bytes[link_payload_bytes(i) + accepted_loss_at::kLast], ranges[i].last.value());
    }
    return decode_link(bytes).has_value();
  };
  const LsnRange one{Lsn(2), Lsn(3)};
  REQUIRE(decodes({one, {Lsn(5), Lsn(5)}}, 2));
  REQUIRE(decodes({one, {Lsn(101), Lsn(105)}}, 2));
  REQUIRE_FALSE(decodes({one, {Lsn(4), Lsn(5)}}, 2));
  REQUIRE_FALSE(decodes({{Lsn(5), Lsn(5)}, one}, 2));
  REQUIRE_FALSE(decodes({{Lsn(3), Lsn(2)}}, 1));
  REQUIRE_FALSE(decodes({{Lsn(0), Lsn(2)}}, 1));
  REQUIRE_FALSE(decodes({one, {Lsn(102), Lsn(105)}}, 2));
  REQUIRE_FALSE(decodes({one}, 0));
  REQUIRE_FALSE(decodes({one}, 2));
  REQUIRE_FALSE(decodes({}, ~0U));
  std::vector<LsnRange> many;
  for (std::uint64_t lsn = 1; many.size() < 25; lsn += 2) many.push_back({Lsn(lsn), Lsn(lsn)});
  REQUIRE_FALSE(decodes(many, 25));
  many.pop_back();
  REQUIRE(decodes(many, 24));
}

TEST_CASE("headers come back as they were written") {
  REQUIRE(decode_segment_header(encode_segment_header(a_header(), 0), 0).value() == a_header());
  const auto sealed = encode_frame_header(a_frame(), kUuid, SegmentId(7), kOffset);
  const auto decoded = decode_frame_header(sealed.bytes, kUuid, SegmentId(7), kOffset);
  REQUIRE(decoded->header == a_frame());
  REQUIRE(decoded->chain == sealed.chain);
}

TEST_CASE("every bit of a segment header and of a frame header counts") {
  require_every_bit_counts(encode_segment_header(a_header(), 0), [](const EncodedSegmentHeader& bytes) {
    const auto decoded = decode_segment_header(bytes, 0);
    return !decoded || decoded->has_value();
  });
  require_every_bit_counts(encode_frame_header(a_frame(), kUuid, SegmentId(7), kOffset).bytes,
                           [](const EncodedFrameHeader& bytes) {
                             return decode_frame_header(bytes, kUuid, SegmentId(7), kOffset).has_value();
                           });
}

TEST_CASE("a header is valid nowhere but in its place, segment and log") {
  const auto header = encode_segment_header(a_header(), 0);
  REQUIRE_FALSE(decode_segment_header(header, 4096).value().has_value());
  const auto frame = encode_frame_header(a_frame(), kUuid, SegmentId(7), kOffset).bytes;
  LogUuid other = kUuid;
  other[0] = std::byte{0};
  REQUIRE_FALSE(decode_frame_header(frame, kUuid, SegmentId(7), kOffset + 64));
  REQUIRE_FALSE(decode_frame_header(frame, kUuid, SegmentId(8), kOffset));
  REQUIRE_FALSE(decode_frame_header(frame, other, SegmentId(7), kOffset));
}

TEST_CASE("zeros never validate") {
  REQUIRE_FALSE(decode_segment_header(EncodedSegmentHeader{}, 0).value().has_value());
  REQUIRE_FALSE(decode_frame_header(EncodedFrameHeader{}, kUuid, SegmentId(7), kOffset));
}

TEST_CASE("a segment of a later format is refused, not taken for damage") {
  auto bytes = encode_segment_header(a_header(), 0);
  store(&bytes[segment_header_at::kFormatMajor], std::uint16_t{2});
  std::uint32_t crc = checksum_seed({kUuid, SegmentId(7), kEpoch}, 0);
  crc = crc32c_extend(crc, io::Bytes(bytes).first(segment_header_at::kCrc));
  store(&bytes[segment_header_at::kCrc], crc);
  REQUIRE(decode_segment_header(bytes, 0).error().code == io::Code::unsupported);
}

TEST_CASE("a group's combined checksum is that of its bytes") {
  Group group(FrameCuts(1 << 20));
  group.open(Lsn(5), kOffset);
  for (const std::size_t size : {0UL, 1UL, 300UL, 70'000UL}) {
    const std::string value(size, 'v');
    group.add(EncodedRecord::make(Record::put("key", value)).value());
  }
  const Identity identity{kUuid, SegmentId(7), kEpoch};
  const auto sealed = group.seal({identity, Lsn(4), 1, 2});
  const auto header = decode_frame_header(sealed.bytes, kUuid, SegmentId(7), kOffset);
  REQUIRE(header->header.last_lsn() == Lsn(8));
  const auto payload = sealed.bytes.subspan(kFrameHeaderBytes, header->header.payload_bytes);
  REQUIRE(crc32c_extend(checksum_seed(identity, kOffset + kFrameHeaderBytes), payload) ==
          header->header.payload_crc);
  REQUIRE(sealed.bytes.size() % kFrameAlignment == 0);
}

TEST_CASE("a segment's name is its id in sixteen hex digits, and nothing else is a segment's name") {
  REQUIRE(segment_name(SegmentId(0x1f)) == "000000000000001f.wal");
  REQUIRE(segment_of("000000000000001f.wal") == SegmentId(0x1f));
  for (const char* name : {"LOCK", "1.wal", "000000000000001F.wal", "0000000000000000.wal",
                           "000000000000001f.wal~", "g00000000000001f.wal"}) {
    REQUIRE_FALSE(segment_of(name).has_value());
  }
}

TEST_CASE("a varint has one encoding") {
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 16'384ULL, ~0ULL}) {
    std::array<std::byte, kVarintMax> bytes{};
    const std::size_t size = store_varint(bytes.data(), value);
    REQUIRE(load_varint(io::Bytes(bytes).first(size))->value == value);
    REQUIRE(load_varint(io::Bytes(bytes).first(size))->bytes == size);
    if (size > 1) REQUIRE_FALSE(load_varint(io::Bytes(bytes).first(size - 1)).has_value());
  }
  const std::array longer = {std::byte{0x80}, std::byte{0x00}};
  REQUIRE_FALSE(load_varint(longer).has_value());
}

}  // namespace
}  // namespace wallop::wal
