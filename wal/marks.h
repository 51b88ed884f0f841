// SPDX-License-Identifier: Apache-2.0
// Marks: what a segment says about itself beside its frames, in its watermark slots and its footer.
//
// None of it is needed to read the log, and none of it is ever damage: a block that does not validate was
// torn, or never written.
#pragma once

#include <cstdint>
#include <optional>

#include "io/result.h"
#include "wal/footer.h"
#include "wal/segment_header.h"
#include "wal/watermark.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct Marks {
  std::optional<Watermark> watermark;  // The higher of those that validate.
  std::optional<Footer> footer;
  bool blank = true;  // Slots and footer are zero throughout: a spare that nobody has written to.

  [[nodiscard]] bool prove_something() const { return watermark || footer; }
  // Up to where a successful sync covers the segment's file: whole where it was sealed. 0: nothing says so.
  [[nodiscard]] std::uint64_t synced_end() const;
  // The highest LSN that they prove to have been durable once.
  [[nodiscard]] Lsn durable() const;
  [[nodiscard]] Epoch newest() const;
};

// From the file that `window` is aimed at.
io::Result<Marks> read_marks(Window& window, const SegmentHeader& header);

// Whether a watermark or a footer of this log and segment begins the line at `offset`: for files without a
// header, where nobody knows the place of either.
bool is_mark(io::Bytes from_line, const LogUuid& uuid, SegmentId segment, std::uint64_t offset);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
