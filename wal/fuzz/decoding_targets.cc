// SPDX-License-Identifier: Apache-2.0
// The decoders: what validates encodes to the same bytes, validates nowhere else, and not with one bit
// turned.
#include <algorithm>
#include <optional>

#include "wal/footer.h"
#include "wal/frame.h"
#include "wal/fuzz/target.h"
#include "wal/record.h"
#include "wal/watermark.h"
#include "wal/whole_records.h"

namespace wallop::wal::fuzz {
namespace {

// Turned bits are tried one in each input: a corpus tries them all.
std::vector<std::byte> with_one_bit_turned(io::Bytes bytes, std::size_t size) {
  std::vector<std::byte> turned(bytes.begin(), bytes.end());
  std::size_t sum = 0;
  for (const std::byte byte : bytes) sum = sum * 31 + std::to_integer<std::size_t>(byte);
  turned[sum / 8 % size] ^= static_cast<std::byte>(1U << sum % 8);
  return turned;
}

void run_segment_header(io::Bytes input, Sentences& sentences) {
  const Place place = place_in(input);
  const auto decoded = decode_segment_header(place.rest, place.offset);
  if (!decoded)
    sentences.expect(decoded.error().code == io::Code::unsupported, "a header fails as unsupported");
  if (!decoded || !*decoded) return;
  const auto again = encode_segment_header(**decoded, place.offset);
  sentences.expect(std::ranges::equal(again, place.rest.first(again.size())),
                   "a segment header that validates encodes to the same bytes");
  const auto elsewhere = decode_segment_header(place.rest, place.offset ^ kBlockBytesMin);
  sentences.expect(elsewhere && !*elsewhere, "a segment header validates nowhere else");
  const auto turned = decode_segment_header(with_one_bit_turned(place.rest, again.size()), place.offset);
  sentences.expect(turned && !*turned, "a segment header with one bit turned does not validate");
  sentences.expect(
      (*decoded)->data_begin() < (*decoded)->records_end() && (*decoded)->data_end() < (*decoded)->capacity,
      "a segment has room for data in front of its footer");
}

void mend_segment_header_input(MutableBytes input) {
  if (input.size() > kPlaceBytes) mend_segment_header(input.subspan(kPlaceBytes), place_in(input).offset);
}

void check_links(io::Bytes payload, Sentences& sentences) {
  const auto link = decode_link(payload);
  if (!link) return;
  sentences.expect(std::ranges::equal(encode_link(*link).bytes(), payload),
                   "a link encodes to the same bytes");
  for (const LsnRange& lost : link->losses.ranges()) {
    sentences.expect(link->losses.next_after(lost.first.previous()) == lost.last.next(),
                     "behind a loss the log goes on with the LSN behind it");
    sentences.expect(link->losses.ending_before(lost.last.next()) == lost, "a loss is found by its end");
    sentences.expect(link->losses.record_at_or_before(lost.last) == lost.first.previous(),
                     "the last record before the end of a loss stands before its beginning");
  }
  AcceptedLosses losses = link->losses;
  losses.forget_before(link->low_water.lsn);
  const auto kept = AcceptedLosses::from({losses.ranges().begin(), losses.ranges().end()});
  sentences.expect(kept == losses, "what is left of losses that rise rises");
}

void check_records(io::Bytes payload, const FrameHeader& header, Sentences& sentences) {
  const LsnRange lsns{header.first_lsn, header.last_lsn()};
  const auto whole = whole_records(payload, payload.size(), lsns);
  Lsn before = lsns.first.previous();
  std::size_t end = 0;
  for (const WholeRecord& found : whole) {
    const bool rises = found.lsn > before && found.lsn <= lsns.last && found.offset >= end;
    if (!sentences.expect(rises, "whole records rise, inside their frame")) return;
    const auto decoded = decode_record(payload.subspan(found.offset), CheckRecordCrc::yes);
    if (!sentences.expect(decoded.has_value(), "a whole record validates")) return;
    before = found.lsn;
    end = found.offset + decoded->bytes;
  }
}

void run_frame(io::Bytes input, Sentences& sentences) {
  const Place place = place_in(input);
  const auto decoded = decode_frame_header(place.rest, kFuzzUuid, place.segment, place.offset);
  if (!decoded) return;
  const FrameHeader& header = decoded->header;
  const auto again = encode_frame_header(header, kFuzzUuid, place.segment, place.offset);
  sentences.expect(
      std::ranges::equal(again.bytes, place.rest.first(kFrameHeaderBytes)) && again.chain == decoded->chain,
      "a frame header that validates encodes to the same bytes");
  sentences.expect(!decode_frame_header(place.rest, kFuzzUuid, place.segment, place.offset ^ kFrameAlignment),
                   "a frame header validates nowhere else");
  sentences.expect(!decode_frame_header(place.rest, kFuzzUuid, place.segment.next(), place.offset),
                   "a frame header validates in no other segment");
  const auto turned = with_one_bit_turned(place.rest, kFrameHeaderBytes);
  sentences.expect(!decode_frame_header(turned, kFuzzUuid, place.segment, place.offset),
                   "a frame header with one bit turned does not validate");
  const io::Bytes behind = place.rest.subspan(kFrameHeaderBytes);
  if (header.payload_bytes > behind.size()) return;
  const io::Bytes payload = behind.first(header.payload_bytes);
  if (header.kind == FrameKind::link) check_links(payload, sentences);
  if (header.kind == FrameKind::records) check_records(payload, header, sentences);
}

void mend_frame_input(MutableBytes input) {
  const Place place = place_in(input);
  if (input.size() > kPlaceBytes)
    mend_frame(input.subspan(kPlaceBytes), kFuzzUuid, place.segment, place.offset);
}

// Codecs have many encodings of one value: what comes out must go in and come out again.
void check_compressed(Record record, Sentences& sentences) {
  std::vector<std::byte> value;
  if (!expand_value(record, value)) return;
  sentences.expect(record.value.size() <= kExpandedBytesMax, "a value expands within bounds");
  const auto encoded = EncodedRecord::make(record);
  if (!sentences.expect(encoded.has_value(), "what was expanded is encoded")) return;
  std::vector<std::byte> bytes(encoded->bytes());
  encoded->copy_to(bytes.data());
  auto again = decode_record(bytes, CheckRecordCrc::yes);
  std::vector<std::byte> buffer;
  const bool expands = again && expand_value(again->record, buffer);
  sentences.expect(expands && again->record == record, "a compressed record comes back as it was");
}

void run_record(io::Bytes input, Sentences& sentences) {
  const auto decoded = decode_record(input, CheckRecordCrc::yes);
  const auto unchecked = decode_record(input, CheckRecordCrc::no);
  if (!decoded) {
    sentences.expect(decoded.error().code == io::Code::corrupt, "a record fails as corrupt");
    return;
  }
  sentences.expect(unchecked && unchecked->bytes == decoded->bytes && unchecked->record == decoded->record,
                   "a record that validates is the same unchecked");
  const io::Bytes whole = input.first(decoded->bytes);
  sentences.expect(!decode_record(whole.first(whole.size() - 1), CheckRecordCrc::no),
                   "a cut record is refused");
  if (decoded->record.compression != Compression::none) return check_compressed(decoded->record, sentences);
  const auto encoded = EncodedRecord::make(decoded->record);
  if (!sentences.expect(encoded && encoded->bytes() == whole.size(), "a record encodes to as many bytes"))
    return;
  std::vector<std::byte> bytes(whole.size());
  encoded->copy_to(bytes.data());
  sentences.expect(std::ranges::equal(bytes, whole), "a record that validates encodes to the same bytes");
}

void mend_record_input(MutableBytes input) {
  mend_record(input);
}

void run_link(io::Bytes input, Sentences& sentences) {
  check_links(input, sentences);
  const auto control = decode_control(input);
  sentences.expect(!control || std::ranges::equal(encode_control(*control), input),
                   "a control record encodes to the same bytes");
}

// Has no checksum of its own: the frame's covers it.
void mend_nothing(MutableBytes) {}

void check_watermark(const Place& place, Sentences& sentences) {
  const auto mark = decode_watermark(place.rest, kFuzzUuid, place.segment, place.offset);
  if (!mark) return;
  const auto again = encode_watermark(*mark, kFuzzUuid, place.segment, place.offset);
  sentences.expect(std::ranges::equal(again, place.rest.first(again.size())),
                   "a watermark that validates encodes to the same bytes");
  const auto turned = with_one_bit_turned(place.rest, again.size());
  sentences.expect(!decode_watermark(turned, kFuzzUuid, place.segment, place.offset),
                   "a watermark with one bit turned does not validate");
}

void check_footer(const Place& place, Sentences& sentences) {
  const auto footer = decode_footer(place.rest, kFuzzUuid, place.segment, place.offset);
  if (!footer) return;
  const auto again = encode_footer(*footer, kFuzzUuid, place.segment, place.offset);
  const std::size_t bytes = footer_at::kEntries + footer->index.entries().size() * footer_entry_at::kEnd;
  sentences.expect(std::ranges::equal(std::span(again).first(bytes), place.rest.first(bytes)),
                   "a footer that validates encodes to the same bytes");
  const auto turned = with_one_bit_turned(place.rest, bytes);
  sentences.expect(!decode_footer(turned, kFuzzUuid, place.segment, place.offset),
                   "a footer with one bit turned does not validate");
}

void run_marks(io::Bytes input, Sentences& sentences) {
  const Place place = place_in(input);
  check_watermark(place, sentences);
  check_footer(place, sentences);
}

void mend_marks_input(MutableBytes input) {
  const Place place = place_in(input);
  if (input.size() <= kPlaceBytes) return;
  mend_watermark(input.subspan(kPlaceBytes), kFuzzUuid, place.segment, place.offset);
  mend_footer(input.subspan(kPlaceBytes), kFuzzUuid, place.segment, place.offset);
}

template <void (*kMend)(MutableBytes)>
std::size_t mutate(MutableBytes buffer, std::size_t size, std::uint64_t seed, const RawMutation& raw) {
  return mutate_and_mend(buffer, size, seed, raw, kMend);
}

}  // namespace

const Target kSegmentHeaderTarget{"segment_header", run_segment_header, mutate<mend_segment_header_input>};
const Target kFrameTarget{"frame", run_frame, mutate<mend_frame_input>};
const Target kRecordTarget{"record", run_record, mutate<mend_record_input>};
const Target kLinkTarget{"link", run_link, mutate<mend_nothing>};
const Target kMarksTarget{"marks", run_marks, mutate<mend_marks_input>};

}  // namespace wallop::wal::fuzz
