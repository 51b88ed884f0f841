// SPDX-License-Identifier: Apache-2.0
// The rules of the persistence models, each on a short trace: the set of all images, spelled out by hand.
#include "sim/medium.h"

#include <catch2/catch.hpp>

#include "sim/medium_fixture.h"

namespace wallop::sim {
namespace {

constexpr std::string_view kModels[] = {"posix", "ext4-ordered"};

// "a", named, one unit of As, all durable.
Trace settled(std::uint64_t size = kSector) {
  return Trace{}.create("a").write("a", 0, size, 'A').sync_all("a").sync_directory();
}

// ---- What was never synced, and what was ----

TEST_CASE("before anything happens there is one image, and it is empty") {
  for (const auto model : kModels) REQUIRE(images(Trace{}, model) == Pictures{""});
}

TEST_CASE("a new file is there or not") {
  for (const auto model : kModels) REQUIRE(images(Trace{}.create("a"), model) == Pictures{"", "a="});
}

TEST_CASE("what was synced, with its name, is there in every image") {
  for (const auto model : kModels) REQUIRE(images(settled(), model) == Pictures{"a=A"});
}

TEST_CASE("posix: a file's sync promises its bytes and no name") {
  const Trace trace = Trace{}.create("a").write("a", 0, kSector, 'A').sync("a");
  REQUIRE(images(trace, "posix") == Pictures{"", "a=A"});
}

TEST_CASE("ext4: a file's sync brings its name") {
  const Trace trace = Trace{}.create("a").write("a", 0, kSector, 'A').sync("a");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A"});
}

TEST_CASE("a directory's sync promises names and no bytes") {
  const Trace trace = Trace{}.create("a").write("a", 0, kSector, 'A').sync_directory();
  REQUIRE(images(trace, "posix") == Pictures{"a=", "a=A", "a=.", "a=#"});
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=", "a=A", "a=."});
}

TEST_CASE("a sync whose end is missing promises nothing: the check bites") {
  Trace trace = Trace{}.create("a").sync_directory().write("a", 0, kSector, 'A').sync("a");
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=A"});
  trace.without(0);
  for (const auto model : kModels) REQUIRE(images(trace, model).contains("a="));
}

TEST_CASE("a sync covers what was written before it began, not what came while it ran") {
  const Trace trace = settled()
                          .write("a", 0, kSector, 'B')
                          .begin_sync("a")
                          .write("a", 0, kSector, 'C')
                          .end(0, 1);  // The sync, which began before the last write.
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=B", "a=C"});
}

TEST_CASE("a write in flight is pending like any other") {
  const Trace trace = settled().begin_write("a", 0, kSector, 'B');
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=A", "a=B"});
}

// ---- Versions ----

TEST_CASE("overwritten sectors last in any order, each by itself") {
  const Trace trace = settled(2 * kSector).write("a", 0, 2 * kSector, 'B');
  for (const auto model : kModels) REQUIRE(images(trace, model) == product({{"a="}, {"A", "B"}, {"A", "B"}}));
}

TEST_CASE("a sector holds what memory held at one time, never a mixture that it did not") {
  const Trace trace = settled().write("a", 0, 100, 'B').write("a", 100, 100, 'C');
  for (const auto model : kModels)
    REQUIRE(images(trace, model) == Pictures{"a=A", "a={B100 A412}", "a={B100 C100 A312}"});
}

TEST_CASE("no version older than the last sync comes back") {
  const Trace trace = settled().write("a", 0, kSector, 'B').sync("a").write("a", 0, kSector, 'C');
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=B", "a=C"});
}

TEST_CASE("writing the same bytes again leaves nothing to choose") {
  const Trace trace = settled().write("a", 0, kSector, 'A');
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=A"});
}

// ---- New units and sizes ----

TEST_CASE("posix: an append lasts by sector, its size at any sector's edge, garbage where no data lasted") {
  const Trace trace = settled().write("a", kSector, 2 * kSector, 'B');
  const std::vector<std::string> any{"B", ".", "#"};
  REQUIRE(images(trace, "posix") ==
          product({{"a=A"}}) + product({{"a=A"}, any}) + product({{"a=A"}, any, any}));
}

TEST_CASE("ext4: the first write of a unit lasts whole or reads as zeros") {
  const Trace trace = Trace{}.create("a").sync_directory().write("a", 0, 2 * kSector, 'A');
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=", "a=..", "a=AA"});
}

TEST_CASE("ext4: once a unit has lasted, its sectors are overwritten one by one") {
  const Trace trace =
      Trace{}.create("a").sync_directory().write("a", 0, 2 * kSector, '.').write("a", 0, 2 * kSector, 'B');
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a="} + product({{"a="}, {".", "B"}, {".", "B"}}));
}

TEST_CASE("ext4: an append into a unit with blocks may last by sector, its size whole") {
  const Trace trace = settled().write("a", kSector, 2 * kSector, 'B');
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A"} + product({{"a=A"}, {".", "B"}, {".", "B"}}));
}

TEST_CASE("ext4: a write over several units lasts unit by unit, its size at a unit's edge or whole") {
  const Trace trace = Trace{}.create("a").sync_directory().write("a", 0, kUnit + kSector, 'A');
  const std::string zeros(8, '.');
  const std::string full(8, 'A');
  REQUIRE(images(trace, "ext4-ordered") ==
          Pictures{"a="} + product({{"a="}, {zeros, full}}) + product({{"a="}, {zeros, full}, {".", "A"}}));
}

TEST_CASE("ext4: a preallocated unit is a new one, a zero-filled one is not") {
  const Trace allocated =
      Trace{}.create("a").allocate("a", 0, kUnit).sync("a").write("a", 0, 2 * kSector, 'A');
  REQUIRE(images(allocated, "ext4-ordered") == Pictures{"a=........", "a=AA......"});
  const Trace filled =
      Trace{}.create("a").write("a", 0, kUnit, '.').sync("a").write("a", 0, 2 * kSector, 'A');
  REQUIRE(images(filled, "ext4-ordered") == product({{"a="}, {".", "A"}, {".", "A"}, {"......"}}));
}

TEST_CASE("sizes of several appends: any that the file had since its last sync, none older") {
  const Trace trace = settled(100).write("a", 100, 100, 'B').write("a", 200, 100, 'C');
  const Pictures found = images(trace, "posix");
  REQUIRE(found == Pictures{"a={A100}", "a={A100 .100}", "a={A100 B100}", "a={A100 .200}",
                            "a={A100 B100 .100}", "a={A100 B100 C100}"});
  REQUIRE(images(trace, "ext4-ordered") == found);
}

// ---- Truncates ----

TEST_CASE("ext4: a truncate is metadata in order: a later name never lasts without it") {
  const Trace trace = settled().truncate("a", 0).create("b");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A", "a=", "a= b="});
  REQUIRE(images(trace, "posix") == Pictures{"a=A", "a=", "a= b=", "a=A b="});
}

TEST_CASE("ext4: bytes do not cross a truncate to zero; posix may bring old ones back") {
  const Trace trace = settled(2 * kSector).truncate("a", 0).write("a", 0, 2 * kSector, 'B');
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=AA", "a=", "a=..", "a=BB"});
  REQUIRE(images(trace, "posix") == Pictures{"a="} + product({{"a="}, {"A", ".", "B"}}) +
                                        product({{"a="}, {"A", ".", "B"}, {"A", ".", "B"}}));
}

TEST_CASE("ext4: the zeros that a shrink writes last before its size, never after it") {
  const Trace trace = settled(2 * kSector).truncate("a", kSector).truncate("a", 2 * kSector);
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=AA", "a=A.", "a=A"});
}

TEST_CASE("a truncate that was synced is there") {
  const Trace trace = settled(2 * kSector).truncate("a", kSector).sync("a");
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=A"});
}

// ---- Names ----

TEST_CASE("posix: name changes last each by itself; ext4: as a prefix") {
  const Trace trace = Trace{}.create("a").create("b");
  REQUIRE(images(trace, "posix") == Pictures{"", "a=", "b=", "a= b="});
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"", "a=", "a= b="});
}

TEST_CASE("a rename is one step: never both names, never none") {
  const Trace trace = settled().rename("a", "b");
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=A", "b=A"});
}

TEST_CASE("a rename over a file leaves the old one or the new one") {
  const Trace trace =
      settled().create("b").write("b", 0, kSector, 'B').sync_all("b").sync_directory().rename("b", "a");
  for (const auto model : kModels) REQUIRE(images(trace, model) == Pictures{"a=A b=B", "a=B"});
}

TEST_CASE("ext4: a rename over a file never lasts without the new one's size; its bytes may read as zeros") {
  const Trace trace = settled().create("b").sync_directory().write("b", 0, kSector, 'B').rename("b", "a");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A b=", "a=A b=.", "a=A b=B", "a=.", "a=B"});
  REQUIRE(images(trace, "posix").contains("a="));
}

TEST_CASE("syncing either directory commits a rename across both, over what was there before") {
  const Trace trace = Trace{}
                          .make_directory("d")
                          .make_directory("e")
                          .create("d/x")
                          .sync_directory()
                          .sync_directory("d")
                          .create("e/y")
                          .rename("d/x", "e/y");
  for (const std::string directory : {"d", "e"}) {
    Trace synced = trace;
    synced.sync_directory(directory);
    for (const auto model : kModels) REQUIRE(images(synced, model) == Pictures{"d/ e/ e/y="});
  }
}

TEST_CASE("what the root does not reach is not in the image") {
  const Trace trace = Trace{}.make_directory("d").create("d/x").sync_directory("d");
  REQUIRE(images(trace, "posix") == Pictures{"", "d/ d/x="});
}

TEST_CASE("ext4: fdatasync after a rename promises no name, fsync does") {
  REQUIRE(images(settled().rename("a", "b").sync("b"), "ext4-ordered") == Pictures{"a=A", "b=A"});
  REQUIRE(images(settled().rename("a", "b").sync_all("b"), "ext4-ordered") == Pictures{"b=A"});
}

TEST_CASE("ext4: a sync commits metadata up to the file's last change, not up to now") {
  const Trace trace = settled().create("b").write("a", 0, kSector, 'B').create("c").sync("a");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=B", "a=B b=", "a=B b= c="});
  const Trace grown = settled().create("b").write("a", kSector, kSector, 'B').create("c").sync("a");
  REQUIRE(images(grown, "ext4-ordered") == Pictures{"a=AB b=", "a=AB b= c="});
}

TEST_CASE("a hard link and its removal") {
  const Trace trace = settled().link("a", "b").remove("a");
  REQUIRE(images(trace, "posix") == Pictures{"a=A", "a=A b=A", "", "b=A"});
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A", "a=A b=A", "b=A"});
}

}  // namespace
}  // namespace wallop::sim
