// SPDX-License-Identifier: Apache-2.0
// The writers: each appends its own numbered records, and knows which of them must survive.
#include <fmt/format.h>

#include <chrono>
#include <ranges>

#include "wal/stress/life.h"

namespace wallop::wal::stress {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBatchMax = 4;
constexpr std::size_t kFlightsMax = 32;

struct RecordBatch {
  std::vector<Name> names;
  std::vector<std::string> texts;  // Key, value, key, value...
  std::vector<Record> records;     // Of views into them.
};

RecordBatch make_batch(std::uint64_t writer, std::uint64_t number, Dice& dice) {
  const std::uint64_t count = dice.one_in(4) ? 1 + dice.below(kBatchMax) : 1;
  RecordBatch batch;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Name& name = batch.names.emplace_back(writer, number + i, i, count);
    batch.texts.push_back(key_of(name));
    batch.texts.push_back(value_of(name));
  }
  const auto compression = dice.one_in(8) ? Compression::lz4 : Compression::none;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string& key = batch.texts[2 * i];
    const std::string& value = batch.texts[2 * i + 1];
    batch.records.push_back(Record::put(key, value).with_compression(compression));
  }
  return batch;
}

io::Result<Appended> append_to(Wal& wal, const std::vector<Record>& records) {
  if (records.size() > 1) return wal.append_batch(records);
  const auto placed = wal.append(records.front());
  if (!placed) return io::Failure(placed.error());
  return Appended{placed->position, placed->position, {placed->lsn, placed->lsn}};
}

}  // namespace

void Life::write(std::size_t writer) {
  Dice dice = dice_of("writer", writer);
  Flights flights;
  while (append(writer, dice, flights) && (plan_.ending == Ending::closed || !is_over())) {
    if (dice.one_in(8)) pause(dice, 10ms);
    if (flights.size() == kFlightsMax || dice.one_in(8)) land(writers_[writer], flights);
  }
  land(writers_[writer], flights);
}

// False once the log has ended.
bool Life::append(std::size_t writer, Dice& dice, Flights& flights) {
  WriterState& state = writers_[writer];
  const RecordBatch batch = make_batch(writer, state.next, dice);
  const How how = batch.records.size() == 1 && dice.one_in(2) ? How::flies : How::waits;
  const auto appended =
      how == How::flies ? start(batch.records.front(), flights) : append_to(*wal_, batch.records);
  if (!holds(appended, "append")) return false;
  Found& last = state.written.appended;
  if (appended->lsns.first <= last.lsn || appended->lsns.count() != batch.records.size()) {
    findings_.add(fmt::format("append: {} records behind {} became {}..{}", batch.records.size(),
                              last.lsn.value(), appended->lsns.first.value(), appended->lsns.last.value()));
  }
  state.next += batch.records.size();
  last = {state.next - 1, appended->lsns.last};
  figures_.records.fetch_add(batch.records.size(), std::memory_order_relaxed);
  if (how == How::flies) flights.back().record = last;
  if (!acknowledge(state, dice, how)) return false;
  return !dice.one_in(32) || read_back(batch.names.front(), *appended, dice);
}

io::Result<Appended> Life::start(const Record& record, Flights& flights) {
  auto ticket = wal_->append_async(record);
  if (!ticket) return io::Failure(ticket.error());
  const Placed placed = ticket->placed();
  flights.push_back({std::move(*ticket), {}});
  return Appended{placed.position, placed.position, {placed.lsn, placed.lsn}};
}

// No disk fails here, so each ticket comes true, also where the log was closed meanwhile: its record was
// accepted. In order of LSN.
void Life::land(WriterState& state, Flights& flights) {
  bool is_later_done = false;
  for (Flight& flight : std::views::reverse(flights)) {
    const auto done = flight.ticket.poll();
    if (!done) findings_.add("a ticket that was polled: " + io::describe(done.error()));
    if (done && !*done && is_later_done) findings_.add("a ticket came true before that of an earlier record");
    is_later_done = is_later_done || (done && *done);
  }
  for (Flight& flight : flights) {
    const auto placed = flight.ticket.wait();
    if (!placed) findings_.add("a ticket that was waited for: " + io::describe(placed.error()));
    if (placed && placed->lsn != flight.record.lsn) findings_.add("a ticket's record has another LSN now");
    const bool is_promised = placed && std::holds_alternative<Always>(plan_.options.sync);
    if (is_promised && flight.record.number > state.written.acknowledged.number)
      state.written.acknowledged = flight.record;
  }
  flights.clear();
}

// What the policy promises when append returns, or the call that promises it now and then. Of what flies
// always promises nothing yet.
bool Life::acknowledge(WriterState& state, Dice& dice, How how) {
  const Os* const os = std::get_if<Os>(&plan_.options.sync);
  const bool is_promised = (std::holds_alternative<Always>(plan_.options.sync) && how == How::waits) ||
                           (os != nullptr && os->buffer_bytes == 0);
  if (!is_promised) {
    if (!dice.one_in(16)) return true;
    const bool is_done = dice.one_in(2)
                             ? holds(wal_->flush(), "flush")
                             : holds(wal_->wait_durable(state.written.appended.lsn), "wait_durable");
    if (!is_done) return false;
  }
  state.written.acknowledged = state.written.appended;
  return true;
}

bool Life::read_back(const Name& name, const Appended& appended, Dice& dice) {
  const auto judge = [&](const Record& record) {
    if (name_of(record) == name) return;
    findings_.add(fmt::format("where \"{}\" was put, \"{}\" is read", key_of(name), text_of(record.key)));
  };
  if (dice.one_in(2)) {
    const auto record = wal_->read_at(appended.first);
    if (holds(record, "read_at", io::Code::not_found)) judge(record->record());
  } else if (auto reader = wal_->read_from(appended.lsns.first); holds(reader, "read_from")) {
    const auto next = reader->next();
    if (!holds(next, "reader", io::Code::not_found)) return true;
    if (!*next)
      findings_.add(fmt::format("a reader made after \"{}\" was appended does not show it", key_of(name)));
    if (*next && (*next)->lsn == appended.lsns.first) judge((*next)->record);
  }
  return true;
}

}  // namespace wallop::wal::stress
