// SPDX-License-Identifier: Apache-2.0
// Follower: the records of an open log in order, and on as they appear, across rotations.
//
//   auto follower = wal.tail(Lsn(1), Visibility::durable);
//   for (;;) {
//     auto next = follower->await_next();
//     if (!next) break;                      // Its code says why: closed, poisoned, not_found...
//     use(next->record);
//   }
//
// What surprises: a record is visible once it is written to its segment, not once append has accepted it.
// What lies in a buffer (batch: until its window closes; os: buffer_bytes) may still be withdrawn, and is
// shown to nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "io/result.h"
#include "io/time.h"
#include "wal/build.h"
#include "wal/record.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class Visibility : std::uint8_t {
  visible,  // Written: a crash of the machine may still take what was shown.
  durable,  // No crash takes what was shown.
};

// Made by Wal::tail. For one thread at a time; several follow one log at once. It may outlive its log, but
// not the world.
//
// Every call fails, once all that had become visible (durable) was shown, with
//   closed     the log was closed, or destroyed
//   poisoned   the log failed; the detail has the first error
// and at any time with
//   not_found  the segment of the next record was deleted before it was read
//   corrupt    it was damaged since the log was opened
// After a failure every further call fails the same way.
class Follower {
 public:
  struct Parts;
  explicit Follower(std::unique_ptr<Parts> parts);
  Follower(Follower&&) noexcept;
  Follower& operator=(Follower&&) noexcept;
  ~Follower();

  // The next record, or nothing where there is none yet. What the view points to lives until the next call.
  io::Result<std::optional<RecordView>> next();
  // Waits for it until `deadline`; then nothing. Woken by the log: no look at the clock in between.
  io::Result<std::optional<RecordView>> next_until(io::Instant deadline);
  // Waits as long as it takes.
  io::Result<RecordView> await_next();

 private:
  io::Result<std::optional<RecordView>> find(std::optional<io::Instant> deadline);

  std::unique_ptr<Parts> parts_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
