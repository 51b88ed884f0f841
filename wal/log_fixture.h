// SPDX-License-Identifier: Apache-2.0
// The small language of this room's tests: a log in a scratch directory, damage to its files, and reopening.
//
//   LogFixture log;
//   log.open();  log.write(3);  log.crash();  log.flip(record_byte);  log.open_fails_with(io::Code::corrupt);
//
// Record n has key "key n" and value "value n", filled up to `value_bytes`, so that what is read back says
// where it came from. A crash here is the end of the process: files keep what was written.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"
#include "wal/faulty_files.h"
#include "wal/segment_name.h"
#include "wal/wal.h"

namespace wallop::wal::testing {

inline constexpr std::uint64_t kBlock = 4096;

inline LsnRange range(std::uint64_t first, std::uint64_t last) {
  return {Lsn(first), Lsn(last)};
}

// ok() or the sentence.
template <class T>
std::string failure_of(const io::Result<T>& result) {
  return result ? "" : io::describe(result.error());
}
#define REQUIRE_OK(result) REQUIRE(failure_of(result) == "")

// Gives other threads time until `holds`, ten seconds at most.
template <class Condition>
bool comes_true(io::World& world, Condition holds) {
  const io::Instant deadline = world.clock.now() + std::chrono::seconds(10);
  while (!holds()) {
    if (world.clock.now() > deadline) return false;
    world.threads.relax();
  }
  return true;
}

class LogFixture {
 public:
  LogFixture() {
    options.directory = "log";
    options.segment_bytes = kBlocksPerSegmentMin * kBlock;
    options.sync = Always{};
    options.spare_segments = 0;
    options.evidence = EvidenceLevel::lagged;  // No thread that writes at its own time.
  }

  Options options;
  std::size_t value_bytes = 20;

  // ---- Opening and closing ----
  RecoveryInfo open() {
    auto opened = Wal::open(world_, options);
    REQUIRE_OK(opened);
    wal_.emplace(std::move(opened->wal));
    info_ = opened->info;
    return info_;
  }
  RecoveryInfo reopen() {
    crash();
    return open();
  }
  io::Error open_fails() {
    wal_.reset();
    auto opened = Wal::open(world_, options);
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
  }
  io::Code open_code() { return open_fails().code; }
  RecoveryInfo inspect() {
    auto info = Wal::inspect(world_, options);
    REQUIRE_OK(info);
    return *info;
  }
  void crash() { wal_.reset(); }
  void close() {
    REQUIRE_OK(wal_->close());
    wal_.reset();
  }
  Wal& wal() { return *wal_; }
  io::World& world() { return world_; }
  FaultyFiles& files() { return files_; }

  // ---- Writing ----
  std::string key(std::uint64_t n) const { return "key " + std::to_string(n); }
  std::string value(std::uint64_t n) const {
    std::string text = "value " + std::to_string(n);
    text.resize(std::max(text.size(), value_bytes), '.');
    return text;
  }
  LogFixture& write(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto placed = append(++written_);
      REQUIRE_OK(placed);
      REQUIRE(placed->lsn == Lsn(written_));
    }
    return *this;
  }
  io::Result<Placed> append(std::uint64_t n) { return wal_->append(Record::put(key(n), value(n))); }
  // Until a new segment begins.
  LogFixture& fill_segment() {
    const SegmentId from = wal_->current_segment_id();
    while (wal_->current_segment_id() == from) write(1);
    return *this;
  }

  // ---- Reading: the numbers of the records, each checked against what was written ----
  std::vector<std::uint64_t> read(io::Result<Reader> reader) {
    REQUIRE_OK(reader);
    std::vector<std::uint64_t> numbers;
    for (;;) {
      auto next = reader->next();
      REQUIRE_OK(next);
      if (!*next) return numbers;
      const std::uint64_t n = (*next)->lsn.value();
      REQUIRE(text_of((*next)->record.key) == key(n));
      REQUIRE(text_of((*next)->record.value) == value(n));
      numbers.push_back(n);
    }
  }
  std::vector<std::uint64_t> read_all() { return read(wal_->read_from(Position::start())); }
  static std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> list;
    for (std::uint64_t n = first; n <= last; ++n) list.push_back(n);
    return list;
  }

  // ---- The directory's bytes ----
  std::vector<std::string> segment_files() {
    auto names = world_.files.list("log");
    REQUIRE_OK(names);
    std::erase_if(*names, [](const std::string& name) { return !segment_of(name); });
    return *names;
  }
  std::string bytes_of_file(const std::string& name) {
    auto file = world_.files.open(path_in("log", name), {});
    REQUIRE_OK(file);
    auto size = (*file)->size();
    REQUIRE_OK(size);
    std::string bytes(*size, '\0');
    REQUIRE_OK((*file)->read_at(0, std::as_writable_bytes(std::span(bytes))));
    return bytes;
  }
  std::map<std::string, std::string> everything() {
    std::map<std::string, std::string> files;
    auto names = world_.files.list("log");
    REQUIRE_OK(names);
    for (const std::string& name : *names) files[name] = is_directory(name) ? "" : bytes_of_file(name);
    return files;
  }
  bool is_directory(const std::string& name) {
    return world_.files.stat(path_in("log", name))->kind == io::FileKind::directory;
  }
  void overwrite(const std::string& name, std::uint64_t offset, std::string_view bytes) {
    auto file = world_.files.open(path_in("log", name), {.create = true});
    REQUIRE_OK(file);
    REQUIRE_OK((*file)->write_at(offset, bytes_of(bytes)));
  }
  void flip(Position at) {
    const std::string name = segment_name(at.segment);
    const std::string bytes = bytes_of_file(name);
    overwrite(name, at.offset, std::string(1, static_cast<char>(bytes[at.offset] ^ 1)));
  }
  void zero(Position from, std::uint64_t count) {
    overwrite(segment_name(from.segment), from.offset, std::string(count, '\0'));
  }
  void remove(const std::string& name) { REQUIRE_OK(world_.files.remove(path_in("log", name))); }
  // Of record n.
  Position position_of(std::uint64_t n) {
    auto reader = wal_->read_from(Lsn(n));
    REQUIRE_OK(reader);
    auto next = reader->next();
    REQUIRE_OK(next);
    REQUIRE((*next).has_value());
    return (*next)->position;
  }

 private:
  base::testing::ScratchDirectory scratch_;
  io::PosixWorld posix_{scratch_.path()};
  FaultyFiles files_{posix_.world().files, posix_.world().threads};
  io::World world_{
      files_, posix_.world().clock, posix_.world().entropy, posix_.world().threads, posix_.world().tracer,
      true};
  std::optional<Wal> wal_;
  RecoveryInfo info_;
  std::uint64_t written_ = 0;
};

}  // namespace wallop::wal::testing
