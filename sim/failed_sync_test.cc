// SPDX-License-Identifier: Apache-2.0
// What a failed sync leaves behind, model by model: who is told, what memory shows, what the device has, what
// a crash leaves (Rebello et al., "Can Applications Recover from fsync Failures?", ATC 2020, table 1 and
// CuttleFS; errseq of Linux).
#include <cerrno>

#include "sim/medium_fixture.h"
#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

constexpr std::string_view kSecondSyncFails = R"({"kind": "failed_sync", "when": {"path": "f", "nth": 2}})";

std::string sector(char fill) {
  return std::string(kSector, fill);
}

// A file of As, synced; Bs over them; and their sync fails. Two descriptions are open.
struct FailedSync : WorldFixture {
  explicit FailedSync(const ModelSpec& spec)
      : WorldFixture({.model = &spec, .plan = plan(kSecondSyncFails)}) {
    REQUIRE(files.sync_directory("."));
    REQUIRE(file->sync());
    REQUIRE(write(*file, 0, sector('B')));
    told = error_of(file->sync());
  }

  char memory() { return read(*file, 0, 1).front(); }
  char device() { return read_stored(*file, 0, 1).front(); }
  Pictures left() { return images(medium()); }

  std::unique_ptr<io::File> file = file_with(sector('A'));
  std::unique_ptr<io::File> other = open("f");
  int told = 0;  // To the sync that ran into it.
};

struct Facts {
  std::string_view model;
  int at_once;           // What the sync that runs into the error is told,
  int next;              // and the next one of the same description. After that nothing.
  char memory;           // What a read shows,
  char evicted;          // and after the page was dropped.
  bool retry_writes;     // The device has the new bytes after trying again.
  bool can_last_before;  // They may last if power fails before that.
};

constexpr Facts kFacts[] = {
    {"btrfs", EIO, 0, 'A', 'A', false, false},        {"ext4-journal", 0, EIO, 'B', 'A', false, false},
    {"ext4-ordered", EIO, 0, 'B', 'A', false, false}, {"ext4-writeback", EIO, 0, 'B', 'A', false, false},
    {"ideal", EIO, 0, 'B', 'B', true, true},          {"lying-cache", EIO, 0, 'B', 'A', false, false},
    {"posix", EIO, 0, 'B', 'A', false, false},        {"xfs", EIO, 0, 'B', 'A', false, false},
};

bool shows_new_bytes(const Pictures& pictures) {
  return std::ranges::any_of(
      pictures, [](const std::string& picture) { return picture.find('B') != std::string::npos; });
}

// One row for each model that is shipped.
template <class Check>
void for_each_model(Check check) {
  REQUIRE(std::size(kFacts) == model_names().size());
  for (const Facts& facts : kFacts) {
    INFO(facts.model);
    check(facts);
  }
}

TEST_CASE("a failed sync is told to who ran into it, once, by data=journal at the next sync") {
  for_each_model([](const Facts& facts) {
    FailedSync f(model(facts.model));
    REQUIRE(f.told == facts.at_once);
    REQUIRE(error_of(f.file->sync()) == facts.next);
    REQUIRE(error_of(f.file->sync()) == 0);
  });
}

TEST_CASE("every other description that was open is told once, at its next sync") {
  for_each_model([](const Facts& facts) {
    FailedSync f(model(facts.model));
    const io::Status late = f.other->sync();
    REQUIRE(error_of(late) == EIO);
    REQUIRE(late.error().injected);
    REQUIRE(error_of(f.other->sync()) == 0);
  });
}

TEST_CASE("trying again succeeds and writes nothing, unless everything stayed dirty") {
  for_each_model([](const Facts& facts) {
    FailedSync f(model(facts.model));
    if (facts.next != 0) REQUIRE(error_of(f.file->sync()) == facts.next);
    const std::uint64_t written = f.world.device_use().write_bytes;
    REQUIRE(f.file->sync());
    REQUIRE((f.world.device_use().write_bytes != written) == facts.retry_writes);
    REQUIRE(f.device() == (facts.retry_writes ? 'B' : 'A'));
  });
}

TEST_CASE("before the page is evicted a read shows the new bytes, on Btrfs the old ones") {
  for_each_model(
      [](const Facts& facts) { REQUIRE(FailedSync(model(facts.model)).memory() == facts.memory); });
}

TEST_CASE("after the page was evicted a read shows what the device has") {
  for_each_model([](const Facts& facts) {
    FailedSync f(model(facts.model));
    f.world.evict("f");
    REQUIRE(f.memory() == facts.evicted);
    REQUIRE(f.entries<Evicted>().empty() != model(facts.model).eviction.value);
  });
}

TEST_CASE("who opens the file after all were told is told nothing, and reads what the others do") {
  for_each_model([](const Facts& facts) {
    FailedSync f(model(facts.model));
    REQUIRE(error_of(f.other->sync()) == EIO);
    auto later = f.open("f");
    REQUIRE(error_of(later->sync()) == 0);
    REQUIRE(read(*later, 0, 1).front() == facts.memory);
  });
}

TEST_CASE("a crash leaves the old bytes, whether the sync was tried again or not") {
  for_each_model([](const Facts& facts) {
    FailedSync f(model(facts.model));
    REQUIRE(shows_new_bytes(f.left()) == facts.can_last_before);
    REQUIRE(error_of(f.file->sync()) == facts.next);
    REQUIRE(shows_new_bytes(f.left()) == facts.retry_writes);
    if (facts.retry_writes) REQUIRE(f.left() == Pictures{"f=B"});
  });
}

TEST_CASE("size and blocks go back on Btrfs, so that the next append leaves a hole") {
  WorldFixture f({.model = &model("btrfs"), .plan = plan(kSecondSyncFails)});
  auto file = f.file_with(sector('A'));
  REQUIRE(file->sync());
  const std::uint64_t free_bytes = f.files.space(".")->free_bytes;
  REQUIRE(write(*file, kSector, std::string(2 * kUnit, 'B')));
  REQUIRE(error_of(file->sync()) == EIO);
  REQUIRE(file->size() == kSector);
  REQUIRE(f.files.space(".")->free_bytes == free_bytes);
  REQUIRE(write(*file, kSector + 2 * kUnit, sector('C')));
  REQUIRE(read(*file, kSector, 3) == std::string(3, '\0'));
}

TEST_CASE("elsewhere the size of an append stays, and its bytes read as zeros once the page is gone") {
  WorldFixture f({.model = &model("ext4-ordered"), .plan = plan(kSecondSyncFails)});
  auto file = f.file_with(sector('A'));
  REQUIRE(file->sync());
  REQUIRE(write(*file, kSector, sector('B')));
  REQUIRE(error_of(file->sync()) == EIO);
  f.world.drop_caches();
  REQUIRE(read(*file, 0, 2 * kSector) == sector('A') + sector('\0'));
}

TEST_CASE("a sync that tells of an earlier error has sent what was dirty; flushed it has on Btrfs alone") {
  for (const std::string_view name : {"posix", "ext4-ordered", "ext4-writeback", "xfs", "btrfs", "ideal"}) {
    INFO(name);
    FailedSync f(model(name));
    REQUIRE(write(*f.other, 0, sector('C')));
    REQUIRE(error_of(f.other->sync()) == EIO);
    const bool is_durable = name == "btrfs" || name == "ideal";
    REQUIRE(f.left() == (is_durable ? Pictures{"f=C"} : Pictures{"f=A", "f=C"}));
    REQUIRE(f.other->sync());
    REQUIRE(f.left() == Pictures{"f=C"});
  }
}

TEST_CASE("a write past the page cache takes away what memory alone showed of the file") {
  WorldFixture f({.model = &model("ext4-ordered"), .plan = plan(kSecondSyncFails)});
  auto file = f.file_with(sector('A') + sector('A'));
  REQUIRE(f.files.sync_directory("."));
  REQUIRE(file->sync());
  REQUIRE(write(*file, 0, sector('B')));
  REQUIRE(error_of(file->sync()) == EIO);
  REQUIRE(write(*f.open("f", {.direct = true}), kSector, sector('C')));
  REQUIRE(read(*file, 0, 2 * kSector) == sector('A') + sector('C'));
  REQUIRE(file->sync());
  REQUIRE(images(f.medium()) == Pictures{"f=AC"});
}

TEST_CASE("a write past the page cache leaves the pages beside its own in memory") {
  WorldFixture f({.model = &model("ext4-ordered"), .plan = plan(kSecondSyncFails)});
  auto file = f.file_with(std::string(2 * kUnit, 'A'));
  REQUIRE(file->sync());
  REQUIRE(write(*file, 0, sector('B')));
  REQUIRE(error_of(file->sync()) == EIO);
  REQUIRE(write(*f.open("f", {.direct = true}), kUnit, sector('C')));
  REQUIRE(read(*file, 0, kSector) == sector('B'));
  REQUIRE(read_stored(*file, 0, kSector) == sector('A'));
}

TEST_CASE("what was written past the page cache a failed sync does not lose") {
  WorldFixture f({.model = &model("ext4-ordered"), .plan = plan(kSecondSyncFails)});
  auto file = f.open("f", {.create = true, .direct = true});
  REQUIRE(write(*file, 0, sector('A')));
  REQUIRE(file->sync());
  REQUIRE(write(*file, 0, sector('B')));
  REQUIRE(error_of(file->sync()) == EIO);
  REQUIRE(read_stored(*file, 0, kSector) == sector('B'));
  REQUIRE(file->sync());
  REQUIRE(images(f.medium()) == Pictures{"f=B"});
}

TEST_CASE(
    "by data=journal the sync that tells of an earlier error writes nothing, and its bytes are lost too") {
  FailedSync f(model("ext4-journal"));
  REQUIRE(write(*f.other, 0, sector('C')));
  REQUIRE(error_of(f.other->sync()) == EIO);
  REQUIRE(f.other->sync());
  REQUIRE(f.left() == Pictures{"f=A"});
}

TEST_CASE("a durable write tells of an earlier error, once; on ext4 its bytes are sent and not flushed") {
  FailedSync f(model("ext4-ordered"));
  REQUIRE(error_of(write_durable(*f.other, 0, sector('C'))) == EIO);
  REQUIRE(f.left() == Pictures{"f=A", "f=C"});
  REQUIRE(write_durable(*f.other, 0, sector('D')));
  REQUIRE(f.left() == Pictures{"f=D"});
  FailedSync logged(model("btrfs"));
  REQUIRE(error_of(write_durable(*logged.other, 0, sector('C'))) == EIO);
  REQUIRE(logged.left() == Pictures{"f=C"});
}

TEST_CASE("an error that nobody was told of is told to those who open the file later, until one knows") {
  FailedSync f(model("ext4-journal"));
  f.file.reset();
  f.other.reset();
  auto first = f.open("f");
  REQUIRE(error_of(first->sync()) == EIO);
  REQUIRE(error_of(f.open("f")->sync()) == 0);
}

TEST_CASE(
    "an error that nobody was told of goes with the inode, which stays while somebody has the file open") {
  FailedSync f(model("ext4-journal"));
  f.file.reset();
  f.world.evict("f");
  REQUIRE(error_of(f.open("f")->sync()) == EIO);
  FailedSync closed(model("ext4-journal"));
  closed.file.reset();
  closed.other.reset();
  closed.world.evict("f");
  REQUIRE(error_of(closed.open("f")->sync()) == 0);
}

TEST_CASE("where a model reports once per file, nobody is told what one was told") {
  ModelSpec once = model("ext4-ordered");
  once.error_reported.value = ErrorReported::once_per_file;
  FailedSync f(once);
  REQUIRE(f.told == EIO);
  REQUIRE(error_of(f.other->sync()) == 0);
}

TEST_CASE(
    "a sync under way when another one of the same file fails is told as well: its pages are the same") {
  DeviceSpec slow;
  slow.flush.latency.p50 = std::chrono::milliseconds(1);
  WorldFixture f({.model = &model("ext4-ordered"), .disk = &slow, .plan = plan(kSecondSyncFails)});
  f.world.run([&] {
    auto file = f.file_with(sector('A'));
    auto first = f.world.io().threads.spawn("first", [&] { REQUIRE(error_of(file->sync()) == EIO); });
    f.world.io().clock.sleep_until(f.now() + std::chrono::microseconds(500));
    auto other = f.open("f");
    REQUIRE(error_of(other->sync()) == EIO);
  });
}

TEST_CASE(
    "a failed sync of a directory leaves its names pending, in every model: the next one makes them last") {
  for (const std::string_view name : model_names()) {
    INFO(name);
    WorldFixture f({.model = &model(name),
                    .plan = plan(R"({"kind": "failed_sync", "when": {"op": "sync_directory", "nth": 1}})")});
    f.make("f");
    REQUIRE(error_of(f.files.sync_directory(".")) == EIO);
    REQUIRE(f.files.sync_directory("."));
    if (model(name).device_cache.value == DeviceCache::lying) continue;
    REQUIRE(images(f.medium()) == Pictures{"f="});
  }
}

}  // namespace
}  // namespace wallop::sim
