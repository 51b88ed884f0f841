// SPDX-License-Identifier: Apache-2.0
// Append, crash, recover, against a model: the records in their order, and how many were acknowledged.
//
// After every open what the log holds is a prefix of what was appended, at least as long as what was
// acknowledged, and never the part of a batch. The disk keeps of what was not synced whatever it likes,
// sector by sector (memory_files.h); the power fails between two calls or within one, also while a log is
// opened.
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wal/fuzz/memory_world.h"
#include "wal/wal.h"

namespace wallop::wal {
namespace {

enum class Step : std::uint8_t {
  append,
  append_large,
  batch,
  sync,
  rotate,
  delete_old,
  close,
  crash,
  cut_power
};

struct Command {
  Step step = Step::append;
  std::uint64_t number = 0;  // A batch's length, the calls until the power fails.
};

// The world, the log in it, and what it must still hold. `broken` keeps the first sentence that did not hold.
class LogAndModel {
 public:
  LogAndModel(std::uint64_t seed, const Options& options) : options_(options), draws_(seed) {}

  void lose_syncs() { memory_.files().lose_syncs(); }

  void run(const std::vector<Command>& commands) {
    recover();
    for (const Command& command : commands) {
      if (!broken_.empty()) return;
      do_one(command);
    }
    crash();
  }
  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] std::uint64_t recovery_count() const { return recovery_count_; }

 private:
  static std::string value_of(std::uint64_t lsn, std::size_t bytes) {
    std::string value = "value " + std::to_string(lsn);
    value.resize(std::max(value.size(), bytes), '.');
    return value;
  }

  void expect(bool holds, std::string_view sentence) {
    if (!holds && broken_.empty()) broken_ = sentence;
  }

  // What fails without a cut of the power is our bug; with one the process ends with it.
  template <class T>
  bool passes(const io::Result<T>& result) {
    if (result) return true;
    expect(!memory_.files().is_powered(),
           "nothing fails while there is power: " + io::describe(result.error()));
    crash();
    return false;
  }

  void do_one(const Command& command) {
    switch (command.step) {
      case Step::append:
        return append(1, 20);
      case Step::append_large:
        return append(1, 1200);
      case Step::batch:
        return append(2 + command.number % 6, 150);
      case Step::sync:
        return sync();
      case Step::rotate:
        return static_cast<void>(passes(wal_->rotate()));
      case Step::delete_old:
        return delete_old();
      case Step::close:
        if (passes(wal_->close())) acknowledged_ = values_.size(), reopen();
        return;
      case Step::crash:
        return crash();
      case Step::cut_power:
        return memory_.files().cut_power_after(1 + command.number % 12);
    }
  }

  // Appended whatever comes back: a record whose write failed may appear.
  void append(std::uint64_t count, std::size_t bytes) {
    std::vector<Record> records;
    const std::size_t before = values_.size();
    for (std::uint64_t i = 0; i < count; ++i) {
      values_.push_back(value_of(values_.size() + 1, bytes));
      batch_ends_.push_back(before + count);
    }
    for (std::size_t i = before; i < values_.size(); ++i) records.push_back(Record::put("key", values_[i]));
    const auto appended = wal_->append_batch(records);
    if (!passes(appended)) return;
    expect(appended->lsns == LsnRange{Lsn(before + 1), Lsn(values_.size())}, "LSNs follow each other");
    if (std::holds_alternative<Always>(options_.sync)) acknowledged_ = values_.size();
  }

  void sync() {
    const auto synced = wal_->sync();
    if (!passes(synced)) return;
    expect(*synced == Lsn(values_.size()), "a sync reaches all that was accepted");
    acknowledged_ = values_.size();
  }

  void delete_old() {
    const SegmentId current = wal_->current_segment_id();
    const auto segments = wal_->segments();
    const auto deleted = wal_->delete_segments_before(current);
    const std::uint64_t below = segments.back().lsns.first.value() - 1;
    may_be_gone_ = std::max(may_be_gone_, below);
    if (!passes(deleted)) return;
    acknowledged_ = values_.size();
    is_gone_ = std::max(is_gone_, below);
  }

  void crash() {
    wal_.reset();
    memory_.files().crash(draws_);
    recover();
  }
  void reopen() {
    wal_.reset();
    recover();
  }

  // Opens, over a few cuts of the power where there are any, and holds what is found against the model.
  void recover() {
    auto opened = Wal::open(memory_.world(), options_);
    if (!opened && !memory_.files().is_powered()) {
      memory_.files().crash(draws_);
      opened = Wal::open(memory_.world(), options_);
    }
    if (!opened) return expect(false, "a log opens after any crash: " + io::describe(opened.error()));
    ++recovery_count_;
    const std::uint64_t last = opened->info.last.value();
    expect(last >= acknowledged_, "what was acknowledged is found");
    expect(last <= values_.size(), "nothing is found that was not appended");
    if (!broken_.empty()) return;
    expect(last == 0 || last == is_gone_ || batch_ends_[last - 1] <= last,
           "a batch is there whole or not at all");
    values_.resize(last);
    batch_ends_.resize(last);
    acknowledged_ = last;
    may_be_gone_ = std::min(may_be_gone_, last);
    wal_.emplace(std::move(opened->wal));
    read_all();
  }

  void read_all() {
    auto reader = wal_->read_from(Position::start());
    if (!reader) return expect(false, "a log that opened is read: " + io::describe(reader.error()));
    std::optional<std::uint64_t> first;
    std::uint64_t lsn = 0;
    for (;;) {
      const auto next = reader->next();
      if (!next) return expect(false, "what was recovered is read: " + io::describe(next.error()));
      if (!*next) break;
      expect(!first || (*next)->lsn == Lsn(lsn + 1), "no record is missing inside");
      lsn = (*next)->lsn.value();
      if (!first) first = lsn;
      expect(text_of((*next)->record.value) == values_.at(lsn - 1), "a record is what was appended");
    }
    const std::uint64_t missing = first ? *first - 1 : values_.size();
    expect(is_gone_ <= missing && missing <= may_be_gone_, "what is deleted is gone, and nothing else");
    expect(lsn == values_.size() || !first, "a reader shows all that was recovered");
  }

  const Options options_;
  base::Seeded draws_;
  testing::MemoryWorld memory_;
  std::optional<Wal> wal_;
  std::vector<std::string> values_;        // Of LSN 1, 2, ...
  std::vector<std::uint64_t> batch_ends_;  // The last LSN of each one's batch.
  std::uint64_t acknowledged_ = 0;
  std::uint64_t is_gone_ = 0, may_be_gone_ = 0;  // Up to these LSNs: certainly, and perhaps, deleted.
  std::uint64_t recovery_count_ = 0;
  std::string broken_;
};

std::vector<Command> any_commands() {
  const auto command = rc::gen::build<Command>(
      rc::gen::set(&Command::step, rc::gen::weightedElement<Step>({{6, Step::append},
                                                                   {2, Step::append_large},
                                                                   {3, Step::batch},
                                                                   {2, Step::sync},
                                                                   {2, Step::rotate},
                                                                   {1, Step::delete_old},
                                                                   {1, Step::close},
                                                                   {2, Step::crash},
                                                                   {3, Step::cut_power}})),
      rc::gen::set(&Command::number, rc::gen::inRange<std::uint64_t>(0, 1000)));
  return *rc::gen::container<std::vector<Command>>(command);
}

Options options_with(SyncPolicy policy, EvidenceLevel evidence) {
  Options options = testing::memory_options();
  options.sync = policy;
  options.evidence = evidence;
  return options;
}

void showValue(const Command& command, std::ostream& out) {
  out << static_cast<int>(command.step) << '/' << command.number;
}

bool keeps_promises(const std::function<Options()>& any_options) {
  return rc::check([&] {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    LogAndModel log(seed, any_options());
    log.run(any_commands());
    RC_ASSERT(log.broken() == "");
  });
}

bool keeps_promises(SyncPolicy policy, EvidenceLevel evidence) {
  return keeps_promises([&] { return options_with(policy, evidence); });
}

// No thread of the log's ever gets a turn here: a batch is closed by sync() alone, or for space, and segments
// are prepared when they are needed. The simulated world varies the rest.
SyncPolicy any_policy() {
  return *rc::gen::element<SyncPolicy>(Always{}, Batch{.window = kWindowMax, .stall_max = kWindowMax}, Os{},
                                       Os{.buffer_bytes = 900, .buffer_time = kWindowMax});
}

Options any_options() {
  Options options = options_with(
      any_policy(),
      *rc::gen::element(EvidenceLevel::lagged, EvidenceLevel::sealed_idle, EvidenceLevel::synchronous));
  options.sectors = *rc::gen::element(Sectors::fresh, Sectors::packed);
  options.preallocate = *rc::gen::element(Preallocate::none, Preallocate::allocate, Preallocate::zero_fill);
  options.recycle_segments = *rc::gen::inRange(0U, 3U);
  options.frame_bytes_max = *rc::gen::element(kFrameBytesMin + 0, std::uint64_t{8} << 20);
  return options;
}

TEST_CASE(
    "whatever is done to it, a log that syncs always recovers a prefix with all that was acknowledged") {
  REQUIRE(keeps_promises(Always{}, EvidenceLevel::lagged));
  REQUIRE(keeps_promises(Always{}, EvidenceLevel::synchronous));
}

TEST_CASE("whatever is done to it, a log under os recovers a prefix with all that was synced") {
  REQUIRE(keeps_promises(Os{}, EvidenceLevel::lagged));
}

TEST_CASE("whatever is done to it, a log with any options recovers a prefix with all that was acknowledged") {
  REQUIRE(keeps_promises(any_options));
}

// The tester, tested: acknowledging before the bytes are durable is what a disk that loses syncs amounts to.
TEST_CASE("records that were acknowledged before they were durable are missed") {
  LogAndModel log(1, options_with(Always{}, EvidenceLevel::lagged));
  log.lose_syncs();
  log.run({{Step::append, 0}, {Step::append, 0}, {Step::batch, 3}, {Step::crash, 0}, {Step::append, 0}});
  REQUIRE(log.broken() != "");
}

TEST_CASE("a run recovers as often as it crashes, closes and ends") {
  LogAndModel log(1, options_with(Always{}, EvidenceLevel::lagged));
  log.run({{Step::append, 0}, {Step::crash, 0}, {Step::batch, 1}, {Step::close, 0}});
  REQUIRE(log.broken() == "");
  REQUIRE(log.recovery_count() == 4);
}

}  // namespace
}  // namespace wallop::wal
