// SPDX-License-Identifier: Apache-2.0
// Effect: all that a fault can say to the disk. Plain data, fully decided: whoever applies it draws nothing
// more.
//
// What the caller sees and what reaches the medium are apart: a lost sync reports success and moves nothing;
// a failed write may have reached the disk all the same.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.h"
#include "io/time.h"

namespace wallop::faults {

// Bytes [begin, end) of an operation, counted from its own offset.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const ByteRange&) const = default;
};

enum class Reach : std::uint8_t {
  whole,    // The operation does on the medium what it says.
  nothing,  // The medium never hears of it, whatever the caller is told. Of a write_durable that succeeds,
            // its flush: the bytes stay pending, as after a plain write.
};

// What an effect may ask at most, so that whoever adds it to a time need not fear an overflow. A century is
// for ever.
inline constexpr io::Duration kForever = std::chrono::hours(24 * 36525);
inline constexpr std::uint64_t kSlowdownMax = 1'000'000;

struct Effect {
  // The caller gets this errno; 0 is success.
  int os_error = 0;
  Reach reach = Reach::whole;
  // Of a write: if power is lost while it is pending, these bytes last and the others do not. Without it the
  // persistence model decides. Rising, and none touches the next. A later sync makes all of it durable.
  std::optional<std::vector<ByteRange>> lasting = std::nullopt;
  // Of a plain write that reaches nothing: its writeback fails behind the caller's back, and this errno waits
  // for whoever syncs the file next. 0: nobody will ever be told.
  int late_error = 0;
  // Of a read or a write that fails: so many of its first bytes were done before. No more than it asked for.
  std::uint64_t done_bytes = 0;
  // Of a read: bits that the caller gets wrong. Of a write: bits that memory and medium get wrong. Counted
  // from the operation's first; rising, none twice; those beyond its end do nothing.
  std::vector<std::uint64_t> flipped_bits{};
  // The operation takes this much longer, while the device serves others.
  io::Duration extra_wait{};
  // The device takes this many times as long for it. At least 1.
  std::uint64_t slowdown = 1;
  // The device completes nothing before this instant, this operation included.
  std::optional<io::Instant> stalled_until = std::nullopt;

  bool operator==(const Effect&) const = default;
};

// Both at once: the first errno wins, the late one too, and how much was done before it; one that reaches
// nothing loses all, what both let last lasts, bits that both flip are as they were, waits add up (to
// kForever), slowdowns multiply (to kSlowdownMax), the latest stall holds.
void join(Effect& into, const Effect& other);

}  // namespace wallop::faults
