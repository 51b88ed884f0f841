// SPDX-License-Identifier: Apache-2.0
// Writers, readers and deletion.
//
// With a rate a writer is an open loop: an append that is late because the one before it was slow counts from
// when it was due (no coordinated omission), and everything that fell due before the end is made. Each writer
// begins at its own part of the interval, so that equal rates do not beat in time.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mutex>

#include "scenarios/run/drive.h"

namespace wallop::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr io::Duration kSecond = 1s;
// Of a writer without a rate whom the log refuses, where time ends the workload.
constexpr io::Duration kPauseOfRefused = 1ms;
constexpr std::uint64_t kAppendsPerQuestion = 256;

io::Duration share_of_second(std::uint64_t part, std::uint64_t per_second) {
  const auto whole = static_cast<io::Duration::rep>(part / per_second);
  const std::uint64_t rest = part % per_second * static_cast<std::uint64_t>(kSecond.count()) / per_second;
  return kSecond * whole + io::Duration(static_cast<io::Duration::rep>(rest));
}

}  // namespace

// ---- Writers ----

void Drive::write(std::uint32_t writer) {
  const Pace pace = pace_of(writer);
  const std::uint64_t batch = records_.group_of(writer).batch.value;
  std::vector<std::byte> buffer;
  std::vector<KeyValue> records;
  for (std::uint64_t ordinal = first_ordinal(writer);; ++ordinal) {
    const auto due = await(pace, ordinal);
    if (!due) return;
    append({writer, ordinal * batch}, batch, *due, buffer, records);
  }
}

// Behind the last one whose append was called, in whichever life.
std::uint64_t Drive::first_ordinal(std::uint32_t writer) const {
  if (!life_.before) return 0;
  return life_.before->promises.issued_count(writer) / records_.group_of(writer).batch.value;
}

Drive::Pace Drive::pace_of(std::uint32_t writer) const {
  const Writers& group = records_.group_of(writer);
  const Workload& workload = scenario_.workload;
  const auto& operations = group.operations ? group.operations : workload.operations;
  Pace pace{group.rate, driven_.began, std::numeric_limits<std::uint64_t>::max(), io::Instant::max()};
  if (operations) pace.count_max = operations->value;
  if (workload.duration) pace.end = driven_.began + *workload.duration;
  if (life_.closes_at) pace.end = std::min(pace.end, driven_.began + *life_.closes_at);
  if (group.rate) pace.first += share_of_second(1, group.rate->per_second) * writer / records_.writer_count();
  return pace;
}

std::optional<io::Instant> Drive::await(const Pace& pace, std::uint64_t ordinal) {
  if (over() || ordinal == pace.count_max) return std::nullopt;
  if (interrupted_ && ++asked_count_ % kAppendsPerQuestion == 0 && interrupted_()) {
    driven_.interrupted = true;
    cut();
    return std::nullopt;
  }
  io::Instant due = io_.clock.now();
  if (pace.rate) {
    due = pace.first + share_of_second(ordinal, pace.rate->per_second);
    if (due < pace.end) io_.clock.sleep_until(due);
  }
  if (due >= pace.end || over()) return std::nullopt;
  return due;
}

void Drive::append(const RecordId& first, std::uint64_t count, io::Instant due,
                   std::vector<std::byte>& buffer, std::vector<KeyValue>& records) {
  records_.make(first, count, buffer, records);
  world_.note(sim::Issued{first.writer, static_cast<std::uint32_t>(count), first.sequence});
  const auto receipt = engine_->append(records);
  if (receipt) return accept(first, count, due, *receipt);
  refuse(first, count, receipt.error());
}

void Drive::accept(const RecordId& first, std::uint64_t count, io::Instant due,
                   const AppendReceipt& receipt) {
  const io::Instant returned = io_.clock.now();
  world_.note(
      sim::Accepted{first.writer, static_cast<std::uint32_t>(count), first.sequence, receipt.first_lsn});
  for (std::uint64_t i = 0; i < count && !over(); ++i)
    driven_.accepted_bytes += records_.bytes_of({first.writer, first.sequence + i});
  observe();
  if (over()) return;
  accepted_lsn_ = std::max(accepted_lsn_, receipt.first_lsn + count - 1);
  measure(returned - due, returned, receipt.segment);
  ++driven_.append_count;
  const auto& crash = life_.crash;
  if (crash && crash->after && driven_.append_count == crash->after->value) cut();
}

void Drive::measure(io::Duration latency, io::Instant at, std::uint64_t segment) {
  driven_.append.record(latency);
  driven_.over_time.record(at, latency);
  if (segment <= segment_) return;
  if (segment_ != 0) {
    driven_.rotation.record(latency);
    mark_rotation(segment, at.time_since_epoch());
  }
  segment_ = segment;
}

// Of a long run each second one, each fourth, and so on, so that there are never more than can be drawn.
void Drive::mark_rotation(std::uint64_t segment, base::Duration when) {
  constexpr std::size_t kMarksMax = 1024;
  if (driven_.rotation_count++ % driven_.rotations_per_mark != 0) return;
  std::vector<reports::Mark>& marks = driven_.rotations;
  marks.push_back({"rotation", "segment " + std::to_string(segment), when, when});
  if (marks.size() < kMarksMax) return;
  for (std::size_t i = 1; 2 * i < marks.size(); ++i) marks[i] = std::move(marks[2 * i]);
  marks.resize((marks.size() + 1) / 2);
  driven_.rotations_per_mark *= 2;
}

void Drive::refuse(const RecordId& first, std::uint64_t count, const io::Error& error) {
  if (error.code == io::Code::world_ended) return;
  world_.note(sim::Refused{first.writer, static_cast<std::uint32_t>(count), first.sequence,
                           !is_known_absent(error.code)});
  if (over()) return;
  driven_.refused_count += count;
  // A writer without a rate that is refused at once would otherwise never let time pass, and time ends the
  // workload.
  if (scenario_.workload.duration && !records_.group_of(first.writer).rate)
    io_.clock.sleep_until(io_.clock.now() + kPauseOfRefused);
}

void Drive::observe() {
  promise(engine_->durable());
  const std::uint64_t handed_over = engine_->handed_over();
  if (!over()) driven_.handed_over_lsn = std::max(driven_.handed_over_lsn, handed_over);
}

// ---- Readers ----

void Drive::read_once(std::uint32_t reader) {
  {
    std::unique_lock lock(*mutex_);
    while (!calm_down()) changed_->wait(*mutex_);
  }
  if (over()) return;
  Reading reading{reader, Visibility::visible, Shown(records_), kept_lsn_};
  const std::uint64_t must_show = accepted_lsn_;
  std::optional<Breach> wrong;
  const io::Status status = engine_->read(reading.next, [&](std::uint64_t lsn, const KeyValue& record) {
    wrong = deliver(reading, lsn, record);
    return !wrong && !over();
  });
  if (!wrong && !status) wrong = judge(reading, status.error());
  if (!wrong && status && reading.next <= must_show)
    wrong = at_reader(reading, "prefix", "was shown no more, and more was accepted,");
  complain(std::move(wrong));
}

void Drive::follow(Reading reading, Following* following) {
  std::unique_ptr<Following> again;
  for (;;) {  // Each turn waits for a record.
    std::optional<Breach> wrong;
    const io::Status status = following->next(
        [&](std::uint64_t lsn, const KeyValue& record) { return !(wrong = deliver(reading, lsn, record)); });
    if (over()) return;
    if (!wrong && !status) wrong = judge(reading, status.error());
    if (wrong) return complain(std::move(wrong));
    if (status) continue;
    if (status.error().code != io::Code::not_found) return;
    // Behind what was deleted; where the deletion has not returned yet, as far as is known.
    reading.next = std::max(reading.next, kept_lsn_);
    reading.shown.skip();
    auto more = engine_->follow(reading.next, reading.visibility);
    if (!more) return;
    again = std::move(*more);
    following = again.get();
  }
}

std::optional<Breach> Drive::deliver(Reading& reading, std::uint64_t lsn, const KeyValue& record) {
  if (over()) return std::nullopt;
  world_.note(sim::Delivered{reading.reader, lsn});
  if (reading.visibility == Visibility::durable) promise(lsn);
  reading.next = lsn + 1;
  return reading.shown.add(lsn, record);
}

std::optional<Breach> Drive::judge(const Reading& reading, const io::Error& error) const {
  switch (error.code) {
    case io::Code::corrupt:
      if (medium_may_lie_) return std::nullopt;  // To say so is all that a log can do.
      return at_reader(reading, "intact", "was refused: " + io::describe(error) + ",");
    case io::Code::not_found:
      if (deleting_ || reading.next < kept_lsn_) return std::nullopt;
      return at_reader(reading, "prefix", "was told that it is deleted, and it is not,");
    case io::Code::closed:
      if (!closed_ || reading.next > accepted_lsn_) return std::nullopt;
      return at_reader(reading, "prefix", "was shown no more, and more was accepted,");
    default:
      return std::nullopt;  // The medium's failure, or a log that gave up.
  }
}

Breach Drive::at_reader(const Reading& reading, std::string_view oracle, const std::string& what) {
  return {oracle, fmt::format("reader {} {} at LSN {}", reading.reader, what, reading.next)};
}

void Drive::complain(std::optional<Breach> breach) {
  if (breach && !over() && !driven_.reader_breach) driven_.reader_breach = std::move(breach);
}

void Drive::promise(std::uint64_t lsn) {
  if (lsn <= promised_lsn_) return;
  promised_lsn_ = lsn;
  world_.note(sim::Promised{lsn});
}

// ---- Deletion ----

void Drive::delete_old() {
  const Deletion& deletion = *scenario_.workload.deletion;
  const auto past = (world_.scheduler().now() - driven_.began) / deletion.every;  // Of earlier lives.
  for (io::Instant at = driven_.began + deletion.every * (past + 1); wait_until(at); at += deletion.every) {
    deleting_ = true;
    world_.note(sim::Mark{kDeletionBegins, deletion.keep_segments.value});
    const auto kept = engine_->delete_old(deletion.keep_segments.value);
    if (!kept) continue;  // Tried again at its next time; meanwhile anything may be gone.
    world_.note(sim::Mark{kDeleted, *kept});
    kept_lsn_ = std::max(kept_lsn_, *kept);
    deleting_ = false;
  }
}

bool Drive::wait_until(io::Instant deadline) {
  std::unique_lock lock(*mutex_);
  while (!calm_down()) {
    if (changed_->wait_until(*mutex_, deadline) == io::Wake::timed_out) break;
  }
  return !calm_down();
}

}  // namespace wallop::scenarios
