// SPDX-License-Identifier: Apache-2.0
// Wal: a write-ahead log. One directory, one process at a time, any number of threads.
//
//   io::World& world = ...;
//   auto opened = Wal::open(world, {.directory = "log", .sync = Always{}});
//   auto placed = opened->wal.append(Record::put("key", "value"));   // Durable when it returns.
//   auto reader = opened->wal.read_from(Position::start());
//   while (auto next = reader->next()) { if (!*next) break; use((*next)->record); }
//
// What surprises: opening a log always starts a new segment (bytes that a crash may have torn are never
// written to again), and after a failed sync the log is *poisoned*: every waiter and every later call gets
// code `poisoned` with the first error in its detail, and only a new open mends that. README.md says what is
// promised, and how it is stored.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/checkpoint.h"
#include "wal/follower.h"
#include "wal/hole.h"
#include "wal/options.h"
#include "wal/reader.h"
#include "wal/record.h"
#include "wal/recovery_info.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Where a record went.
struct Placed {
  Lsn lsn;
  Position position;
};

// Where a batch went.
struct Appended {
  Position first;
  Position last;  // Of its last record.
  LsnRange lsns;
};

struct SegmentInfo {
  SegmentId id;
  LsnRange lsns;            // Empty where it holds no record.
  std::uint64_t bytes = 0;  // Up to the end of its last frame.
};

struct Deleted {
  std::uint64_t segment_count = 0;
  std::uint64_t bytes = 0;
};

struct Stats {
  std::uint64_t record_count = 0;  // Appended since the log was opened.
  std::uint64_t record_bytes = 0;
  std::uint64_t group_count = 0;  // Frames of records written.
  std::uint64_t sync_count = 0;   // Calls of File::sync for records.
  std::uint64_t rotation_count = 0;
  Lsn appended;  // The last record accepted, written, durable.
  Lsn written;
  Lsn durable;
};

class Log;
struct Opened;

// An append that was accepted, and whose promise may not hold yet. It keeps nothing but a place in line:
// letting go of it changes nothing for its record, and it may outlive its Wal.
class Ticket {
 public:
  // Where the record goes. Final, but for a full disk, which may move it (Wal::read_at).
  [[nodiscard]] const Placed& placed() const { return placed_; }
  // Whether what the sync policy promises of an append that returned holds now. Promises come true in order
  // of LSN. Fails as the append would have: the record is then unknown. no_space: a full disk holds it up; it
  // stays in memory, is tried again, and may be asked for again.
  io::Result<bool> poll();
  // The same once it does.
  io::Result<Placed> wait();

 private:
  friend class Wal;
  Ticket(std::shared_ptr<Log> log, const Placed& placed, Lsn awaited);

  std::shared_ptr<Log> log_;
  Placed placed_;
  Lsn awaited_;
};

class Wal {
 public:
  // Recovers what the directory holds and starts a new epoch (in mode salvage it only looks). Fails with
  //   invalid      options that cannot be; the sentence names the option
  //   locked       another process (or another Wal) has this directory open
  //   corrupt      records that were acknowledged are damaged or gone; the detail names the LSNs; nothing was
  //   changed unsupported  a format or a part of it that this version does not read no_space     no room for
  //   the first segment of a new log; one that holds anything opens on a full disk, reads and deletes
  //   io_error...  whatever the world says; an unreadable byte is never taken for the end of the log
  static io::Result<Opened> open(io::World& world, Options options);
  // The same look at the directory without changing a byte, and without the lock: what open would find and
  // say. Damage is part of the answer, not a failure. A pure function of the directory's bytes.
  static io::Result<RecoveryInfo> inspect(io::World& world, const Options& options);

  Wal(Wal&&) noexcept;
  Wal& operator=(Wal&&) noexcept;
  // Without close(): as if the process had ended here. Stops the log's threads, writes nothing, reports
  // nothing; followers are told that it is closed.
  ~Wal();

  // Appends one record; what holds when it returns is the sync policy's word (options.h). After a failure the
  // record is *unknown* (it may appear after a restart), except for too_large, invalid, unsupported, closed
  // and no_space: not appended, nothing changed.
  io::Result<Placed> append(const Record& record);
  // Appends all or none of them, also after a crash. At least one.
  io::Result<Appended> append_batch(std::span<const Record> records);

  // As append, and returns once the record is accepted: one thread may have many under way, which share a
  // sync. Under always a thread of the log's syncs them; other policies promise nothing that has to be waited
  // for, save of a record larger than Batch::bytes. Blocks only where append would before it accepts, and for
  // the write of a full group.
  io::Result<Ticket> append_async(const Record& record);

  // Hands everything accepted to the operating system. It then survives the end of this process.
  io::Status flush();
  // Makes everything accepted durable, and says up to where. no_space: what a full disk holds up stays in
  // memory, and is tried again; the detail names it.
  io::Result<Lsn> sync();
  // Returns when `lsn` is durable: under batch when its window's sync is through, under os by a sync of its
  // own.
  io::Status wait_durable(Lsn lsn);

  // Records from the first one at or after `position` (from LSN `lsn`) up to the last one accepted before
  // this call; while a full disk holds some up, up to those. Where it has moved records into another segment,
  // reading from the position that append told of one may begin with records before it.
  io::Result<Reader> read_from(Position position);
  io::Result<Reader> read_from(Lsn lsn);

  // The record that begins at `position`, as append told it, checked. not_found: its segment was deleted.
  // invalid: no record begins there (any more: a full disk has moved it). no_space: it is held up in memory.
  io::Result<OwnedRecord> read_at(Position position);
  // Records from LSN `from` on, or from the oldest one that is left, and on as they appear (follower.h).
  io::Result<Follower> tail(Lsn from, Visibility visibility);

  // Where the last accepted record ends: every record so far stands before it, every later one at or after
  // it.
  Position current_position();
  SegmentId current_segment_id();
  std::uint64_t current_segment_bytes();
  std::vector<SegmentInfo> segments();
  Stats stats();

  // Makes everything durable, and reads all of it back past the page cache. Writers go on meanwhile; only
  // where damage is met they wait until every hole is found. Damage is part of the report, not a failure.
  io::Result<VerifyReport> verify();
  // Makes everything durable, and a copy of it as a new log in `directory`, durable when this returns.
  // Nothing of this log changes; writers go on, deletion waits. After a failure there is none (checkpoint.h).
  // already_exists: something of that name is there.
  io::Result<Checkpoint> checkpoint(std::string_view directory);

  // Starts a new segment now. Does nothing where the current one holds no record.
  io::Status rotate();
  // Deletes whole segments below the given one; the one being written always stays. Everything accepted is
  // durable when it returns. After a failure each segment is either there or gone, and the next open finishes
  // the work.
  io::Result<Deleted> delete_segments_before(SegmentId segment);
  io::Result<Deleted> delete_segments_before(Position position) {
    return delete_segments_before(position.segment);
  }

  // Makes everything durable and gives up the directory. Every later call fails with `closed`, and so does an
  // append under way that was not accepted yet; one that was is told so first. no_space: what a full disk
  // held up is lost; the detail names it.
  io::Status close();

 private:
  explicit Wal(std::shared_ptr<Log> log);

  std::shared_ptr<Log> log_;  // Followers and tickets share it, and nothing else does.
};

struct Opened {
  Wal wal;
  RecoveryInfo info;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
