// SPDX-License-Identifier: Apache-2.0
// What tells the persistence models apart: one trace each, and what is left under the models that differ.
#include <catch2/catch.hpp>

#include "sim/medium_fixture.h"

namespace wallop::sim {
namespace {

// One durable file of sectors.
Trace settled_sectors(std::uint64_t sectors = 1) {
  return Trace{}.create("a").write("a", 0, sectors * kSector, 'A').sync_all("a").sync_directory();
}

Pictures images_of(const ModelSpec& model, const std::vector<Entry>& entries) {
  Medium medium(model, Disk());
  for (const Entry& entry : entries) medium.apply(entry);
  return images(medium);
}

// ---- Everything in order ----

TEST_CASE("in order: a write lasts unit by unit, each with its size, after all that came before it") {
  const Trace trace = Trace{}.create("a").write("a", 0, kUnit + kSector, 'A').create("b");
  for (const std::string_view model : {"ideal", "ext4-journal"}) {
    INFO(model);
    REQUIRE(images(trace, model) == Pictures{"", "a=", "a=AAAAAAAA", "a=AAAAAAAAA", "a=AAAAAAAAA b="});
  }
}

TEST_CASE("in order: overwrites of one unit last in order, and so do those of two files") {
  const Trace trace =
      settled_sectors(2).write("a", 0, kSector, 'B').create("b").write("a", kSector, kSector, 'C');
  for (const std::string_view model : {"ideal", "ext4-journal"}) {
    INFO(model);
    REQUIRE(images(trace, model) == Pictures{"a=AA", "a=BA", "a=BA b=", "a=BC b="});
  }
}

TEST_CASE("ideal: any sync is one of all; ext4-journal: one of all up to the file's last change") {
  const Trace trace = settled_sectors()
                          .create("b")
                          .write("b", 0, kSector, 'B')
                          .sync("a")
                          .write("a", 0, kSector, 'C')
                          .sync("b");
  REQUIRE(images(trace, "ideal") == Pictures{"a=C b=B"});
  REQUIRE(images(trace, "ext4-journal") == Pictures{"a=A b=B", "a=C b=B"});
}

// ---- A size and its data ----

TEST_CASE("an append within a unit: ext4's size may last before its data, that of XFS waits for it") {
  const Trace trace = settled_sectors().write("a", kSector, kSector, 'B');
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A", "a=A.", "a=AB"});
  REQUIRE(images(trace, "xfs") == Pictures{"a=A", "a=AB"});
}

TEST_CASE("XFS: a later append's size brings all that was written to its unit before") {
  const Trace trace =
      settled_sectors().write("a", kSector, kSector, 'B').write("a", 2 * kSector, kSector, 'C');
  REQUIRE(images(trace, "xfs") == Pictures{"a=A", "a=AB", "a=ABC"});
  const Trace overwritten = settled_sectors().write("a", kSector, kSector, 'B').write("a", 0, kSector, 'C');
  REQUIRE(images(overwritten, "xfs") == Pictures{"a=A", "a=AB", "a=C", "a=CB"});
}

TEST_CASE("XFS: units before the last may still read as zeros") {
  const Pictures left = images(Trace{}.create("a").sync("a").write("a", 0, 2 * kUnit, 'A'), "xfs");
  REQUIRE(left == Pictures{"a=", "a=AAAAAAAA", "a=........AAAAAAAA", "a=AAAAAAAAAAAAAAAA"});
}

// ---- Shrinks ----

TEST_CASE("ext4-writeback: after a shrink and a growth old bytes may come back, under data=ordered not") {
  const Trace trace =
      settled_sectors(2).truncate("a", kSector).truncate("a", 3 * kSector).create("b").sync("b");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A.. b="});
  REQUIRE(images(trace, "ext4-writeback") == Pictures{"a=A.. b=", "a=AA. b="});
}

TEST_CASE("ext4-writeback: units that a shrink freed whole never come back") {
  const Trace trace = settled_sectors(kUnit / kSector + 1)
                          .truncate("a", kUnit)
                          .truncate("a", kUnit + kSector)
                          .create("b")
                          .sync("b");
  REQUIRE(images(trace, "ext4-writeback") == Pictures{"a=AAAAAAAA. b="});
}

// ---- Copy on write, and a log ----

TEST_CASE("Btrfs: an overwritten unit is one that memory held, never a mixture") {
  const Trace trace = settled_sectors(2).write("a", 0, kSector, 'B').write("a", kSector, kSector, 'C');
  REQUIRE(images(trace, "btrfs") == Pictures{"a=AA", "a=BA", "a=BC"});
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=AA", "a=BA", "a=AC", "a=BC"});
}

TEST_CASE("Btrfs: a file's sync brings its own name and not those made before it") {
  const Trace trace = Trace{}.create("b").create("a").write("a", 0, kSector, 'A').sync("a");
  REQUIRE(images(trace, "btrfs") == Pictures{"a=A", "a=A b="});
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A b="});
}

TEST_CASE("Btrfs: a file's sync brings the directories on the way to it") {
  const Trace trace =
      Trace{}.make_directory("d").make_directory("d/e").create("d/x").create("d/e/a").sync("d/e/a");
  REQUIRE(images(trace, "btrfs") == Pictures{"d/ d/e/ d/e/a=", "d/ d/e/ d/e/a= d/x="});
}

TEST_CASE("Btrfs: a directory's sync brings its entries, and of a new file no bytes") {
  const Trace trace = settled_sectors()
                          .rename("a", "b")
                          .create("a")
                          .write("a", 0, kSector, 'B')
                          .rename("a", "b")
                          .sync_directory();
  const Pictures left = images(trace, "btrfs");
  REQUIRE(left == Pictures{"b=", "b=.", "b=B"});
}

TEST_CASE("Btrfs: a name that is in the log may go before what takes its place is there") {
  const Trace trace = Trace{}.create("b").sync_all("b").create("a").rename("a", "b");
  REQUIRE(images(trace, "btrfs").contains(""));
  REQUIRE_FALSE(images(trace, "ext4-ordered").contains(""));
  // In the log itself it goes whole.
  const Trace logged = Trace{}.create("b").sync_all("b").create("a").sync_all("a").rename("a", "b");
  REQUIRE_FALSE(images(logged, "btrfs").contains(""));
}

TEST_CASE("Btrfs: what a directory's sync settled is pending no more") {
  Trace trace;
  for (int i = 0; i < 50; ++i) trace.create("a").sync_directory().remove("a").sync_directory();
  REQUIRE(medium_at(trace, "btrfs").image_count_max() == 1);
}

// ---- A cache that lies ----

TEST_CASE("a lying cache: a sync of any kind promises nothing") {
  const Trace synced = Trace{}.create("a").write("a", 0, kSector, 'A').sync_all("a").sync_directory();
  const Trace unsynced = Trace{}.create("a").write("a", 0, kSector, 'A');
  REQUIRE(images(synced, "lying-cache") == images(unsynced, "ext4-ordered"));
  REQUIRE(images(synced, "ext4-ordered") == Pictures{"a=A"});
}

TEST_CASE("a lying cache: a name that is gone says why") {
  const Trace trace = Trace{}.create("a").sync_all("a").sync_directory();
  const Medium medium = medium_at(trace, "lying-cache");
  const std::vector<Fate> fates = medium.fates(Disk());
  REQUIRE(fates.size() == 1);
  REQUIRE(fates[0].why == "created at 1, and nothing was flushed since, whatever the device said");
}

TEST_CASE("a cache that lies for a time, or about so many bytes, has written them after that") {
  std::vector<Entry> entries = settled_sectors().entries();
  ModelSpec model = *find_model("lying-cache");
  model.lies_up_to_milliseconds.value = 10;
  entries.push_back(Entry{io::Instant{} + std::chrono::milliseconds(10), 0, Mark{"now", 0}});
  REQUIRE(images_of(model, entries).size() > 1);
  entries.push_back(Entry{io::Instant{} + std::chrono::milliseconds(11), 0, Mark{"now", 0}});
  REQUIRE(images_of(model, entries) == Pictures{"a=A"});

  model = *find_model("lying-cache");
  model.lies_up_to_bytes.value = kUnit;
  Trace trace = settled_sectors().create("b").write("b", 0, kUnit, 'B').read("a");
  REQUIRE(images_of(model, trace.entries()).contains(""));
  trace.write("b", kUnit, 1, 'B').read("a");
  for (const std::string& image : images_of(model, trace.entries())) REQUIRE(image.starts_with("a=A"));
}

// ---- What no shipped model has ----

TEST_CASE("without power-safe overwrite a torn unit may spoil the sectors that nobody wrote") {
  ModelSpec model = *find_model("ext4-ordered");
  model.powersafe_overwrite.value = false;
  REQUIRE_FALSE(problem_of(model));
  const Trace trace = settled_sectors(2).write("a", 0, kSector, 'B');
  REQUIRE(images_of(model, trace.entries()) == Pictures{"a=AA", "a=BA", "a=A#", "a=B#"});
}

}  // namespace
}  // namespace wallop::sim
