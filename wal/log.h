// SPDX-License-Identifier: Apache-2.0
// Log: the state behind an open Wal, under one mutex, and the threads that move it on.
//
//   append: encode, checksum        no lock
//           admit                   wait until the policy allows more and the current segment has room
//           accept                  copy into the open group: LSN and position are final
//           settle                  what the policy promises before append returns
//
//   accepted --write_group--> written --sync_files--> durable
//
// Two turns, each held by one thread at a time: the *write turn* (one frame is written at a time, in order)
// and the *sync turn* (one sync at a time: a failed one is reported once, to whoever called it). Neither is a
// thread: whoever needs an LSN written or durable takes the turn, does the work for all who wait, and lets
// them go. Order where both are needed: sync turn first. The mutex is never held during a call to the world
// that may block, save where look_up() says.
//
// A sync freezes the block in which the last accepted record ends: the next group begins on the next one, so
// that no sector holding durable bytes is ever written again (Sectors::packed: right behind, in the same
// block).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/world.h"
#include "wal/checkpoint.h"
#include "wal/follower.h"
#include "wal/footer.h"
#include "wal/group.h"
#include "wal/opening.h"
#include "wal/read_cursor.h"
#include "wal/reader.h"
#include "wal/segment_file.h"
#include "wal/waiting.h"
#include "wal/wal.h"
#include "wal/watermark.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// How far something has come: a record, the bytes of all records up to it, and where its frame ends in its
// segment, once it has one.
struct Mark {
  Lsn lsn;
  std::uint64_t bytes = 0;
  std::uint64_t end = 0;
};

// What one append asks for.
struct Taking {
  std::size_t record_count = 0;
  std::uint64_t bytes = 0;       // Of its records.
  std::uint64_t room_bytes = 0;  // What they take of a segment as a group of their own.
};

// A record that was accepted, and what its ticket waits for.
struct Underway {
  Placed placed;
  Lsn awaited;  // Durable up to here; 0 where what the policy promises holds already.
};

// How much may be accepted, and until when, before anything has to be looked at but this.
struct Headroom {
  std::uint64_t bytes = 0;
  io::Instant until = io::Instant::max();
};

// The segment being written.
struct Tail {
  SegmentHeader header;
  std::string path;
  std::shared_ptr<io::File> file;
  ChainEnd end;                     // Of the last frame that was given a place.
  std::optional<Predecessor> link;  // Until the link frame is written, with the first frame behind it.
  std::shared_ptr<WatermarkSlots> slots;
  SparseIndex index;
  bool left = false;       // A write behind its end met a full disk: nothing is written there again.
  bool kept_used = false;  // Its kept room holds a low water.
};

// A segment that is full and not known to be durable. There is one at most: a rotation waits for the one
// before.
struct ClosedSegment {
  std::shared_ptr<io::File> file;
  Mark last;
  std::shared_ptr<WatermarkSlots> slots;
  std::uint64_t unsynced_bytes = 0;  // When it was closed.
};

// A segment that is full, and whose footer waits until a record of the next one is durable.
struct Unfooted {
  SegmentHeader header;
  std::shared_ptr<io::File> file;
  Footer footer;
};

class Log {
 public:
  Log(io::World& world, Options options, Recovered recovered);
  ~Log();

  [[nodiscard]] io::World& world() const { return world_; }

  io::Result<Placed> append(const Record& record);
  io::Result<Appended> append_batch(std::span<const Record> records);
  io::Result<Underway> append_async(const Record& record);
  // Of a ticket: without waiting, and with. Ends with the error of the append.
  io::Result<bool> has_come_true(Lsn lsn);
  io::Status await(Lsn lsn);
  io::Status flush();
  io::Result<Lsn> sync();
  io::Status wait_durable(Lsn lsn);
  io::Result<Reader> read_from(Position position);
  io::Result<Reader> read_from(Lsn lsn);
  io::Result<OwnedRecord> read_at(Position position);
  // follower.cc: what a follower's cursor needs. Records from `from` on, none of them listed yet.
  io::Result<ReadPlan> begin_following(Lsn from);
  // Gives the cursor, which has shown all it had, what is visible (durable) by now, and waits for that until
  // the deadline, or without one as long as it takes. False where nothing came.
  io::Result<bool> follow(ReadCursor& cursor, ReadPlan& more, Visibility visibility,
                          std::optional<io::Instant> deadline);
  io::Result<VerifyReport> verify();
  io::Result<Checkpoint> checkpoint(std::string_view directory);
  Position current_position();
  std::vector<SegmentInfo> segments();
  Stats stats();
  io::Status rotate();
  io::Result<Deleted> delete_segments_before(SegmentId segment);
  io::Status close();
  // Without close(): as if the process had ended here. What followers ask afterwards, they are told so.
  void end();

  // Without an observer nobody asks the clock, and nobody is told.
  [[nodiscard]] io::Instant observed_now() const {
    return options_.observer != nullptr ? world_.clock.now() : io::Instant{};
  }
  void observe(Stage stage, io::Instant begin, std::uint64_t bytes) const {
    if (options_.observer != nullptr) options_.observer->span(stage, begin, world_.clock.now(), bytes);
  }

 private:
  // append.cc: before the lock is taken,
  io::Status encode(const Record& record, EncodedRecord& encoded);
  void spend_on(std::uint64_t bytes);
  [[nodiscard]] Taking taking_of(std::span<const EncodedRecord> records) const;
  io::Result<Placed> append_one(const EncodedRecord& record);
  io::Result<Placed> begin_one(const EncodedRecord& record);
  // and with it.
  io::Result<Appended> take(Lock& lock, std::span<const EncodedRecord> records, const Taking& taking);
  io::Result<Appended> append_encoded(Lock& lock, std::span<const EncodedRecord> records);
  Placed accept_within_headroom(const EncodedRecord& record);
  [[nodiscard]] bool has_headroom(std::uint64_t bytes) const;
  [[nodiscard]] Headroom find_headroom() const;
  [[nodiscard]] io::Status can_be_taken(const Taking& taking) const;
  io::Status admit(Lock& lock, const Taking& taking);
  [[nodiscard]] bool policy_admits(std::uint64_t bytes);
  [[nodiscard]] io::Instant stall_deadline() const;
  [[nodiscard]] bool may_stay_unsynced(const Taking& taking) const;
  [[nodiscard]] bool fits(const Taking& taking) const;
  Placed accept(const EncodedRecord& record);
  // Where the next frame begins, unless a group is open.
  [[nodiscard]] std::uint64_t next_begin() const;
  void open_group();
  io::Status settle(Lock& lock, Lsn lsn, std::uint64_t bytes);

  // writing.cc: the write turn.
  io::Status make_written(Lock& lock, Lsn lsn);
  void write_group(Lock& lock);
  void write_filled(Lock& lock);
  [[nodiscard]] FrameContext frame_context() const;
  // Where the segment's link is not written yet: the frame, to be written before the one at hand.
  std::optional<LinkFrame> take_link_frame();

  // full_disk.cc: a write that met one.
  void meet_full_disk(io::Error error);
  void withdraw();
  void end_settling();
  // Whether a full disk keeps it from being written, or has made it withdrawn.
  [[nodiscard]] bool is_held_up(Lsn lsn) const;
  [[nodiscard]] io::Failure full_disk() const;
  [[nodiscard]] bool held_up_fits() const;
  io::Status resume(Lock& lock);
  io::Status move_on(Lock& lock);
  void rewrite(Lock& lock);

  // syncing.cc: the sync turn, and the thread that keeps the windows of batch and os.
  io::Status make_durable(Lock& lock, Lsn lsn);
  io::Status make_all_durable(Lock& lock);
  void sync_up_to(Lock& lock, Lsn lsn);
  void gather(Lock& lock);
  io::Status freeze_and_write(Lock& lock);
  io::Status sync_files(Lock& lock, Mark covers);
  io::Status sync_file(Lock& lock, io::File& file, WatermarkSlots& slots, Mark covers);
  // Wakes the syncer where it would look too late.
  void call_syncer();
  void ask_for_sync();
  void start_syncer();
  void run_syncer();
  [[nodiscard]] std::optional<io::Instant> syncer_deadline() const;
  void do_due_work(Lock& lock);

  // evidence.cc: watermarks and footers.
  [[nodiscard]] std::uint64_t durable_end_in_tail() const;
  [[nodiscard]] std::uint64_t unsynced_bytes() const;
  [[nodiscard]] bool has_much_unsynced() const;
  [[nodiscard]] std::shared_ptr<WatermarkSlots> make_slots(const PreparedSegment& segment) const;
  io::Status put_watermark(WatermarkSlots& slots, Lsn durable, std::uint64_t end);
  [[nodiscard]] std::optional<io::Instant> seal_deadline() const;
  void seal(Lock& lock);
  [[nodiscard]] bool footer_is_due() const;
  void write_footer(Lock& lock);
  io::Status leave_evidence(Lock& lock);

  // rotation.cc
  io::Status make_room(Lock& lock);
  io::Status obtain_spare(Lock& lock);
  void prepare_spare(Lock& lock);
  void add_spare(PreparedSegment spare);
  io::Status switch_segment(Lock& lock);
  void run_preparer();

  // reserve.cc: what a full disk leaves possible.
  [[nodiscard]] bool is_ready() const { return !spares_.empty() && !unsealed_; }
  [[nodiscard]] io::Error no_room(io::Error error) const;
  io::Status make_ready(Lock& lock);
  io::Status seal_late(Lock& lock);
  io::Status write_low_water_unsealed(Lock& lock, LowWater low_water);
  io::Status sync_low_water(io::File& file);
  io::Status put_low_water_beside(Lock& lock, const KeptRoom& kept, LowWater low_water);

  // deletion.cc
  io::Status stand_still(Lock& lock);
  void go_on();
  io::Result<Deleted> delete_standing_still(Lock& lock, SegmentId segment);
  [[nodiscard]] bool has_control_room() const;
  io::Status write_control(Lock& lock, LowWater low_water);
  [[nodiscard]] bool wants_recycled() const;
  io::Status recycle(Lock& lock, SegmentId id, bool& is_gone);
  io::Status remove(Lock& lock, SegmentId id);
  io::Status put_control(Lock& lock, LowWater low_water);
  io::Result<Deleted> remove_segments(Lock& lock, std::size_t count);

  // log.cc: failure and the end.
  [[nodiscard]] bool may_accept() const { return !standing_still_ && !withdrawing_ && !closing_; }
  [[nodiscard]] bool is_usable() const { return !failure_ && !is_closed_ && !stopping_ && !only_read_; }
  [[nodiscard]] std::string lost_sentence() const;
  [[nodiscard]] io::Failure refusal() const;
  // What is told of a record that was accepted. Where the log has failed, closed since or not, that it did:
  // the record is unknown, and `closed` would say that it was not appended.
  [[nodiscard]] io::Failure broken_promise() const;
  [[nodiscard]] io::Failure poisoned() const;
  // The first error stays. Lets go of the lock while it tells Options::on_poisoned.
  void poison(Lock& lock, const io::Error& error);
  void fail_with(const io::Error& error);
  void wake(Lock& lock, Waiters::Wakes& wakes);
  void wake_all();
  // After a wake-up that nobody meant: has the world ended? Called with the lock; asks for a name, which
  // waits for no other thread of this log.
  void look_up(Woken woken);
  void stop_threads(Lock& lock);
  // Gives up files and directory.
  void let_go();

  // reader.cc
  [[nodiscard]] io::Result<Reader> make_reader(Lock& lock, Position from, Lsn first);
  void list_segments(ReadPlan& plan) const;
  [[nodiscard]] io::Failure no_record(io::Code code, Position position, std::string why) const;

  // verify.cc
  io::Result<ReadPlan> plan_of_all();
  io::Result<VerifyReport> find_damage(VerifyReport report, const io::Error& met, Lsn at);
  [[nodiscard]] SegmentId segment_of_record(Lsn lsn) const;

  // follower.cc
  [[nodiscard]] Lsn shown_to(Visibility visibility) const;
  io::Status plan_on(const ReadCursor& cursor, Lsn last, ReadPlan& more) const;

  io::World& world_;
  const Options options_;
  const Batch* const batch_;  // The policy, where it is this one.
  const Os* const os_;
  const bool always_;
  const FrameCuts cuts_;
  const std::uint64_t record_bytes_max_;  // Of an encoded record: what the caller allows and a frame bears.
  const SegmentPlan plan_;
  const std::optional<io::Error> only_read_;  // Opened in mode salvage: what writing is refused with.
  std::unique_ptr<io::Lock> directory_lock_;
  std::unique_ptr<io::Mutex> mutex_;

  // Everything below is under the mutex.
  std::optional<io::Error> failure_;  // Poisoned: the first error.
  bool is_closed_ = false;
  bool stopping_ = false;

  Mark accepted_, written_, durable_;  // Their bytes are those of this open.
  const Lsn opened_behind_;
  Lsn told_;  // The last record whose ticket was given out while a sync had yet to cover it.
  // More than nothing only while a group is open. Whatever an append would have to look at takes it away.
  Headroom headroom_;
  std::unique_ptr<Group> open_,
      spare_group_;  // The group that fills; the buffer that is written, or waits to be used.
  Tail tail_;
  std::optional<ClosedSegment> closed_;
  std::vector<LiveSegment> live_;  // The last one is tail_.
  std::vector<Unfooted> unfooted_;
  LowWater low_water_;
  const AcceptedLosses accepted_losses_;  // What this epoch's links repeat.

  bool held_up_ = false;              // What spare_group_ holds met a full disk.
  bool withdrawing_ = false;          // Not everyone has seen that its record was withdrawn.
  std::uint64_t settling_count_ = 0;  // Appends that were accepted and have not returned.
  std::optional<io::Error> full_error_;
  io::Instant retry_at_{};

  bool writing_ = false;  // The turns.
  bool syncing_ = false;
  bool deleting_ = false;        // One at a time.
  bool standing_still_ = false;  // Nothing is accepted: a deletion makes its low water durable.
  bool closing_ = false;         // Nor any more.
  bool frozen_ = true;           // A sync was called since the last group was opened: the next begins anew...
  Mark boundary_;                // ...and where that has come true since: the last record before it.
  Waiters written_waiters_, durable_waiters_;
  Signal became_visible_, became_durable_;  // For followers, who wait for whatever comes next.
  // Evidence: what is proven durable by something durable, and when something was last synced.
  Lsn sealed_;
  io::Instant synced_at_{};
  bool sealing_ = false;
  Signal changed_;  // A turn was given back, something became durable, a segment is ready, or all is over.

  // The window of batch and os.
  std::optional<io::Instant>
      waiting_since_;  // Accepted, and no sync (os: no write) that covers it has started.
  std::optional<io::Instant> syncing_since_;  // The same for what the sync under way covers.
  bool sync_asked_ = false;
  Signal syncer_signal_;
  io::Instant syncer_looks_at_ = io::Instant::min();  // At the latest; min() while it is at work.
  // Group commit of always: how many appends were under way during the last sync.
  std::size_t expected_count_ = 1;
  io::Duration sync_time_{};
  bool gathering_ = false;
  Signal gathered_;

  // By id: rotation takes the first, and never the last, which is the reserve.
  std::vector<PreparedSegment> spares_;
  std::optional<Unsealed> unsealed_;  // The open found no room for its seal: tail_ has no file.
  SegmentId next_id_;
  bool preparing_ = false;  // A turn too: so ids rise in spares_, whoever adds to them.
  std::size_t footing_count_ =
      0;  // Footers being written, to segments that recycling must not take meanwhile.
  bool spare_asked_ = false;
  std::uint64_t attempt_count_ = 0;
  std::optional<io::Error> spare_error_;  // The last attempt's: no_space.
  Signal preparer_signal_;

  Stats stats_;
  std::vector<io::CondVar*> wakes_;  // Kept for its capacity.
  std::unique_ptr<io::Thread> syncer_, preparer_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
