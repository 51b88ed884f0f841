// SPDX-License-Identifier: Apache-2.0
// Mode prefix: damage is accepted by word, and stays told.
#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::kBlock;
using testing::LogFixture;
using testing::range;

// Ten acknowledged records, the fifth damaged: 5..9 are proven, for the tenth's frame says so.
void write_and_damage(LogFixture& log) {
  log.options.segment_bytes = 32 * kBlock;
  log.open();
  log.write(10);
  log.flip(log.position_of(5));
  log.crash();
  log.options.recovery = RecoveryMode::prefix;
}

struct Read {
  std::vector<std::uint64_t> lsns;
  std::vector<LsnRange> gaps;
};
Read read(LogFixture& log, Lsn from = Lsn(1)) {
  Read read;
  auto reader = log.wal().read_from(from);
  REQUIRE_OK(reader);
  for (auto next = reader->next();; next = reader->next()) {
    REQUIRE_OK(next);
    if (!*next) return read;
    read.lsns.push_back((*next)->lsn.value());
    if (!(*next)->lost_before.empty()) read.gaps.push_back((*next)->lost_before);
  }
}

TEST_CASE("prefix keeps what stands before the damage, and goes on above all that is proven") {
  LogFixture log;
  write_and_damage(log);
  const RecoveryInfo info = log.open();
  REQUIRE(info.corruption_detected());
  REQUIRE(info.lost == std::vector{range(5, 9)});
  REQUIRE(info.accepted == std::vector{range(5, 9)});
  REQUIRE(info.last == Lsn(4));
  REQUIRE(log.append(10)->lsn == Lsn(10));
}

TEST_CASE("a reader reports an accepted loss with the record behind it, and goes on") {
  LogFixture log;
  write_and_damage(log);
  log.open();
  REQUIRE(read(log).lsns == LogFixture::numbers(1, 4));
  REQUIRE(read(log).gaps.empty());
  REQUIRE_OK(log.append(10));
  REQUIRE_OK(log.append(11));
  REQUIRE(read(log).lsns == std::vector<std::uint64_t>{1, 2, 3, 4, 10, 11});
  REQUIRE(read(log).gaps == std::vector{range(5, 9)});
  REQUIRE(read(log, Lsn(7)).gaps == std::vector{range(7, 9)});
  REQUIRE(read(log, Lsn(10)).gaps.empty());
}

TEST_CASE("an accepted loss is no damage to any later open, and is repeated by every later link") {
  LogFixture log;
  log.value_bytes = 3000;
  write_and_damage(log);
  log.open();
  log.options.recovery = RecoveryMode::strict;
  for (int round = 0; round < 3; ++round) {
    const RecoveryInfo info = log.reopen();
    REQUIRE(info.tail == TailState::clean);
    REQUIRE(info.last == Lsn(4));
    REQUIRE(info.accepted == std::vector{range(5, 9)});
  }
  for (std::uint64_t n = 10; n < 40; ++n) REQUIRE_OK(log.append(n));
  REQUIRE(log.wal().segments().size() > 2);
  REQUIRE(log.reopen().accepted == std::vector{range(5, 9)});
  REQUIRE(read(log).gaps == std::vector{range(5, 9)});
}

TEST_CASE("an accepted loss is forgotten with the segments before it, and not the LSN behind it") {
  LogFixture log;
  write_and_damage(log);
  log.open();
  REQUIRE_OK(log.append(10));
  REQUIRE_OK(log.wal().delete_segments_before(log.wal().current_segment_id()));
  log.options.recovery = RecoveryMode::strict;
  REQUIRE(log.reopen().last == Lsn(10));
  REQUIRE(log.reopen().accepted.empty());
  REQUIRE(log.append(11)->lsn == Lsn(11));
  REQUIRE(read(log).gaps.empty());
}

TEST_CASE("an accepted loss at the start of the log is one, too") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(2);
  const std::uint64_t last = log.wal().stats().durable.value();
  log.crash();
  log.remove(log.segment_files()[0]);
  log.options.recovery = RecoveryMode::prefix;
  log.open();
  REQUIRE_OK(log.append(last));
  log.options.recovery = RecoveryMode::strict;
  REQUIRE(log.reopen().tail == TailState::clean);
  REQUIRE(read(log).lsns == std::vector{last});
  REQUIRE(read(log).gaps == std::vector{range(1, last - 1)});
}

TEST_CASE("losses that touch are one") {
  LogFixture log;
  write_and_damage(log);
  log.open();
  for (std::uint64_t n = 10; n < 13; ++n) REQUIRE_OK(log.append(n));
  log.flip(log.position_of(10));
  REQUIRE(log.reopen().accepted == std::vector{range(5, 11)});
}

TEST_CASE("the files that show a damage are copied to quarantine as they were, and nothing else is") {
  LogFixture log;
  log.value_bytes = 3000;
  log.open();
  log.fill_segment().write(8);
  const Position damaged = log.position_of(log.wal().segments().back().lsns.first.value());
  log.flip(damaged);
  log.crash();
  const std::string name = segment_name(damaged.segment);
  const std::string bytes = log.bytes_of_file(name);
  log.options.recovery = RecoveryMode::prefix;
  const RecoveryInfo info = log.open();
  REQUIRE(info.quarantined == std::vector<std::string>{"quarantine/" + name + ".00000002"});
  REQUIRE(log.bytes_of_file(info.quarantined.front()) == bytes);
}

TEST_CASE("prefix writes into no file that it found") {
  LogFixture log;
  log.options.spare_segments = 1;
  write_and_damage(log);
  const auto before = log.everything();
  log.files().take_operations();
  log.open();
  for (const std::string& line : log.files().take_operations()) {
    for (const auto& [name, bytes] : before) REQUIRE(line != "write " + name);
  }
}

TEST_CASE("prefix syncs the evidence and its names before the seal, and removes nothing before") {
  LogFixture log;
  log.options.preallocate = Preallocate::zero_fill;
  write_and_damage(log);
  log.files().take_operations();
  log.open();
  auto operations = log.files().take_operations();
  std::erase_if(operations, [](const std::string& line) {
    return line.starts_with("read") || line.starts_with("open") || line.starts_with("write");
  });
  const std::string first = segment_name(SegmentId(1));
  const std::string reserve = segment_name(SegmentId(2));
  const std::string third = segment_name(SegmentId(3));
  const std::string copy = first + ".00000002";
  REQUIRE(operations == std::vector<std::string>{"make log", "sync .", "create LOCK",                    //
                                                 "make quarantine", "remove " + copy, "create " + copy,  //
                                                 "sync " + copy, "sync quarantine", "sync log",          //
                                                 "sync " + first, "sync log",  // The chain.
                                                 "create " + third, "sync " + third, "sync " + third,
                                                 "sync log", "sync " + third,  // The seal.
                                                 "remove " + reserve, "sync log"});
}

TEST_CASE("without space prefix fails with no_space and changes nothing") {
  for (const std::string operation : {"make quarantine", "write 0000000000000001.wal.", "sync quarantine",
                                      "create 0000000000000003.wal", "allocate 0000000000000003.wal"}) {
    LogFixture log;
    write_and_damage(log);
    const auto before = log.everything();
    log.files().fail({.operation = operation, .os_error = ENOSPC});
    INFO(operation);
    REQUIRE(log.open_code() == io::Code::no_space);
    REQUIRE(log.everything() == before);
    log.files().heal();
    REQUIRE(log.open().last == Lsn(4));
  }
}

TEST_CASE("a prefix recovery that is cut anywhere leaves what it found, or its whole work") {
  for (int cut = 1; cut < 40; ++cut) {
    LogFixture log;
    write_and_damage(log);
    log.files().fail({.operation = "", .after = cut});
    auto opened = Wal::open(log.world(), log.options);
    log.files().heal();
    if (opened) continue;
    log.options.recovery = RecoveryMode::strict;
    if (auto strict = Wal::open(log.world(), log.options)) {
      REQUIRE(strict->info.accepted == std::vector{range(5, 9)});
    } else {
      REQUIRE(strict.error().detail.starts_with("records 5..9 were acknowledged"));
      log.options.recovery = RecoveryMode::prefix;
      REQUIRE(log.open().accepted == std::vector{range(5, 9)});
    }
  }
}

TEST_CASE("prefix begins where it is told to, and not at or below what is proven") {
  LogFixture log;
  write_and_damage(log);
  log.options.first_lsn = Lsn(9);
  REQUIRE(log.open_code() == io::Code::invalid);
  log.options.first_lsn = Lsn(100);
  REQUIRE(log.open().accepted == std::vector{range(5, 99)});
  REQUIRE(log.append(100)->lsn == Lsn(100));
}

TEST_CASE("where nothing tells how much is lost prefix needs to be told where to begin") {
  LogFixture log;
  log.open();
  log.write(3);
  log.crash();
  log.remove(segment_name(SegmentId(2)));   // The reserve: its header would name the log.
  log.zero({SegmentId(1), 0}, 2 * kBlock);  // Both headers of the only file.
  log.options.recovery = RecoveryMode::prefix;
  const auto before = log.everything();
  const io::Error error = log.open_fails();
  REQUIRE(error.code == io::Code::invalid);
  REQUIRE(error.detail.find("give first_lsn") != std::string::npos);
  REQUIRE(log.everything() == before);
  log.options.first_lsn = Lsn(1000);
  REQUIRE(log.open().accepted == std::vector{range(1, 999)});
  REQUIRE(log.append(1000)->lsn == Lsn(1000));
  log.options.first_lsn.reset();
  log.options.recovery = RecoveryMode::strict;
  REQUIRE(log.reopen().tail == TailState::clean);
}

TEST_CASE("prefix accepts a damage that took no record, once and for all") {
  LogFixture log;
  log.open();
  log.write(3);
  auto file = log.world().files.open(segment_path("log", SegmentId(1)), {});
  REQUIRE_OK((*file)->truncate(8 * kBlock));
  REQUIRE(log.open_code() == io::Code::corrupt);
  log.options.recovery = RecoveryMode::prefix;
  const RecoveryInfo info = log.open();
  REQUIRE(info.corruption_detected());
  REQUIRE(info.accepted.empty());
  log.options.recovery = RecoveryMode::strict;
  REQUIRE(log.reopen().tail == TailState::clean);
  REQUIRE(log.read_all() == LogFixture::numbers(1, 3));
}

TEST_CASE("a log without damage opens in prefix as in strict, and gets no quarantine") {
  LogFixture log;
  log.open();
  log.write(3);
  log.options.recovery = RecoveryMode::prefix;
  REQUIRE(log.reopen().tail == TailState::clean);
  REQUIRE_FALSE(log.world().files.stat("log/quarantine").has_value());
}

TEST_CASE("a log records twenty-four losses, and refuses one more by name") {
  LogFixture log;
  write_and_damage(log);
  std::uint64_t next = 10;
  log.open();
  for (int loss = 1; loss < 24; ++loss) {
    for (int i = 0; i < 3; ++i) REQUIRE_OK(log.append(next++));
    log.flip(log.position_of(next - 2));
    REQUIRE(log.reopen().accepted.size() == static_cast<std::size_t>(loss + 1));
    next = log.wal().stats().appended.value() + 1;
  }
  for (int i = 0; i < 3; ++i) REQUIRE_OK(log.append(next++));
  log.flip(log.position_of(next - 2));
  const io::Error refused = log.open_fails();
  REQUIRE(refused.code == io::Code::unsupported);
  REQUIRE(refused.detail.starts_with("24 losses were accepted before"));
}

}  // namespace
}  // namespace wallop::wal
