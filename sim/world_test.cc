// SPDX-License-Identifier: Apache-2.0
// Time and faults as an engine meets them, and that a run repeats.
#include "sim/world.h"

#include <fmt/format.h>

#include <cerrno>

#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

using faults::Verb;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// Reads 100 us, writes 10 us, flushes 1 ms; calls that stay in memory 2 us.
DeviceSpec plain_disk() {
  DeviceSpec spec;
  spec.channels = 4;
  spec.read.latency.p50 = microseconds(100);
  spec.write.latency.p50 = microseconds(10);
  spec.flush.latency.p50 = milliseconds(1);
  spec.page_cache.per_call = microseconds(2);
  return spec;
}
const DeviceSpec kPlain = plain_disk();

io::Duration took(World& world, const std::function<void()>& call) {
  const io::Instant before = world.scheduler().now();
  call();
  return world.scheduler().now() - before;
}

TEST_CASE("a write costs its copy, a sync the device's write and flush") {
  WorldFixture f({.disk = &kPlain});
  auto file = f.open("f");
  REQUIRE(took(f.world, [&] { REQUIRE(file->write_at(0, bytes("x"))); }) == microseconds(2));
  REQUIRE(took(f.world, [&] { REQUIRE(file->sync()); }) == microseconds(1012));
  REQUIRE(took(f.world, [&] { REQUIRE(file->sync()); }) == microseconds(1002));
  REQUIRE(took(f.world, [&] { REQUIRE(write_durable(*file, 0, "y")); }) == microseconds(1012));
}

TEST_CASE("what was written is read from memory, what was there before from the device, once") {
  WorldFixture before;
  before.file_with("hello");
  const Disk disk = before.world.visible();
  WorldFixture f({.disk = &kPlain, .start = &disk});
  auto file = f.open("f", {});
  REQUIRE(took(f.world, [&] { REQUIRE(read(*file, 0, 5) == "hello"); }) == microseconds(102));
  REQUIRE(took(f.world, [&] { REQUIRE(read(*file, 0, 5) == "hello"); }) == microseconds(2));
  REQUIRE(f.world.device_use().read_count == 1);
}

TEST_CASE("a device is busy as long as a command is out, and idle between") {
  WorldFixture f({.disk = &kPlain});
  auto file = f.open("f");
  REQUIRE(file->sync());
  f.world.io().clock.sleep_until(f.now() + milliseconds(50));
  REQUIRE(file->sync());
  REQUIRE(f.world.device_use().busy == milliseconds(2));
  REQUIRE(f.world.device_use().flush_count == 2);
}

TEST_CASE("a stalled sync delays the syncs of all files, and each says so once") {
  WorldFixture f({.disk = &kPlain,
                  .plan = plan(R"({"kind": "stall", "for": "80ms", "when": {"path": "a", "nth": 1}})")});
  auto a = f.open("a");
  auto b = f.open("b");
  io::Duration of_b{};
  f.world.run([&] {
    auto other = f.world.io().threads.spawn("b", [&] {
      f.world.io().clock.sleep_until(f.now() + milliseconds(1));
      of_b = took(f.world, [&] { REQUIRE(b->sync()); });
    });
    REQUIRE(took(f.world, [&] { REQUIRE(a->sync()); }) >= milliseconds(80));
  });
  REQUIRE(of_b >= milliseconds(79));
  const faults::Receipt& receipt = f.world.plan().receipts().front();
  REQUIRE(receipt.fired_count == 1);
  REQUIRE(receipt.felt_wait == milliseconds(80));
}

TEST_CASE("a stall also holds a sync that was under way when it began") {
  WorldFixture f({.disk = &kPlain,
                  .plan = plan(R"({"kind": "stall", "for": "80ms", "when": {"path": "a", "nth": 1}})")});
  auto a = f.open("a");
  auto b = f.open("b");
  f.world.run([&] {
    auto other = f.world.io().threads.spawn(
        "b", [&] { REQUIRE(took(f.world, [&] { REQUIRE(b->sync()); }) >= milliseconds(80)); });
    f.world.io().clock.sleep_until(f.now() + microseconds(500));
    REQUIRE(a->sync());
  });
}

TEST_CASE("a slow disk takes its factor longer, and the plan is told how much") {
  WorldFixture f(
      {.disk = &kPlain, .plan = plan(R"({"kind": "slow_disk", "factor": 10, "when": {"nth": 1}})")});
  auto file = f.open("f");
  REQUIRE(took(f.world, [&] { REQUIRE(file->sync()); }) >= milliseconds(10));
  REQUIRE(took(f.world, [&] { REQUIRE(file->sync()); }) < milliseconds(2));
  REQUIRE(f.world.plan().receipts().front().felt_wait > milliseconds(8));
}

TEST_CASE("a failed sync fails once, is marked as injected, and the next one writes nothing") {
  WorldFixture f(plan(R"({"kind": "failed_sync", "when": {"nth": 1}})"));
  auto file = f.file_with("hello");
  const io::Status failed = file->sync();
  REQUIRE(error_of(failed) == EIO);
  REQUIRE(failed.error().injected);
  REQUIRE(file->sync().has_value());
  REQUIRE(read(*file, 0, 9) == "hello");
  REQUIRE(read_stored(*file, 0, 9) == std::string(5, '\0'));
}

TEST_CASE("after a failed sync what is written again reaches the device, and nothing else does") {
  WorldFixture f(plan(R"({"kind": "failed_sync", "when": {"nth": 2}})"));
  auto file = f.file_with(std::string(1024, 'a'));
  REQUIRE(file->sync());
  REQUIRE(file->write_at(0, bytes(std::string(1024, 'b'))));
  REQUIRE(error_of(file->sync()) == EIO);
  REQUIRE(file->write_at(512, bytes("c")));
  REQUIRE(file->sync());
  REQUIRE(read(*file, 0, 1) == "b");
  REQUIRE(read_stored(*file, 0, 1) == "a");
  REQUIRE(read_stored(*file, 512, 2) == "cb");
}

TEST_CASE("where the model says so a failed sync takes the new bytes from memory too") {
  ModelSpec reverts = model();
  reverts.after_failed_sync.value = AfterFailedSync::clean_old;
  WorldFixture f({.model = &reverts, .plan = plan(R"({"kind": "failed_sync", "when": {"nth": 2}})")});
  auto file = f.file_with("old");
  REQUIRE(file->sync());
  REQUIRE(file->write_at(0, bytes("newer")));
  REQUIRE(error_of(file->sync()) == EIO);
  REQUIRE(read(*file, 0, 9) == "old");
  REQUIRE(file->sync());
}

TEST_CASE("a lost sync reports success, and its entry says that it reached nothing") {
  WorldFixture f(plan(R"({"kind": "lost_sync", "when": {"nth": 1}})"));
  auto file = f.file_with("hello");
  REQUIRE(file->sync());
  const auto begins = f.entries<OpBegin>();
  REQUIRE(begins.back().verb == Verb::sync);
  REQUIRE(begins.back().effect->reach == faults::Reach::nothing);
  REQUIRE(f.entries<OpEnd>().back().os_error == 0);
  REQUIRE(f.entries<FaultFired>().size() == 1);
}

TEST_CASE("a full disk by fault refuses writes and new files, and changes nothing") {
  WorldFixture f(plan(R"({"kind": "no_space", "for": "3s", "when": {"at": "1s"}})"));
  auto file = f.file_with("hello");
  f.world.io().clock.sleep_until(io::Instant(std::chrono::seconds(2)));
  REQUIRE(error_of(file->write_at(0, bytes("J"))) == ENOSPC);
  REQUIRE(error_of(f.files.open("g", {.create = true})) == ENOSPC);
  REQUIRE(read(*file, 0, 9) == "hello");
  REQUIRE(f.files.list(".") == std::vector<std::string>{"f"});
  f.world.io().clock.sleep_until(io::Instant(std::chrono::seconds(4)));
  REQUIRE(file->write_at(0, bytes("J")));
}

TEST_CASE("a torn write shows whole, and its entry says what would last") {
  WorldFixture f(plan(R"({"kind": "torn_write", "when": {"nth": 1}})"));
  auto file = f.file_with(std::string(1024, 'x'));
  REQUIRE(read(*file, 0, 2048) == std::string(1024, 'x'));
  REQUIRE(f.entries<OpBegin>().at(1).effect->lasting == std::vector{faults::ByteRange{0, 512}});
}

TEST_CASE("in an ended world every call says so, and nothing is journalled") {
  WorldFixture f;
  auto file = f.file_with("hello");
  f.world.scheduler().end();
  const std::uint64_t count = f.world.journal().count();
  const auto code = [](const auto& result) { return result.error().code; };
  REQUIRE(code(file->write_at(0, bytes("x"))) == io::Code::world_ended);
  REQUIRE(code(file->sync()) == io::Code::world_ended);
  REQUIRE(code(file->size()) == io::Code::world_ended);
  REQUIRE(code(f.files.open("f", {})) == io::Code::world_ended);
  REQUIRE(code(f.files.list(".")) == io::Code::world_ended);
  REQUIRE(code(f.files.space(".")) == io::Code::world_ended);
  REQUIRE(f.world.journal().count() == count);
}

TEST_CASE("an operation that is out when its world ends never ends itself") {
  WorldFixture f({.disk = &kPlain});
  auto file = f.open("f");
  f.world.run([&] {
    auto syncer = f.world.io().threads.spawn(
        "syncer", [&] { REQUIRE(file->sync().error().code == io::Code::world_ended); });
    f.world.io().clock.sleep_until(f.now() + microseconds(500));
    f.world.scheduler().end();
  });
  REQUIRE(f.entries<OpBegin>().size() == f.entries<OpEnd>().size() + 1);
}

// The same calls in any journal mode: files that come and go.
void turn_over(World& world, std::uint64_t round_count) {
  for (std::uint64_t round = 0; round < round_count; ++round) {
    auto file = world.io().files.open("f", {.create = true}).value();
    for (std::uint64_t i = 0; i < 3; ++i)
      REQUIRE(file->write_at(i * 600, bytes(std::string(600, static_cast<char>('a' + round % 26)))));
    REQUIRE(file->sync());
    REQUIRE(world.io().files.rename("f", "g"));
  }
}

TEST_CASE("a cut in a tail has the medium that it has in the full journal") {
  for (const std::string_view name : model_names()) {
    World full({.model = &model(name)});
    World tail({.model = &model(name), .journal = JournalMode::tail, .tail_entries = 10});
    turn_over(full, 5);
    turn_over(tail, 5);
    REQUIRE(tail.journal().hash() == full.journal().hash());
    REQUIRE(tail.journal().first() > 0);
    for (std::uint64_t cut = tail.journal().first(); cut <= tail.journal().count(); ++cut) {
      const Medium one = tail.medium_at(cut).value(), other = full.medium_at(cut).value();
      REQUIRE(one.image_count_max() == other.image_count_max());
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        base::Seeded draws(seed), same(seed);
        REQUIRE(one.image(Crash::power_loss, draws).hash() == other.image(Crash::power_loss, same).hash());
      }
    }
  }
}

TEST_CASE("a cut before the tail, or after the end, is refused") {
  World tail({.model = &model(), .journal = JournalMode::tail, .tail_entries = 10});
  turn_over(tail, 5);
  const std::uint64_t first = tail.journal().first();
  REQUIRE(tail.medium_at(first - 1).error() ==
          fmt::format("cut {}: the journal keeps entries {} to {}; JournalMode::full keeps all, a longer "
                      "WorldOptions::tail_entries more",
                      first - 1, first, tail.journal().count()));
  REQUIRE_FALSE(tail.medium_at(tail.journal().count() + 1));
  World hash({.model = &model(), .journal = JournalMode::hash});
  turn_over(hash, 1);
  REQUIRE_FALSE(hash.medium_at(hash.journal().count()));
}

TEST_CASE("files that are gone leave nothing behind in a tail, and those that a crash may bring back stay") {
  for (const std::string_view name : model_names()) {
    if (model(name).device_cache.value == DeviceCache::lying) continue;  // It may bring back all of them.
    INFO(name);
    World full({.model = &model(name)});
    World tail({.model = &model(name), .journal = JournalMode::tail, .tail_entries = 10});
    for (World* world : {&full, &tail}) {
      turn_over(*world, 60);
      REQUIRE(world->io().files.sync_directory("."));
      turn_over(*world, 60);
    }
    const std::uint64_t cut = tail.journal().count();
    const Medium one = tail.medium_at(cut).value(), other = full.medium_at(cut).value();
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      base::Seeded draws(seed), same(seed);
      REQUIRE(one.image(Crash::power_loss, draws).hash() == other.image(Crash::power_loss, same).hash());
    }
    std::size_t kept = 0;
    for (std::uint64_t id = 1; id < 150; ++id) kept += one.visible().find(ObjectId(id)) != nullptr ? 1U : 0U;
    REQUIRE(kept < 75);
  }
}

TEST_CASE(
    "where everything is synced now and then, the medium of a tail is taken from memory, and is right") {
  for (const std::string_view name : model_names()) {
    INFO(name);
    World full({.model = &model(name)});
    World tail({.model = &model(name), .journal = JournalMode::tail, .tail_entries = 10});
    for (World* world : {&full, &tail}) {
      for (int round = 0; round < 20; ++round) {
        turn_over(*world, 1 + static_cast<std::uint64_t>(round % 3));
        REQUIRE(world->io().files.sync_directory("."));
        if (round % 4 == 0) REQUIRE(world->io().files.remove("g"));
      }
    }
    REQUIRE(tail.journal().hash() == full.journal().hash());
    for (std::uint64_t cut = tail.journal().first(); cut <= tail.journal().count(); ++cut) {
      const Medium one = tail.medium_at(cut).value(), other = full.medium_at(cut).value();
      REQUIRE(one.image_count_max() == other.image_count_max());
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        base::Seeded draws(seed), same(seed);
        const Disk mine = one.image(Crash::power_loss, draws), theirs = other.image(Crash::power_loss, same);
        REQUIRE(mine.hash_with_extents() == theirs.hash_with_extents());
        const auto fates = one.fates(mine), same_fates = other.fates(theirs);
        REQUIRE(fates.size() == same_fates.size());
        for (std::size_t i = 0; i < fates.size(); ++i) REQUIRE(fates[i].why == same_fates[i].why);
      }
    }
  }
}

// ---- A machine that goes on ----

TEST_CASE("a world that goes on has the time, the numbers and the faults of the one before") {
  World before({.model = &model(), .plan = plan(R"({ "kind": "failed_sync", "when": { "nth": 2 } })")});
  auto file = before.io().files.open("f", {.create = true}).value();
  REQUIRE(file->sync());
  before.io().clock.sleep_until(io::Instant(microseconds(70)));
  World after({.model = &model(), .start = &before.visible(), .machine = before.machine()});
  REQUIRE(after.io().clock.now() == io::Instant(microseconds(70)));
  auto again = after.io().files.open("f", {.create = true}).value();
  REQUIRE_FALSE(again->sync());
  REQUIRE(after.plan().receipts().front().fired_count == 1);
  REQUIRE(after.journal().entries().front().get<OpBegin>()->op == 3);
}

TEST_CASE("what a process left unsynced can still be lost in the next one's world, until that syncs it") {
  for (const JournalMode mode : {JournalMode::full, JournalMode::tail}) {
    World before({.model = &model("ext4-ordered")});
    auto file = before.io().files.open("f", {.create = true}).value();
    REQUIRE(before.io().files.sync_directory("."));
    REQUIRE(file->write_at(0, bytes("text")));
    const Medium left = before.medium_at(before.journal().count()).value();
    World after({.model = &model("ext4-ordered"), .left = &left, .journal = mode, .tail_entries = 1});
    auto again = after.io().files.open("f", {}).value();
    REQUIRE(after.io().files.sync_directory("."));
    REQUIRE(after.medium_at(after.journal().count())->image_count_max() > 1);
    REQUIRE(again->sync());
    REQUIRE(after.medium_at(after.journal().count())->image_count_max() == 1);
  }
}

TEST_CASE("a file that a process had open without a name goes when the process does") {
  World before({.model = &model("ext4-ordered")});
  auto file = before.io().files.open("f", {.create = true}).value();
  REQUIRE(before.io().files.remove("f"));
  REQUIRE(before.io().files.sync_directory("."));
  const Medium left = before.medium_at(before.journal().count()).value();
  REQUIRE(left.nameless().size() == 1);
  World after(
      {.model = &model("ext4-ordered"), .left = &left, .journal = JournalMode::tail, .tail_entries = 10});
  turn_over(after, 100);
  REQUIRE(after.medium_at(after.journal().count())->visible().find(left.nameless().front()) == nullptr);
}

TEST_CASE("the entries of a long run in a tail stay as few as asked for") {
  World tail({.model = &model(), .journal = JournalMode::tail, .tail_entries = 100});
  turn_over(tail, 1000);
  REQUIRE(tail.journal().count() > 10'000);
  REQUIRE(tail.journal().count() - tail.journal().first() < 400);
}

TEST_CASE("what was evicted is read from the device, what is dirty stays in memory") {
  WorldFixture f({.disk = &kPlain});
  auto file = f.file_with(std::string(8192, 'x'));
  REQUIRE(file->sync());
  REQUIRE(file->write_at(0, bytes("y")));
  f.world.evict("f");
  REQUIRE(took(f.world, [&] { REQUIRE(read(*file, 0, 2) == "yx"); }) == microseconds(2));
  REQUIRE(took(f.world, [&] { REQUIRE(read(*file, 4096, 1) == "x"); }) == microseconds(102));
  REQUIRE(f.entries<Evicted>().size() == 1);
}

TEST_CASE("an eviction with nothing to drop leaves no entry, nor does one of a file that is not there") {
  WorldFixture f;
  auto file = f.file_with("dirty");
  f.world.evict("f");
  f.world.evict("none");
  f.world.drop_caches();
  REQUIRE(f.entries<Evicted>().empty());
  REQUIRE(file->sync());
  f.world.drop_caches();
  f.world.drop_caches();
  REQUIRE(f.entries<Evicted>().size() == 1);
}

TEST_CASE("a model without eviction drops nothing") {
  WorldFixture f({.model = &model("ideal")});
  REQUIRE(f.file_with("x")->sync());
  f.world.drop_caches();
  REQUIRE(f.entries<Evicted>().empty());
}

// Five writers on a slow disk under a seeded schedule: what their journal comes to.
std::uint64_t journal_hash(std::uint64_t seed, faults::Plan plan) {
  base::Seeded chooser(seed);
  World world({.model = &model(),
               .disk = find_disk("nvme-consumer"),
               .seed = seed,
               .plan = std::move(plan),
               .scheduling = {.schedule = Schedule::seeded, .chooser = &chooser}});
  world.run([&] {
    std::vector<std::unique_ptr<io::Thread>> writers;
    for (int writer = 0; writer < 5; ++writer) {
      writers.push_back(world.io().threads.spawn("writer", [&world, writer] {
        auto file = world.io().files.open("w" + std::to_string(writer), {.create = true});
        for (std::uint64_t i = 0; i < 20; ++i) {
          REQUIRE((*file)->write_at(i * 100, bytes("record")));
          if (i % 3 == 0) REQUIRE((*file)->sync());
        }
      }));
    }
  });
  return world.journal().hash();
}

TEST_CASE("one seed gives one journal, another seed another") {
  REQUIRE(journal_hash(1, {}) == journal_hash(1, {}));
  REQUIRE(journal_hash(1, {}) != journal_hash(2, {}));
}

TEST_CASE("a plan whose faults never fire leaves the journal as it is without one") {
  REQUIRE(journal_hash(1, plan(R"({"kind": "failed_sync", "when": {"path": "other"}})")) ==
          journal_hash(1, {}));
}

TEST_CASE("worlds in worlds and one after the other share stacks and nothing else") {
  StackPool stacks;
  std::uint64_t first = 0;
  for (int i = 0; i < 3; ++i) {
    World world({.model = &model(), .scheduling = {.stacks = &stacks}});
    world.run([&] {
      world.io().threads.spawn(
          "t", [&] { REQUIRE(world.io().files.open("f", {.create = true, .exclusive = true})); });
    });
    if (i == 0) first = world.journal().hash();
    REQUIRE(world.journal().hash() == first);
  }
}

}  // namespace
}  // namespace wallop::sim
