// SPDX-License-Identifier: Apache-2.0
// How often the log asks the seam: a change here is one in what every open costs, in the simulated world and
// on a disk.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "sim/medium.h"
#include "sim/world.h"
#include "wal/wal.h"

namespace wallop::scenarios {
namespace {

wal::Options options() {
  return {.directory = "log", .segment_bytes = 64 << 10, .sync = wal::Os{}, .spare_segments = 0};
}

void run(sim::World& world, const std::function<void()>& body) {
  REQUIRE(world.run(body) == sim::Ending::finished);
}

// What a crash leaves of a log with ten records, the last of them not synced: a segment that is used, and the
// reserve.
sim::Disk crashed() {
  sim::World world({.model = sim::find_model("ideal")});
  run(world, [&] {
    auto opened = wal::Wal::open(world.io(), options()).value();
    for (int i = 0; i < 10; ++i) REQUIRE(opened.wal.append(wal::Record::put("key", "value")).has_value());
    REQUIRE(opened.wal.sync().has_value());
    REQUIRE(opened.wal.append(wal::Record::put("key", "value")).has_value());
    world.note(sim::Mark{"crash"});
  });
  const auto& entries = world.journal().entries();
  std::uint64_t cut = 0;
  while (entries[cut].get<sim::Mark>() == nullptr) ++cut;
  return world.medium_at(cut)->visible();
}

// "list 1, open 2": how often each was called.
std::string calls_of(const std::function<void(io::World&)>& body) {
  const sim::Disk disk = crashed();
  sim::World world({.model = sim::find_model("ideal"), .start = &disk});
  run(world, [&] { body(world.io()); });
  std::map<std::string_view, int> calls;
  for (const sim::Entry& entry : world.journal().entries()) {
    if (const auto* begin = entry.get<sim::OpBegin>()) ++calls[faults::name(begin->verb)];
  }
  std::string text;
  for (const auto& [verb, count] : calls)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", verb, count);
  return text;
}

TEST_CASE("an inspection lists once, and opens and reads each of two files once") {
  const auto inspect = [](io::World& world) { REQUIRE(wal::Wal::inspect(world, options()).has_value()); };
  REQUIRE(calls_of(inspect) == "list 1, open 2, read_stored 2, stat 2");
}

// Each of two files is opened to be read and again to be synced, and the lock's; the third sync is the
// seal's.
TEST_CASE("an open of two files syncs each of them, the seal and the two directories, and no more") {
  const auto open_and_close = [](io::World& world) {
    auto opened = wal::Wal::open(world, options()).value();
    REQUIRE(opened.wal.close().has_value());
  };
  REQUIRE(
      calls_of(open_and_close) ==
      "list 1, lock 1, make_directory 1, open 5, read_stored 2, stat 3, sync 3, sync_directory 2, write 1");
}

// The reserve that the open took for its seal is made again: two syncs more, and two for what was appended.
TEST_CASE("an append and a close besides make one segment, and sync records and watermark") {
  const auto append = [](io::World& world) {
    auto opened = wal::Wal::open(world, options()).value();
    REQUIRE(opened.wal.append(wal::Record::put("key", "value")).has_value());
    REQUIRE(opened.wal.close().has_value());
  };
  REQUIRE(calls_of(append) ==
          "allocate 1, list 1, lock 1, make_directory 1, open 6, read_stored 2, stat 3, sync 7, "
          "sync_directory 3, "
          "write 5");
}

}  // namespace
}  // namespace wallop::scenarios
