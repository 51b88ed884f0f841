// SPDX-License-Identifier: Apache-2.0
// wallop wal tail: a log that this process writes, followed as if another one did.
#include <catch2/catch.hpp>
#include <functional>

#include "cli/wal_fixture.h"

namespace wallop::cli {
namespace {

using testing::contains;
using testing::LogTerminal;

// A clock whose sleeper, instead of sleeping, sees what happens meanwhile: one step each time, then Ctrl-C.
class Meanwhile final : public io::Clock {
 public:
  explicit Meanwhile(io::Clock& real) : real_(real) {}

  io::Instant now() override { return real_.now(); }
  io::WallTime wall_now() override { return real_.wall_now(); }
  void sleep_until(io::Instant /*deadline*/) override {
    if (next_ < steps.size()) steps[next_]();
    ++next_;
  }
  void spend(io::Work work, std::uint64_t bytes) override { real_.spend(work, bytes); }
  [[nodiscard]] bool over() const { return next_ > steps.size(); }

  std::vector<std::function<void()>> steps;

 private:
  io::Clock& real_;
  std::size_t next_ = 0;
};

class TailTerminal : public LogTerminal {
 public:
  // `wallop wal tail` until Ctrl-C, while the steps happen.
  std::vector<base::json::Value> tail_while(std::vector<std::function<void()>> steps) {
    Meanwhile clock(terminal.machine().clock);
    clock.steps = std::move(steps);
    io::World& machine = terminal.machine();
    io::World watched{machine.files, clock, machine.entropy, machine.threads, machine.tracer};
    terminal.interrupted = [&] { return clock.over(); };
    REQUIRE(terminal.type_on(watched, {"wal", "tail", "log", "--format", "json"}) == Exit::interrupted);
    return rows_of(terminal.data());
  }
};

TEST_CASE_METHOD(TailTerminal, "tail shows what is appended while it runs, across rotations, until Ctrl-C") {
  wal::Wal log = open_log();
  append(log, 3);
  const auto rows = tail_while({[&] { append(log, 2); }, [&] { append(log, 30); }, [&] { append(log, 1); }});
  REQUIRE(log.segments().size() > 2);
  REQUIRE(text(rows.front(), "type") == "start");
  REQUIRE(rows.size() == 35);
  for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
    REQUIRE(number(rows[i], "lsn") == 3 + i);
    REQUIRE(text(rows[i], "value") == "value " + std::to_string(3 + i));
  }
  REQUIRE(number(rows.back(), "records") == 33);
}

TEST_CASE_METHOD(TailTerminal, "tail begins where it is told, and ends after as many records as it is told") {
  write_log(40);
  REQUIRE(
      contains(wal(Exit::passed, {"tail", "log", "--from", "20", "--limit", "2"}), "LSN 21   live   put"));
  const auto rows = this->rows(Exit::passed, {"tail", "log", "--from", "1", "--limit", "40"});
  REQUIRE(rows.size() == 42);
  REQUIRE(number(rows[40], "lsn") == 40);
}

TEST_CASE_METHOD(TailTerminal, "tail says what was deleted before it came there, and goes on") {
  wal::Wal log = open_log();
  append(log, 3);
  const auto rows = tail_while({[&] {
    append(log, 40);
    REQUIRE(log.delete_segments_before(log.current_segment_id()).has_value());
  }});
  REQUIRE(contains(terminal.messages(), "was deleted before it was read"));
  REQUIRE(number(rows[rows.size() - 2], "lsn") == 43);
}

TEST_CASE_METHOD(TailTerminal, "a log that is damaged ends tail with 1, and a wrong LSN with 2") {
  write_log(40);
  flip(positions[1]);
  wal(Exit::failed, {"tail", "log", "--from", "1"});
  REQUIRE(contains(terminal.messages(), "a frame is damaged"));
  wal(Exit::usage, {"tail", "log", "--from", "0"});
  REQUIRE(contains(terminal.messages(), "the first record is 1"));
}

}  // namespace
}  // namespace wallop::cli
