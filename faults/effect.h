// SPDX-License-Identifier: Apache-2.0
// Effect: all that a fault can say to the disk. Plain data, fully decided: whoever applies it draws nothing
// more.
//
// What the caller sees and what reaches the medium are apart: a lost sync reports success and moves nothing;
// a failed write may have reached the disk all the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

// Where a command goes to, or an answer comes from, instead of where it should.
struct Elsewhere {
  std::string path{};      // Of another file; "" is the operation's own.
  std::int64_t shift = 0;  // Bytes behind the operation's own offset.
  bool is_older = false;   // Of a read: each sector as it was before its newest write.
  bool operator==(const Elsewhere&) const = default;
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
  // The caller gets this errno; 0 is success. What reaches the medium whole is done all the same; of a read
  // or a write done_bytes say how much.
  int os_error = 0;
  Reach reach = Reach::whole;
  // Of a write: if power is lost while it is pending, these bytes last and the others do not. Without it the
  // persistence model decides. Rising, and none touches the next. A later sync makes all of it durable. Of a
  // change of names: none means that it does not last.
  std::optional<std::vector<ByteRange>> lasting = std::nullopt;
  // Of those that do not: what is left there is garbage, not what was before. Likewise.
  std::vector<ByteRange> garbage{};
  // Of a plain write that reaches nothing: its writeback fails behind the caller's back, and this errno waits
  // for whoever syncs the file next. 0: nobody will ever be told.
  int late_error = 0;
  // Of a read or a write that fails: so many of its first bytes were done before. No more than it asked for.
  std::uint64_t done_bytes = 0;
  // Of a read: bits that the caller gets wrong. Of a write: bits that memory and medium get wrong. Counted
  // from the operation's first; rising, none twice; those beyond its end do nothing.
  std::vector<std::uint64_t> flipped_bits{};
  // Of a write: the device cannot read the sectors of these bytes again, until they are rewritten. Rising,
  // and none touches the next.
  std::vector<ByteRange> unreadable{};
  // Of a read: the answer comes from there. Of a plain write that reaches nothing: it lands there. What that
  // file does not have is zeros, and takes nothing.
  std::optional<Elsewhere> elsewhere = std::nullopt;
  // The operation takes this much longer, while the device serves others.
  io::Duration extra_wait{};
  // The device takes this many times as long for it. At least 1.
  std::uint64_t slowdown = 1;
  // The device does no more in a second, beyond what it can do: bytes, and commands that read or write. 0: no
  // limit.
  std::uint64_t bytes_per_second = 0, commands_per_second = 0;
  // Until then what nobody's call sends (writeback) takes as long as this operation is made to.
  std::optional<io::Instant> slow_until = std::nullopt;
  // The device completes nothing before this instant, this operation included.
  std::optional<io::Instant> stalled_until = std::nullopt;
  // From now on the wall clock shows so much more, or less; and until then always the same. Monotonic time
  // goes on.
  io::Duration wall_step{};
  std::optional<io::Instant> wall_frozen_until = std::nullopt;

  bool operator==(const Effect&) const = default;
};

// Both at once: the first errno wins, the late one too, and how much was done before it; one that reaches
// nothing loses all, what both let last lasts, what one spoils is spoilt, bits that both flip are as they
// were, the first place elsewhere wins, waits and steps of the clock add up (to kForever), slowdowns multiply
// (to kSlowdownMax), the lowest limit and the latest end of a span hold.
void join(Effect& into, const Effect& other);

}  // namespace wallop::faults
