// SPDX-License-Identifier: Apache-2.0
// Faults, as the medium takes them: syncs that fail or lie, writes that are torn or lost, durable writes; and
// what can be asked of it besides images.
#include <catch2/catch.hpp>

#include "sim/medium_fixture.h"

namespace wallop::sim {
namespace {

constexpr std::string_view kHitModels[] = {"posix", "ext4-ordered"};

Trace settled_before(std::uint64_t size = kSector) {
  return Trace{}.create("a").write("a", 0, size, 'A').sync_all("a").sync_directory();
}

std::string stored(const Medium& medium, ObjectId file, std::uint64_t size) {
  std::string bytes(size, '\0');
  medium.read_stored(file, 0, std::as_writable_bytes(std::span(bytes)));
  std::string drawn;
  for (std::size_t at = 0; at < size; at += kSector)
    drawn += draw_sector(std::string_view(bytes).substr(at, kSector));
  return drawn;
}

// ---- Syncs that fail ----

TEST_CASE("what a failed sync covered is lost for good: the next sync passes it by") {
  const Trace trace = settled_before().write("a", 0, kSector, 'B').failed_sync("a").sync("a");
  for (const auto model : kHitModels) {
    const Medium medium = medium_at(trace, model);
    REQUIRE(images(medium) == Pictures{"a=A"});
    REQUIRE(draw(medium.visible()) == "a=B");
    REQUIRE(stored(medium, trace.object("a"), kSector) == "A");
  }
}

TEST_CASE("before a failed sync has ended, its bytes are pending") {
  Trace trace = settled_before().write("a", 0, kSector, 'B').failed_sync("a");
  trace.without(0);
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=A", "a=B"});
}

TEST_CASE("what came after the failed sync had begun is synced by the next one") {
  const Trace trace = settled_before(2 * kSector)
                          .write("a", 0, kSector, 'B')
                          .failed_sync("a")
                          .write("a", 0, kSector, 'C')
                          .sync("a");
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=CA"});
}

TEST_CASE(
    "after a failed sync, ext4 writes a whole unit again, with what memory shows of it; posix may or may "
    "not") {
  const Trace trace = settled_before(2 * kSector)
                          .write("a", 0, kSector, 'B')
                          .failed_sync("a")
                          .write("a", kSector, kSector, 'C')
                          .sync("a");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=BC"});
  REQUIRE(images(trace, "posix") == Pictures{"a=AC", "a=BC"});  // It promises neither.
}

TEST_CASE("an append whose sync failed leaves its size behind, and zeros") {
  const Trace trace = settled_before().write("a", kSector, kSector, 'B').failed_sync("a").sync("a");
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=A."});
}

TEST_CASE("what a read past the page cache has sent to the device, a failed sync does not lose") {
  const Trace trace = settled_before().write("a", 0, kSector, 'B').read_stored("a").failed_sync("a");
  for (const auto model : kHitModels) {
    REQUIRE(images(trace, model) == Pictures{"a=A", "a=B"});
    REQUIRE(stored(medium_at(trace, model), trace.object("a"), kSector) == "B");
  }
}

TEST_CASE("once memory is evicted, it shows what the device has") {
  Trace trace = settled_before().write("a", 0, kSector, 'B').failed_sync("a");
  Medium medium = medium_at(trace, "posix");
  medium.apply(Entry{{}, 0, Evicted{trace.object("a")}});
  REQUIRE(draw(medium.visible()) == "a=A");
}

TEST_CASE("where the old bytes come back after a failed sync, memory shows them") {
  ModelSpec reverts = *find_model("posix");
  reverts.after_failed_sync.value = AfterFailedSync::clean_old;
  const Trace trace = settled_before().write("a", 0, 2 * kSector, 'B').failed_sync("a");
  Medium medium(reverts, Disk());
  for (const Entry& entry : trace.entries()) medium.apply(entry);
  REQUIRE(draw(medium.visible()) == "a=A");
  REQUIRE(images(medium) == Pictures{"a=A"});
}

// ---- Syncs that lie ----

TEST_CASE("a lost sync promises nothing, and the next honest one makes all of it durable") {
  Trace trace = settled_before().write("a", 0, kSector, 'B').lost_sync("a");
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=A", "a=B"});
  trace.sync("a");
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=B"});
}

// ---- Writes that are torn, or lost ----

TEST_CASE("of a torn write exactly those bytes last, until a sync makes it whole") {
  Trace trace = settled_before(2 * kSector).torn_write("a", 0, 2 * kSector, 'B', 0, 700);
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=B{B188 A324}"});
  trace.sync("a");
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=BB"});
}

TEST_CASE("a torn append grows the file as far as its bytes last") {
  const Trace trace = settled_before().torn_write("a", kSector, 2 * kSector, 'B', 0, 600);
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=AB{B88}"});
}

TEST_CASE("ext4: what a torn append needs to last has lasted, names before it included") {
  const Trace trace = Trace{}.create("a").create("b").torn_write("a", 0, 2 * kSector, 'A', 0, kSector);
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A b="});
}

TEST_CASE("a write after a torn one may last whole") {
  const Trace trace = settled_before().torn_write("a", 0, kSector, 'B', 0, 100).write("a", 0, kSector, 'C');
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a={B100 A412}", "a=C"});
}

TEST_CASE("of a lost write the medium never hears, whatever is synced") {
  const Trace trace = settled_before().lost_write("a", 0, kSector, 'B').sync("a");
  for (const auto model : kHitModels) {
    const Medium medium = medium_at(trace, model);
    REQUIRE(images(medium) == Pictures{"a=A"});
    REQUIRE(draw(medium.visible()) == "a=B");
  }
}

// ---- Durable writes ----

TEST_CASE("a durable write makes its own bytes durable and nothing else") {
  const Trace trace =
      settled_before(2 * kSector).write("a", 0, kSector, 'B').write_durable("a", kSector, kSector, 'C');
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=AC", "a=BC"});
}

TEST_CASE("a durable append makes its size durable; before its end it is an append like any other") {
  Trace trace = settled_before().write_durable("a", kSector, kSector, 'B');
  for (const auto model : kHitModels) REQUIRE(images(trace, model) == Pictures{"a=AB"});
  trace.without(0);
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=A", "a=A.", "a=AB"});
}

TEST_CASE("a durable overwrite behind a pending append leaves the append pending") {
  const Trace trace = settled_before().write("a", kSector, kSector, 'B').write_durable("a", 0, kSector, 'C');
  REQUIRE(images(trace, "posix") == Pictures{"a=C", "a=CB", "a=C.", "a=C#"});
}

TEST_CASE("ext4: a durable write into a new unit takes the unit along, and the names before it") {
  const Trace trace =
      Trace{}.create("a").write("a", 0, kSector, 'A').write_durable("a", kSector, kSector, 'B').create("b");
  REQUIRE(images(trace, "ext4-ordered") == Pictures{"a=AB", "a=AB b="});
}

// ---- What else can be asked ----

TEST_CASE("a process that dies leaves what was visible, synced or not") {
  const Medium medium = medium_at(settled_before().write("a", 0, kSector, 'B').create("b"), "posix");
  base::Calm calm;
  REQUIRE(draw(medium.image(Crash::process_crash, calm)) == "a=B b=");
}

TEST_CASE("the calm image is what is visible, where no fault struck") {
  const Trace trace =
      settled_before().write("a", 0, 3 * kSector, 'B').truncate("a", 700).create("b").rename("b", "c");
  for (const auto model : kHitModels) {
    const Medium medium = medium_at(trace, model);
    base::Calm calm;
    REQUIRE(medium.image(Crash::power_loss, calm).hash() == medium.visible().hash());
  }
}

TEST_CASE("the revision stands still where the images cannot have changed, and moves where they did") {
  const Trace trace = settled_before().write("a", 0, kSector, 'B').read("a").sync("a").sync("a");
  for (const auto model : kHitModels) {
    Medium medium(*find_model(model), Disk());
    Pictures before = images(medium);
    std::uint64_t revision = medium.revision();
    for (const Entry& entry : trace.entries()) {
      medium.apply(entry);
      const Pictures after = images(medium);
      if (medium.revision() == revision) REQUIRE(after == before);
      revision = medium.revision();
      before = after;
    }
    medium.apply(Entry{{}, 0, Mark{"rotation", 1}});
    REQUIRE(medium.revision() == revision);
  }
}

TEST_CASE("a copy of a medium goes its own way") {
  Trace trace = settled_before();
  const Medium medium = medium_at(trace, "posix");
  Medium copy = medium;
  trace.write("a", 0, kSector, 'B');
  for (std::size_t i = trace.entries().size() - 2; i < trace.entries().size(); ++i)
    copy.apply(trace.entries()[i]);
  REQUIRE(images(medium) == Pictures{"a=A"});
  REQUIRE(images(copy) == Pictures{"a=A", "a=B"});
}

// ---- Stories ----

Fate fate_of(const Trace& trace, const std::string& path, const Answers& answers) {
  const Medium medium = medium_at(trace, "posix");
  Replay replay(answers, 0);
  for (const Fate& fate : medium.fates(medium.image(Crash::power_loss, replay))) {
    if (fate.path == path) return fate;
  }
  return {};
}

TEST_CASE("a file whose name was lost: created, and its directory not synced") {
  const Fate fate = fate_of(settled_before().create("b"), "b", {{"crash.name", 0, 5, 0, 2, 1}});
  REQUIRE(fate.before == "0 bytes visible, name not durable");
  REQUIRE(fate.after == "not there");
  REQUIRE(fate.why == "created at 9, its directory not synced since");
}

TEST_CASE("a file whose bytes were lost says which entries wrote them") {
  const Trace trace = settled_before().write("a", 0, kSector, 'B').write("a", 0, kSector, 'C');
  const Fate fate = fate_of(trace, "a", {{"crash.sector", 0, 2, 0, 3, 1}});
  REQUIRE(fate.before == "512 bytes visible, 512 durable");
  REQUIRE(fate.after == "512 bytes");
  REQUIRE(fate.why == "what was written at 9 to 11 was not synced since");
}

TEST_CASE("a failed sync and a lost one are named as the reason") {
  REQUIRE(fate_of(settled_before().write("a", 0, kSector, 'B').failed_sync("a"), "a", {}).why ==
          "the sync at 11 failed, and what it covered never reached the disk");
  REQUIRE(fate_of(settled_before().write("a", 0, kSector, 'B').lost_sync("a"), "a",
                  {{"crash.sector", 0, 2, 0, 2, 1}})
              .why == "the sync at 11 reported success and flushed nothing");
}

TEST_CASE("where nothing was lost there is no reason") {
  REQUIRE(fate_of(settled_before(), "a", {}).why.empty());
}

}  // namespace
}  // namespace wallop::sim
