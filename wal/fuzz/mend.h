// SPDX-License-Identifier: Apache-2.0
// Mending: makes the checksums of changed bytes right again, so that a fuzzer gets past them.
//
// A checksum stops all but one change in 2^32: without this a fuzzer would try the first comparison for ever.
// Only checksums, and where asked the places that repeat one (the chain), are written; whatever else the
// bytes say they go on saying. Bytes without the right magic number stay as they are, and so does what a
// recycled segment held before: mended it would be a frame of today's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wal/fuzz/image.h"
#include "wal/segment_header.h"

namespace wallop::wal::fuzz {

using MutableBytes = std::span<std::byte>;

void mend_segment_header(MutableBytes bytes, std::uint64_t offset);
// Of the record at the front. Says how long it is; 0 where that cannot be told.
std::size_t mend_record(MutableBytes bytes);
// Header and payload, with the records in it. A payload that does not end inside `bytes` keeps its checksum.
void mend_frame(MutableBytes bytes, const LogUuid& uuid, SegmentId segment, std::uint64_t offset);
void mend_watermark(MutableBytes bytes, const LogUuid& uuid, SegmentId segment, std::uint64_t offset);
void mend_footer(MutableBytes bytes, const LogUuid& uuid, SegmentId segment, std::uint64_t offset);

enum class Chains : bool { keep, mend };

// All of a log. With Chains::mend each frame also holds the chain value, the LSN and the epoch that the one
// before it asks for, and each link the end of the segment that it names.
void mend_image(std::vector<Piece>& pieces, Chains chains);

}  // namespace wallop::wal::fuzz
