// SPDX-License-Identifier: Apache-2.0
// What each sync policy promises, what a failure leaves, and many threads at once.
#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::comes_true;
using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using namespace std::chrono_literals;

TEST_CASE("always: a record is durable when its append returns") {
  LogFixture log;
  log.open();
  for (std::uint64_t n = 1; n <= 5; ++n) {
    log.write(1);
    REQUIRE(log.wal().stats().durable == Lsn(n));
  }
}

TEST_CASE("batch: the window closes when the log is idle") {
  LogFixture log;
  log.options.sync = Batch{.window = 2ms};
  log.open();
  log.write(3);
  REQUIRE(comes_true(log.world(), [&] { return log.wal().stats().durable == Lsn(3); }));
}

TEST_CASE("batch: append does not wait for a sync, and wait_durable waits for the window's") {
  LogFixture log;
  log.options.sync = Batch{.window = 50ms};
  log.open();
  log.write(100);
  REQUIRE(log.wal().stats().sync_count == 0);
  REQUIRE_OK(log.wal().wait_durable(Lsn(100)));
  REQUIRE(log.wal().stats().sync_count == 1);
}

TEST_CASE("batch: never more than `bytes` are accepted and not durable") {
  LogFixture log;
  log.options.sync = Batch{.window = 60s, .bytes = 3000};
  log.value_bytes = 500;
  log.open();
  for (int i = 0; i < 50; ++i) {
    log.write(1);
    const Stats stats = log.wal().stats();
    REQUIRE(stats.appended.since(stats.durable) <= 3000 / 500);
  }
}

TEST_CASE("batch: what has gathered is handed over long before its window closes, and not synced") {
  LogFixture log;
  log.options.segment_bytes = 4 << 20;
  log.options.sync = Batch{.window = 10s, .bytes = 2 << 20};
  log.value_bytes = 1000;
  log.open();
  log.write(900);
  const Stats stats = log.wal().stats();
  REQUIRE(stats.written >= Lsn(600));
  REQUIRE(stats.sync_count == 0);
  REQUIRE(stats.durable == Lsn(0));
  REQUIRE_OK(log.wal().sync());
  log.crash();
  REQUIRE(log.open().last == Lsn(900));
}

TEST_CASE("batch: a record larger than `bytes` is durable when its append returns") {
  LogFixture log;
  log.options.sync = Batch{.window = 60s, .bytes = 100};
  log.value_bytes = 500;
  log.open();
  log.write(1);
  REQUIRE(log.wal().stats().durable == Lsn(1));
}

TEST_CASE(
    "batch: append blocks while the oldest record waits longer than window and stall_max for its sync") {
  LogFixture log;
  log.options.sync = Batch{.window = 1ms, .bytes = 1 << 20, .stall_max = 1ms};
  log.open();
  // The sync of the first record takes 100 ms.
  log.files().before_each([&](std::string_view operation) {
    if (operation.starts_with("sync 0")) log.world().clock.sleep_until(log.world().clock.now() + 100ms);
  });
  log.write(1);
  log.world().clock.sleep_until(log.world().clock.now() + 20ms);
  const io::Instant begin = log.world().clock.now();
  log.write(1);
  REQUIRE(log.world().clock.now() - begin > 20ms);
  REQUIRE(log.wal().stats().durable >= Lsn(1));
  log.crash();
}

TEST_CASE("os: with no buffer a record has reached the file when its append returns, and no sync was made") {
  LogFixture log;
  log.options.sync = Os{};
  log.open();
  for (std::uint64_t n = 1; n <= 5; ++n) {
    log.write(1);
    REQUIRE(log.wal().stats().written == Lsn(n));
  }
  REQUIRE(log.wal().stats().sync_count == 0);
  REQUIRE(log.wal().stats().durable == Lsn(0));
  REQUIRE(log.wal().sync().value() == Lsn(5));
}

TEST_CASE("os: at most buffer_bytes are kept back, and for buffer_time at most") {
  LogFixture log;
  log.options.sync = Os{.buffer_bytes = 2000, .buffer_time = 10ms};
  log.value_bytes = 500;
  log.open();
  for (int i = 0; i < 30; ++i) {
    log.write(1);
    const Stats stats = log.wal().stats();
    REQUIRE(stats.appended.since(stats.written) <= 2000 / 500);
  }
  REQUIRE(comes_true(log.world(), [&] { return log.wal().stats().written == log.wal().stats().appended; }));
}

TEST_CASE("os: flush hands over, wait_durable syncs, and a closed segment is synced in the background") {
  LogFixture log;
  log.options.sync = Os{.buffer_bytes = 1 << 20, .buffer_time = 60s};
  log.open();
  log.write(3);
  REQUIRE(log.wal().stats().written == Lsn(0));
  REQUIRE_OK(log.wal().flush());
  REQUIRE(log.wal().stats().written == Lsn(3));
  REQUIRE_OK(log.wal().wait_durable(Lsn(2)));
  REQUIRE(log.wal().stats().durable == Lsn(3));
  log.write(1);
  REQUIRE_OK(log.wal().rotate());
  REQUIRE(comes_true(log.world(), [&] { return log.wal().stats().durable == Lsn(4); }));
}

TEST_CASE("waiting for a record that was never appended is the caller's mistake") {
  LogFixture log;
  log.open();
  REQUIRE(log.wal().wait_durable(Lsn(1)).error().code == io::Code::invalid);
}

TEST_CASE("always without spares starts no thread") {
  struct NoThreads final : io::Threads {
    explicit NoThreads(io::Threads& threads) : inner(threads) {}
    std::unique_ptr<io::Thread> spawn(std::string_view name, std::function<void()>) override {
      FAIL("spawned " << name);
      return nullptr;
    }
    std::unique_ptr<io::Mutex> make_mutex() override { return inner.make_mutex(); }
    std::unique_ptr<io::CondVar> make_cond_var() override { return inner.make_cond_var(); }
    void relax() override { inner.relax(); }
    io::Threads& inner;
  };
  LogFixture log;
  NoThreads threads(log.world().threads);
  io::World world{log.world().files, log.world().clock, log.world().entropy, threads, log.world().tracer};
  auto opened = Wal::open(world, log.options);
  REQUIRE_OK(opened);
  REQUIRE_OK(opened->wal.append(Record::put("k", "v")));
  REQUIRE_OK(opened->wal.close());
}

// ---- Failures ----

TEST_CASE("a failed sync is final: every later call says poisoned, and nothing is synced again") {
  LogFixture log;
  log.open();
  log.write(2);
  log.files().fail({.operation = "sync 0"});
  REQUIRE(log.append(3).error().code == io::Code::poisoned);
  log.files().heal();
  log.files().take_operations();
  const io::Error error = log.append(3).error();
  REQUIRE(error.code == io::Code::poisoned);
  REQUIRE(error.detail.find("EIO") != std::string::npos);
  REQUIRE(log.wal().sync().error().code == io::Code::poisoned);
  REQUIRE(log.wal().flush().error().code == io::Code::poisoned);
  REQUIRE(log.wal().read_from(Lsn(1)).error().code == io::Code::poisoned);
  REQUIRE(log.wal().rotate().error().code == io::Code::poisoned);
  REQUIRE(log.wal().delete_segments_before(SegmentId(9)).error().code == io::Code::poisoned);
  REQUIRE(log.wal().close().error().code == io::Code::poisoned);
  REQUIRE(log.files().take_operations().empty());
}

// Goal: closed says that nothing was appended, and this record may appear. Method: the append is woken by the
// failure and finds the log closed, as where another thread was faster.
TEST_CASE("an append that meets the failure is told of it, though the log was closed since") {
  LogFixture log;
  log.options.on_poisoned = [&log](const io::Error&) { REQUIRE_FALSE(log.wal().close().has_value()); };
  log.open();
  log.write(2);
  log.files().fail({.operation = "sync 0"});
  REQUIRE(log.append(3).error().code == io::Code::poisoned);
  REQUIRE(log.append(4).error().code == io::Code::closed);
}

TEST_CASE("a log that was poisoned with nothing waiting says so when it is closed") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.write(1);
  log.files().fail({.operation = "create 0"});  // EIO where the next segment is made.
  std::uint64_t n = 2;
  while (log.append(n)) ++n;
  log.files().heal();
  REQUIRE(log.wal().stats().durable == log.wal().stats().appended);
  REQUIRE(log.wal().close().error().code == io::Code::poisoned);
}

TEST_CASE("a reopening mends a poisoned log, and keeps what was acknowledged") {
  LogFixture log;
  log.open();
  log.write(2);
  log.files().fail({.operation = "sync 0"});
  REQUIRE_FALSE(log.append(3).has_value());
  log.files().heal();
  REQUIRE(log.reopen().last >= Lsn(2));
}

TEST_CASE("a write that fails is final too, but for want of space: no cursor stands behind garbage") {
  for (const std::uint64_t reaches : {0UL, 1UL, 64UL, 80UL}) {
    LogFixture log;
    log.open();
    log.write(2);
    log.files().fail({.operation = "write 0", .reaches_bytes = reaches});
    REQUIRE(log.append(3).error().code == io::Code::poisoned);
    log.files().heal();
    REQUIRE(log.append(4).error().code == io::Code::poisoned);
    REQUIRE(log.reopen().last == Lsn(2));
    REQUIRE(log.read_all() == LogFixture::numbers(1, 2));
  }
}

TEST_CASE("a failed sync of the window's reaches whoever waits and whoever comes") {
  LogFixture log;
  log.options.sync = Batch{.window = 1ms};
  log.open();
  log.files().fail({.operation = "sync " + segment_name(SegmentId(1))});
  log.write(1);
  REQUIRE(log.wal().wait_durable(Lsn(1)).error().code == io::Code::poisoned);
  REQUIRE(log.append(2).error().code == io::Code::poisoned);
}

TEST_CASE("no room for another segment refuses the append and changes nothing; with room again it goes on") {
  for (const unsigned spares : {0U, 1U}) {
    LogFixture log;
    log.options.spare_segments = spares;
    log.value_bytes = 3000;
    log.open();
    log.write(1);
    // The reserve, and the spare where there is one, are prepared before the disk is full.
    REQUIRE(comes_true(log.world(), [&] { return log.segment_files().size() == 2 + spares; }));
    log.files().fail({.operation = "allocate 0", .os_error = ENOSPC});
    std::uint64_t n = 2;
    io::Result<Placed> placed = log.append(n);
    while (placed) placed = log.append(++n);
    REQUIRE(placed.error().code == io::Code::no_space);
    log.files().heal();
    REQUIRE_OK(log.append(n));
    REQUIRE(log.read_all() == LogFixture::numbers(1, n));
    log.reopen();
    REQUIRE(log.read_all() == LogFixture::numbers(1, n));
  }
}

TEST_CASE("a world that cannot reserve space is written to without") {
  LogFixture log;
  log.files().fail({.operation = "allocate 0", .os_error = EOPNOTSUPP});
  log.value_bytes = 3000;
  log.open();
  log.fill_segment();
  log.reopen();
}

TEST_CASE("each way to make space ready works") {
  for (const Preallocate way : {Preallocate::none, Preallocate::allocate, Preallocate::zero_fill}) {
    LogFixture log;
    log.options.preallocate = way;
    log.value_bytes = 3000;
    log.open();
    log.fill_segment().fill_segment();
    REQUIRE(log.reopen().tail == TailState::clean);
  }
}

// Goal: close() tells nobody that a record was appended which it then leaves behind.
// Method: an append begins while the log has made everything durable and syncs its last watermark.
TEST_CASE("an append that comes while the log is being closed is refused") {
  LogFixture log;
  log.options.sync = Batch{.window = 10s};
  log.options.evidence = EvidenceLevel::sealed_idle;
  log.options.idle_interval = 10s;
  log.open();
  log.write(1);
  std::atomic<bool> has_returned = false;
  io::Code code{};
  std::unique_ptr<io::Thread> writer;
  int sync_count = 0;
  log.files().before_each([&](std::string_view operation) {
    if (!operation.starts_with("sync ") || ++sync_count != 2) return;  // The record's was the first.
    writer = log.world().threads.spawn("writer", [&] {
      if (const auto placed = log.append(2); !placed) code = placed.error().code;
      has_returned = true;
    });
    const io::Instant deadline = log.world().clock.now() + 50ms;
    while (!has_returned && log.world().clock.now() < deadline) log.world().threads.relax();
  });
  REQUIRE_OK(log.wal().close());
  writer->join();
  REQUIRE(code == io::Code::closed);
}

// ---- Many threads ----

// Each of `thread_count` threads appends `append_count` records that say whose they are; all must be there,
// each thread's in its order, with LSNs from 1 on without a gap.
void many_writers(SyncPolicy policy, int thread_count, int append_count, std::uint64_t segment_blocks) {
  LogFixture log;
  log.options.sync = policy;
  log.options.spare_segments = 1;
  log.options.segment_bytes = segment_blocks * kBlock;
  log.open();
  std::vector<std::unique_ptr<io::Thread>> threads;
  std::vector<int> failed(static_cast<std::size_t>(thread_count));
  for (int thread = 0; thread < thread_count; ++thread) {
    threads.push_back(log.world().threads.spawn("writer", [&, thread] {
      for (int i = 0; i < append_count; ++i) {
        const std::string key = std::to_string(thread);
        const std::string value = std::to_string(i);
        const auto placed = log.wal().append(Record::put(key, value));
        const bool holds =
            placed && (policy != SyncPolicy(Always{}) || log.wal().stats().durable >= placed->lsn);
        if (!holds) ++failed[static_cast<std::size_t>(thread)];
      }
    }));
  }
  threads.clear();
  REQUIRE(failed == std::vector<int>(static_cast<std::size_t>(thread_count)));
  const auto count = static_cast<std::uint64_t>(thread_count) * static_cast<std::uint64_t>(append_count);
  REQUIRE(log.wal().stats().appended == Lsn(count));
  REQUIRE_OK(log.wal().close());
  const RecoveryInfo info = log.reopen();
  REQUIRE(info.tail == TailState::clean);
  REQUIRE(info.valid_records == count);
  std::vector<int> next(static_cast<std::size_t>(thread_count));
  auto reader = log.wal().read_from(Position::start());
  for (std::uint64_t lsn = 1; lsn <= count; ++lsn) {
    const auto record = reader->next();
    if (!record || !*record || (*record)->lsn != Lsn(lsn)) FAIL("no record " << lsn);
    const auto thread = static_cast<std::size_t>(std::stoi(std::string(text_of((*record)->record.key))));
    if (text_of((*record)->record.value) != std::to_string(next[thread]++)) FAIL("out of order at " << lsn);
  }
}

TEST_CASE("always: eight writers lose nothing, and share syncs") {
  many_writers(Always{}, 8, 300, 16);
}
TEST_CASE("batch: eight writers lose nothing") {
  many_writers(Batch{.window = 1ms, .bytes = 20'000}, 8, 3000, 16);
}
TEST_CASE("os: eight writers lose nothing") {
  many_writers(Os{}, 8, 2000, 16);
}
TEST_CASE("os with a buffer: eight writers lose nothing") {
  many_writers(Os{.buffer_bytes = 10'000, .buffer_time = 1ms}, 8, 3000, 16);
}

TEST_CASE("writers, a reader, a deleter and a syncer work at once") {
  LogFixture log;
  log.options.sync = Batch{.window = 1ms, .bytes = 50'000};
  log.options.spare_segments = 1;
  log.value_bytes = 200;
  log.open();
  io::Threads& threads = log.world().threads;
  std::vector<std::string> failures(4);
  const auto note = [](std::string& into, const auto& result) {
    if (!result && into.empty()) into = io::describe(result.error());
  };
  std::vector<std::unique_ptr<io::Thread>> running;
  for (int writer = 0; writer < 2; ++writer) {
    running.push_back(threads.spawn("writer", [&, writer] {
      const std::string value(200, 'v');
      for (int i = 0; i < 3000; ++i) {
        note(failures[static_cast<std::size_t>(writer)], log.wal().append(Record::put("k", value)));
      }
    }));
  }
  running.push_back(threads.spawn("deleter", [&] {
    for (int i = 0; i < 20; ++i) {
      note(failures[2], log.wal().delete_segments_before(log.wal().current_position()));
      note(failures[2], log.wal().sync());
    }
  }));
  running.push_back(threads.spawn("reader", [&] {
    for (int i = 0; i < 20; ++i) {
      auto reader = log.wal().read_from(Position::start());
      note(failures[3], reader);
      while (reader) {
        const auto next = reader->next();
        if (!next && next.error().code != io::Code::not_found) note(failures[3], next);
        if (!next || !*next) break;
      }
    }
  }));
  running.clear();
  REQUIRE(failures == std::vector<std::string>(4));
  REQUIRE_OK(log.wal().close());
  REQUIRE(log.reopen().last == Lsn(6000));
}

}  // namespace
}  // namespace wallop::wal
