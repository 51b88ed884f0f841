// SPDX-License-Identifier: Apache-2.0
// What each kind of fault does to a file, and what it leaves alone. Failed syncs have a file of their own.
#include <bit>
#include <cerrno>

#include "sim/two_files_fixture.h"

namespace wallop::sim {
namespace {

int bits_between(const std::string& left, const std::string& right) {
  REQUIRE(left.size() == right.size());
  int count = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    count += std::popcount(static_cast<unsigned>(static_cast<unsigned char>(left[i] ^ right[i])));
  return count;
}

// ---- read_only ----

TEST_CASE("a file system that became read only refuses every change and every sync, and reads on") {
  TwoFiles two(R"({"kind": "read_only", "when": {"at": "1s"}})");
  REQUIRE(write(*two.f, 0, "B"));
  two.wait_until(std::chrono::seconds(1));
  REQUIRE(error_of(write(*two.f, 0, "C")) == EROFS);
  REQUIRE(error_of(two.f->sync()) == EROFS);
  REQUIRE(error_of(two.f->truncate(0)) == EROFS);
  REQUIRE(error_of(two.files.remove("g")) == EROFS);
  REQUIRE(error_of(two.files.open("new", {.create = true})) == EROFS);
  REQUIRE(two.files.open("g", {}).has_value());
  REQUIRE(two.all_of(*two.f) == "B" + sector_of('A').substr(1));
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
}

// ---- dead_disk ----

TEST_CASE("a dead disk fails reads too, and has what it had when it comes back") {
  TwoFiles two(R"({"kind": "dead_disk", "errno": "ENODEV", "for": "2s", "when": {"at": "1s"}})");
  two.wait_until(std::chrono::seconds(1));
  std::byte one{};
  REQUIRE(error_of(two.f->read_at(0, std::span(&one, 1))) == ENODEV);
  REQUIRE(error_of(write(*two.g, 0, "B")) == ENODEV);
  REQUIRE(error_of(two.files.list(".")) == ENODEV);
  two.wait_until(std::chrono::seconds(3));
  REQUIRE(two.all_of(*two.f) == sector_of('A'));
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
  REQUIRE(write(*two.g, 0, "B"));
}

TEST_CASE("what holds from an instant on must be told which") {
  for (const std::string kind : {"dead_disk", "read_only"}) {
    faults::Fault fault;
    const std::string text = R"({"kind": ")" + kind + R"(", "when": {"nth": 3}})";
    const auto problems = base::read_document(text, fault);
    REQUIRE(problems.size() == 1);
    REQUIRE(base::json::describe("f", problems.front()).find(R"(add "at")") != std::string::npos);
  }
}

// ---- short_write ----

TEST_CASE("a short write leaves its first bytes in the file, and nothing behind them") {
  TwoFiles two(R"({"kind": "short_write", "done_bytes": "3B", "when": {"path": "f", "nth": 2}})");
  REQUIRE(error_of(write(*two.f, 100, "BBBBBB")) == ENOSPC);
  const std::string now = two.all_of(*two.f);
  REQUIRE(now.substr(99, 5) == "ABBBA");
  REQUIRE(std::ranges::count(now, 'B') == 3);
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
  REQUIRE(write(*two.f, 100, "CCCCCC"));  // The next one is whole.
  REQUIRE(two.all_of(*two.f).substr(99, 8) == "ACCCCCCA");
}

TEST_CASE("a short write at the end of a file makes it longer by what was written") {
  TwoFiles two(R"({"kind": "short_write", "errno": "EIO", "when": {"path": "f", "nth": 2}})");
  REQUIRE(error_of(write(*two.f, kSector, sector_of('B'))) == EIO);
  const std::uint64_t size = two.f->size().value();
  REQUIRE((size > kSector && size < 2 * kSector));
  REQUIRE(read(*two.f, kSector, kSector) == std::string(size - kSector, 'B'));
}

// ---- bit_rot ----

TEST_CASE("bits that rot at rest are wrong in memory and on the device until somebody writes there again") {
  TwoFiles two(R"({"kind": "bit_rot", "bits": 3, "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(two.f->sync());
  REQUIRE(bits_between(two.all_of(*two.f), sector_of('B')) == 3);
  REQUIRE(read_stored(*two.f, 0, kSector) == two.all_of(*two.f));
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(two.all_of(*two.f) == sector_of('B'));
}

TEST_CASE("bits that turn on the way to a reader are wrong in that answer alone") {
  TwoFiles two(R"({"kind": "bit_rot", "when": {"path": "f", "op": "read", "nth": 2}})");
  REQUIRE(two.all_of(*two.f) == sector_of('A'));
  REQUIRE(bits_between(two.all_of(*two.f), sector_of('A')) == 1);
  REQUIRE(two.all_of(*two.f) == sector_of('A'));
}

// ---- lost_write, late_error ----

TEST_CASE("a lost write is shown by memory, synced without a word, and never on the device") {
  TwoFiles two(R"({"kind": "lost_write", "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(write(*two.g, 0, sector_of('H')));
  REQUIRE(two.f->sync());
  REQUIRE(two.g->sync());
  REQUIRE(two.all_of(*two.f) == sector_of('B'));
  REQUIRE(read_stored(*two.f, 0, kSector) == sector_of('A'));
  REQUIRE(read_stored(*two.g, 0, kSector) == sector_of('H'));
  REQUIRE_FALSE(two.may_last('B'));
  REQUIRE(two.may_last('H'));
}

TEST_CASE("a late error is told by the next sync of each description, once, and the bytes are gone") {
  TwoFiles two(R"({"kind": "late_error", "when": {"path": "f", "nth": 2}})");
  const auto other = two.open("f");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(error_of(two.g->sync()) == 0);
  REQUIRE(error_of(two.f->sync()) == EIO);
  REQUIRE(error_of(other->sync()) == EIO);
  REQUIRE(error_of(two.f->sync()) == 0);
  REQUIRE(error_of(other->sync()) == 0);
  REQUIRE_FALSE(two.may_last('B'));
}

TEST_CASE("by block, a write is counted where it begins: pass, fail, pass for ever") {
  TwoFiles two(R"({"kind": "late_error", "when": {"path": "f", "nth": 2, "per": "block"}})");
  REQUIRE(write(*two.f, 4096, sector_of('B')));  // The first of its block; the other has one by now.
  REQUIRE(error_of(two.f->sync()) == 0);
  REQUIRE(write(*two.f, 0, sector_of('C')));
  REQUIRE(error_of(two.f->sync()) == EIO);
  REQUIRE(write(*two.f, 0, sector_of('D')));
  REQUIRE(error_of(two.f->sync()) == 0);
  REQUIRE(read_stored(*two.f, 0, kSector) == sector_of('D'));
}

// ---- short_read ----

TEST_CASE("a short read gives its first bytes and the errno, and the next one is whole") {
  TwoFiles two(R"({"kind": "short_read", "done_bytes": "3B", "when": {"path": "f", "nth": 1}})");
  std::string into(6, '?');
  REQUIRE(error_of(two.f->read_at(0, std::as_writable_bytes(std::span(into)))) == EIO);
  REQUIRE(into == "AAA???");
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
  REQUIRE(two.all_of(*two.f) == sector_of('A'));
}

TEST_CASE("a short read past memory is as short") {
  TwoFiles two(
      R"({"kind": "short_read", "done_bytes": "3B", "when": {"path": "f", "op": "read_stored", "nth": 1}})");
  std::string into(6, '?');
  REQUIRE(error_of(two.f->read_stored_at(0, std::as_writable_bytes(std::span(into)))) == EIO);
  REQUIRE(into == "AAA???");
  REQUIRE(read_stored(*two.f, 0, 6) == "AAAAAA");
}

// ---- phase ----

TEST_CASE("a call that fails after it was done has changed what it changes") {
  TwoFiles two(
      R"({"kind": "io_error", "when": {"op": ["rename", "open", "truncate", "write"], "phase": "after",
               "at": "1s"}})");
  two.wait_until(std::chrono::seconds(1));
  REQUIRE(error_of(two.files.rename("g", "h")) == EIO);
  REQUIRE(two.files.stat("h").has_value());
  REQUIRE_FALSE(two.files.stat("g").has_value());
  REQUIRE(draw(two.medium().visible()) == "f=A h=G");
}

TEST_CASE("an open, a write and a truncate that fail after they were done were done") {
  TwoFiles two(R"({"kind": "io_error", "when": {"op": ["open", "truncate", "write"], "phase": "after",
               "during": {"from": "1s", "to": "2s"}}})");
  two.wait_until(std::chrono::seconds(1));
  REQUIRE(error_of(two.files.open("new", {.create = true})) == EIO);
  REQUIRE(error_of(write(*two.f, 0, sector_of('B'))) == EIO);
  REQUIRE(error_of(two.g->truncate(0)) == EIO);
  two.wait_until(std::chrono::seconds(2));
  REQUIRE(two.files.stat("new").has_value());
  REQUIRE(two.all_of(*two.f) == sector_of('B'));
  REQUIRE(draw(two.medium().visible()) == "f=B g= new=");
}

TEST_CASE("a sync that fails after it was made has made its bytes durable") {
  TwoFiles two(R"({"kind": "failed_sync", "when": {"path": "f", "nth": 2, "phase": "after"}})");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(error_of(two.f->sync()) == EIO);
  REQUIRE_FALSE(two.may_last('A'));
  REQUIRE(two.may_last('B'));
}

// ---- clock_jump, clock_freeze ----

// How far the wall clock is ahead of monotonic time.
io::Duration ahead(WorldFixture& fixture) {
  io::Clock& clock = fixture.world.io().clock;
  const io::Instant now = clock.now();
  return clock.wall_now() - Clock::kWallStart - now.time_since_epoch();
}

TEST_CASE("a clock that jumps back shows less from that operation on, and monotonic time goes on") {
  TwoFiles two(R"({"kind": "clock_jump", "back": "1h", "when": {"at": "1s"}})");
  REQUIRE(ahead(two) == io::Duration::zero());
  two.wait_until(std::chrono::seconds(1));
  REQUIRE(two.files.stat("f").has_value());
  REQUIRE(ahead(two) == -std::chrono::hours(1));
  REQUIRE(two.now() == io::Instant(std::chrono::seconds(1)));
  two.wait_until(std::chrono::seconds(5));
  REQUIRE(two.files.stat("f").has_value());
  REQUIRE(ahead(two) == -std::chrono::hours(1));
}

TEST_CASE("a clock that freezes shows one instant for so long, and is right afterwards") {
  TwoFiles two(R"({"kind": "clock_freeze", "for": "3s", "when": {"at": "1s"}})");
  for (const int second : {1, 2, 3}) {
    two.wait_until(std::chrono::seconds(second));
    REQUIRE(two.files.stat("f").has_value());
    REQUIRE(ahead(two) == std::chrono::seconds(1 - second));
  }
  two.wait_until(std::chrono::seconds(4));
  REQUIRE(ahead(two) == io::Duration::zero());
}

}  // namespace
}  // namespace wallop::sim
