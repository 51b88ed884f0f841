// SPDX-License-Identifier: Apache-2.0
// Appending without waiting: many under way at once, each with its own end.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::comes_true;
using testing::failure_of;
using testing::LogFixture;
using namespace std::chrono_literals;

struct Flying : LogFixture {
  explicit Flying(const SyncPolicy& policy = Always{}) {
    options.sync = policy;
    options.preallocate = Preallocate::none;
    open();
    write(1);  // Segments are prepared: from here on a sync is one of records.
  }
  ~Flying() { is_held = false; }

  // `count` more, none of them waited for.
  std::vector<Ticket> start(std::uint64_t count) {
    std::vector<Ticket> tickets;
    for (std::uint64_t i = 0; i < count; ++i) {
      ++started;
      auto ticket = wal().append_async(Record::put(key(started), value(started)));
      REQUIRE_OK(ticket);
      REQUIRE(ticket->placed().lsn == Lsn(started));
      tickets.push_back(std::move(*ticket));
    }
    return tickets;
  }
  // From here on no sync of a segment begins until let_go().
  void hold_syncs() {
    is_held = true;
    files().before_each([this](std::string_view operation) {
      while (operation.starts_with("sync 0") && is_held) world().threads.relax();
    });
  }
  void let_go() { is_held = false; }

  std::uint64_t started = 1;
  std::atomic<bool> is_held = false;
};

bool is_done(Ticket& ticket) {
  const auto done = ticket.poll();
  REQUIRE_OK(done);
  return *done;
}

TEST_CASE("always: one thread has many appends under way, and they share syncs") {
  Flying log;
  log.hold_syncs();
  auto tickets = log.start(100);
  REQUIRE(std::ranges::none_of(tickets, is_done));
  log.let_go();
  const auto last = tickets.back().wait();
  REQUIRE_OK(last);
  REQUIRE(last->lsn == Lsn(101));
  REQUIRE(std::ranges::all_of(tickets, is_done));
  REQUIRE(log.wal().stats().durable == Lsn(101));
  REQUIRE(log.wal().stats().sync_count <= 3);  // The first record's, one that was held, and one for the rest.
}

TEST_CASE("a record whose ticket nobody waits for becomes durable all the same") {
  Flying log;
  log.start(5);
  REQUIRE(comes_true(log.world(), [&] { return log.wal().stats().durable == Lsn(6); }));
  log.start(5);
  REQUIRE(comes_true(log.world(), [&] { return log.wal().stats().durable == Lsn(11); }));
  log.crash();
  REQUIRE(log.open().valid_records == 11);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 11));
}

TEST_CASE("promises come true in order of LSN") {
  Flying log;
  auto tickets = log.start(300);
  // From the last to the first: where a later one is done, so are all before it.
  REQUIRE(comes_true(log.world(), [&] {
    bool is_later_done = false, is_in_order = true;
    for (auto ticket = tickets.rbegin(); ticket != tickets.rend(); ++ticket) {
      const bool done = is_done(*ticket);
      is_in_order = is_in_order && (done || !is_later_done);
      is_later_done = is_later_done || done;
    }
    REQUIRE(is_in_order);
    return std::ranges::all_of(tickets, is_done);
  }));
}

TEST_CASE("a sync that fails is the error of every ticket that it was to cover, and of no other") {
  Flying log;
  auto before = log.start(1);
  REQUIRE_OK(before[0].wait());
  log.files().fail({.operation = "sync 0"});
  auto tickets = log.start(1);
  REQUIRE(tickets[0].wait().error().code == io::Code::poisoned);
  REQUIRE(tickets[0].poll().error().code == io::Code::poisoned);
  REQUIRE(is_done(before[0]));
  REQUIRE(log.wal().append_async(Record::put("k", "v")).error().code == io::Code::poisoned);
  REQUIRE(log.wal().close().error().code == io::Code::poisoned);
  REQUIRE(tickets[0].poll().error().code == io::Code::poisoned);  // Unknown still, and not refused.
}

TEST_CASE("a full disk holds up a record whose ticket was given out, and writes it once there is room") {
  Flying log;
  log.files().fail({.operation = "write 0", .os_error = ENOSPC, .reaches_bytes = 10});
  auto tickets = log.start(1);
  REQUIRE(tickets[0].wait().error().code == io::Code::no_space);
  REQUIRE(log.append(3).error().code == io::Code::no_space);
  REQUIRE(log.wal().stats().appended == Lsn(2));
  log.files().heal();
  REQUIRE(comes_true(log.world(), [&] {
    const auto done = tickets[0].poll();
    return done && *done;
  }));
  log.crash();
  log.open();
  REQUIRE(log.read_all() == LogFixture::numbers(1, 2));
}

TEST_CASE("a ticket outlives its log, and knows what was durable when it ended") {
  Flying log;
  auto durable = log.start(3);
  log.close();
  REQUIRE_OK(durable[2].wait());
  log.open();
  REQUIRE_OK(log.append(5));
  log.started = 5;
  log.hold_syncs();
  auto cut = log.start(1);
  std::unique_ptr<io::Thread> release = log.world().threads.spawn("release", [&] { log.let_go(); });
  log.crash();
  const auto end = cut[0].poll();
  REQUIRE((end ? *end : end.error().code == io::Code::closed));
}

TEST_CASE("where a policy promises nothing to wait for a ticket is done at once") {
  for (const SyncPolicy& policy :
       {SyncPolicy(Batch{.window = 60s}), SyncPolicy(Os{}), SyncPolicy(Os{.buffer_bytes = 1 << 16})}) {
    Flying log(policy);
    log.hold_syncs();
    auto tickets = log.start(20);
    REQUIRE(std::ranges::all_of(tickets, is_done));
    REQUIRE_OK(tickets[19].wait());
    REQUIRE(log.wal().stats().sync_count == 0);
    log.let_go();
  }
}

TEST_CASE("batch: the ticket of a record larger than `bytes` waits until it is durable") {
  Flying log(Batch{.window = 60s, .bytes = 100});
  log.value_bytes = 500;
  REQUIRE_OK(log.wal().sync());
  log.hold_syncs();
  auto tickets = log.start(1);
  REQUIRE_FALSE(is_done(tickets[0]));
  log.let_go();
  REQUIRE_OK(tickets[0].wait());
  REQUIRE(log.wal().stats().durable == Lsn(2));
}

TEST_CASE("what cannot be taken gets no ticket") {
  Flying log;
  log.options.record_bytes_max = 100;
  log.reopen();
  REQUIRE(log.wal().append_async(Record::put("key", std::string(200, '.'))).error().code ==
          io::Code::too_large);
  log.close();
}

// Each thread keeps 16 under way, and waits for the oldest.
TEST_CASE("four threads with many appends under way each lose nothing, and rotate") {
  Flying log;
  constexpr int kThreads = 4, kAppends = 400;
  constexpr std::size_t kUnderWay = 16;
  std::atomic<int> failures = 0;
  std::vector<std::unique_ptr<io::Thread>> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.push_back(log.world().threads.spawn("writer", [&] {
      std::vector<Ticket> tickets;
      const auto check = [&](Ticket& ticket) {
        const auto placed = ticket.wait();
        if (!placed || log.wal().stats().durable < placed->lsn) ++failures;
      };
      for (std::size_t i = 0; i < kAppends; ++i) {
        if (i >= kUnderWay) check(tickets[i - kUnderWay]);
        auto ticket = log.wal().append_async(Record::put("key", std::string(500, '.')));
        if (!ticket) return void(++failures);
        tickets.push_back(std::move(*ticket));
      }
      for (std::size_t i = kAppends - kUnderWay; i < kAppends; ++i) check(tickets[i]);
    }));
  }
  threads.clear();
  REQUIRE(failures == 0);
  REQUIRE(log.wal().stats().rotation_count > 5);
  REQUIRE(log.reopen().valid_records == 1 + std::uint64_t{kThreads} * kAppends);
}

}  // namespace
}  // namespace wallop::wal
