// SPDX-License-Identifier: Apache-2.0
// Truths that random traces and the reference of durability once found broken in Medium, each on a small
// trace.
#include <catch2/catch.hpp>

#include "sim/medium_fixture.h"
#include "sim/paths.h"

namespace wallop::sim {
namespace {

// One durable file of two sectors.
Trace two_durable_sectors() {
  return Trace{}.create("a").write("a", 0, 2 * kSector, 'A').sync_all("a").sync_directory();
}
// One durable file, empty.
Trace empty_durable_file() {
  return Trace{}.create("a").sync_all("a").sync_directory();
}

TEST_CASE("Btrfs: a sync does not bring back what a truncate had freed") {
  const Trace trace = Trace{}
                          .create("a")
                          .write("a", 0, kUnit, 'A')
                          .sync_all("a")
                          .sync_directory()
                          .write("a", kUnit, kSector, 'B')
                          .truncate("a", kUnit)
                          .truncate("a", kUnit + kSector)
                          .sync("a");
  REQUIRE(images(trace, "btrfs") == Pictures{"a=AAAAAAAA."});
}

TEST_CASE("a durable write commits a size that is pending and would hide its bytes") {
  const Trace trace = two_durable_sectors()
                          .truncate("a", kSector)
                          .truncate("a", 2 * kSector)
                          .write_durable("a", kSector, kSector, 'B');
  for (const std::string_view model : {"posix", "ext4-ordered", "xfs", "btrfs"}) {
    INFO(model);
    REQUIRE(images(trace, model) == Pictures{"a=AB"});
  }
}

TEST_CASE("a sync that a durable append overtook brings no bytes from beyond its own end") {
  const Trace trace = two_durable_sectors()
                          .write("a", kSector, kSector, 'B')
                          .truncate("a", kSector)
                          .begin_sync("a")
                          .write_durable("a", 2 * kSector, kSector, 'C')
                          .end(0, 1);
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A.C"});
}

TEST_CASE("ext4: where a shrink's last unit has no blocks, what it cut off lasts in no image") {
  const Trace trace = empty_durable_file()
                          .write("a", 0, 2 * kSector, 'A')
                          .truncate("a", kSector)
                          .truncate("a", 2 * kSector)
                          .create("b")
                          .sync("b");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=.. b=", "a=A. b="});
}

TEST_CASE("a truncate to the size that a file has frees what is reserved behind it") {
  const Trace trace = Trace{}
                          .create("a")
                          .write("a", 0, kUnit, 'A')
                          .reserve("a", 0, 4 * kUnit)
                          .sync_all("a")
                          .sync_directory()
                          .truncate("a", kUnit);
  for (const std::string_view model : {"posix", "ext4-ordered", "xfs", "btrfs"}) {
    INFO(model);
    const Medium medium = medium_at(trace, model);
    const Inode& file = *medium.visible().find(*find_object(medium.visible(), "a"));
    REQUIRE(file.allocated.count() * find_model(model)->write_unit_bytes.value == kUnit);
  }
}

TEST_CASE("Btrfs: a new unit that a shrink zeroed in part may still read as zeros") {
  const Trace trace = empty_durable_file().write("a", 0, 2 * kSector, 'A').truncate("a", kSector);
  REQUIRE(images(trace, "btrfs") == Pictures{"a=", "a=.", "a=A", "a=..", "a=A.", "a=AA"});
}

}  // namespace
}  // namespace wallop::sim
