// SPDX-License-Identifier: Apache-2.0
// Faults of the medium: sectors that cannot be read, commands that go elsewhere, old versions, names that do
// not last; in the running world, after memory has forgotten, and in what a crash leaves.
#include <cerrno>

#include "sim/two_files_fixture.h"

namespace wallop::sim {
namespace {

using std::chrono::seconds;

int error_of_reading(io::File& file, std::uint64_t offset = 0) {
  std::byte one{};
  return error_of(file.read_at(offset, std::span(&one, 1)));
}
int error_of_reading_stored(io::File& file, std::uint64_t offset = 0) {
  std::byte one{};
  return error_of(file.read_stored_at(offset, std::span(&one, 1)));
}

// The errno of the first byte of "f" in a world that starts from there.
int error_after_crash(const Disk& disk) {
  WorldFixture after(WorldOptions{.start = &disk});
  return error_of_reading(*after.open("f", {}));
}

// ---- latent_sector_error ----

constexpr std::string_view kLatent = R"({"kind": "latent_sector_error", "when": {"path": "f", "nth": 2}})";

TEST_CASE("a latent sector error shows once the device is asked, and memory shows the bytes") {
  TwoFiles two(kLatent);
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(two.f->sync());
  REQUIRE(two.all_of(*two.f) == sector_of('B'));
  REQUIRE(error_of_reading_stored(*two.f) == EIO);
  REQUIRE(read_stored(*two.g, 0, kSector) == sector_of('G'));
}

TEST_CASE("a latent sector error fails reads whose pages memory has dropped, until the sector is rewritten") {
  TwoFiles two(kLatent);
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(two.f->sync());
  two.world.drop_caches();
  REQUIRE(error_of_reading(*two.f) == EIO);
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
  REQUIRE(write(*two.f, 0, sector_of('C')));
  REQUIRE(read_stored(*two.f, 0, kSector) == sector_of('C'));
}

TEST_CASE("an error that a sector has is said to be injected, whenever it is met") {
  TwoFiles two(kLatent);
  REQUIRE(write(*two.f, 0, sector_of('B')));
  std::byte one{};
  const auto failed = two.f->read_stored_at(0, std::span(&one, 1));
  REQUIRE(failed.error().injected);
}

TEST_CASE("only the sector that was hit cannot be read") {
  TwoFiles two(R"({"kind": "latent_sector_error", "at_byte": "600B", "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, std::string(3 * kSector, 'B')));
  REQUIRE(error_of_reading_stored(*two.f, 0) == 0);
  REQUIRE(error_of_reading_stored(*two.f, kSector) == EIO);
  REQUIRE(error_of_reading_stored(*two.f, 2 * kSector) == 0);
}

TEST_CASE("a latent sector error outlives power loss under every model, once its write does") {
  for (const std::string_view name : model_names()) {
    if (name == "lying-cache") continue;  // Its syncs make nothing durable.
    INFO(name);
    TwoFiles two(kLatent, name);
    REQUIRE(write(*two.f, 0, sector_of('B')));
    REQUIRE(two.f->sync());
    EveryChoice every;
    do {
      REQUIRE(error_after_crash(two.medium().image(Crash::power_loss, every)) == EIO);
    } while (every.next());
  }
}

TEST_CASE("where a write that cannot be read again does not last, what was before it can be read") {
  for (const std::string_view name : {"posix", "ext4-ordered", "btrfs", "ideal"}) {
    INFO(name);
    TwoFiles two(kLatent, name);
    REQUIRE(write(*two.f, 0, sector_of('B')));
    std::set<std::pair<char, int>> seen;
    EveryChoice every;
    do {
      const Disk disk = two.medium().image(Crash::power_loss, every);
      seen.emplace(draw(disk)[2], error_after_crash(disk));
    } while (every.next());
    REQUIRE(seen == std::set<std::pair<char, int>>{{'A', 0}, {'B', EIO}});
  }
}

TEST_CASE("zeros over zeros mend a sector as anything else does") {
  TwoFiles two(kLatent);
  REQUIRE(write(*two.f, 0, std::string(kSector, '\0')));
  REQUIRE(two.f->sync());
  REQUIRE(write(*two.f, 0, std::string(kSector, '\0')));
  REQUIRE(two.f->sync());
  EveryChoice every;
  do {
    REQUIRE(error_after_crash(two.medium().image(Crash::power_loss, every)) == 0);
  } while (every.next());
}

TEST_CASE("disks that differ in what can be read are not equal") {
  Disk disk = TwoFiles(kLatent).world.visible();
  const std::uint64_t hash = disk.hash();
  disk.change(disk.resolve("f")).unreadable.add(0, kSector);
  REQUIRE(disk.hash() != hash);
}

// ---- misdirected_write ----

TEST_CASE("a misdirected write lies over another file's bytes on the device, and memory shows neither") {
  TwoFiles two(R"({"kind": "misdirected_write", "path": "g", "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(two.f->sync());
  REQUIRE(two.all_of(*two.f) == sector_of('B'));
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
  REQUIRE(read_stored(*two.f, 0, kSector) == sector_of('A'));
  REQUIRE(read_stored(*two.g, 0, kSector) == sector_of('B'));
  REQUIRE(images(two.medium()) == Pictures{"f=A g=B"});
}

TEST_CASE("what a misdirected write overwrote is right again once somebody writes there") {
  TwoFiles two(R"({"kind": "misdirected_write", "path": "g", "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(write(*two.g, 0, sector_of('H')));
  REQUIRE(two.g->sync());
  REQUIRE(images(two.medium()) == Pictures{"f=A g=H"});
}

TEST_CASE("a misdirected write goes by bytes within its file, and beyond its blocks nowhere") {
  TwoFiles two(R"({"kind": "misdirected_write", "back": "512B", "when": {"path": "f", "from": 3}})");
  REQUIRE(write(*two.f, 0, sector_of('A') + sector_of('B')));
  REQUIRE(two.f->sync());
  REQUIRE(write(*two.f, kSector, sector_of('C')));
  REQUIRE(images(two.medium()) == Pictures{"f=CB g=G"});
  REQUIRE(write(*two.f, 100, "D"));  // To before the start.
  REQUIRE(images(two.medium()) == Pictures{"f=CB g=G"});
}

TEST_CASE("a write that is misdirected to a file that is not there is lost") {
  TwoFiles two(R"({"kind": "misdirected_write", "path": "nobody", "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(two.f->sync());
  REQUIRE(images(two.medium()) == Pictures{"f=A g=G"});
}

// ---- misdirected_read, stale_read ----

TEST_CASE("a misdirected read gives another file's bytes, once") {
  TwoFiles two(R"({"kind": "misdirected_read", "path": "g", "when": {"path": "f", "nth": 1}})");
  REQUIRE(two.all_of(*two.f) == sector_of('G'));
  REQUIRE(two.all_of(*two.f) == sector_of('A'));
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
}

TEST_CASE("a misdirected read gives zeros for what is not there") {
  TwoFiles two(R"({"kind": "misdirected_read", "back": "100B", "when": {"path": "f", "nth": 1}})");
  REQUIRE(two.all_of(*two.f) == std::string(100, '\0') + std::string(kSector - 100, 'A'));
  TwoFiles nowhere(R"({"kind": "misdirected_read", "path": "nobody", "when": {"path": "f", "nth": 1}})");
  REQUIRE(nowhere.all_of(*nowhere.f) == std::string(kSector, '\0'));
}

TEST_CASE("a stale read gives each sector as it was before its newest write, once") {
  TwoFiles two(R"({"kind": "stale_read", "when": {"path": "f", "nth": 1}})");
  REQUIRE(write(*two.f, 0, sector_of('B') + sector_of('C')));
  REQUIRE(write(*two.f, kSector, sector_of('D')));
  REQUIRE(read(*two.f, 0, 2 * kSector) == sector_of('A') + sector_of('C'));
  REQUIRE(read(*two.f, 0, 2 * kSector) == sector_of('B') + sector_of('D'));
  REQUIRE(two.all_of(*two.g) == sector_of('G'));
}

// ---- torn_write, torn_sequence ----

TEST_CASE("garbage is left in the sector at the tear") {
  TwoFiles two(R"({"kind": "torn_write", "keep_bytes": "512B", "garbage": true,
               "when": {"path": "f", "nth": 2}})");
  REQUIRE(write(*two.f, 0, std::string(3 * kSector, 'B')));
  for (const std::string& left : images(two.medium())) REQUIRE(left.starts_with("f=B#"));
  REQUIRE(two.f->sync());
  REQUIRE(images(two.medium()) == Pictures{"f=BBB g=G"});
}

TEST_CASE("of a torn sequence the writes last that are kept, and no others, until a sync") {
  TwoFiles two(R"({"kind": "torn_sequence", "keep": [2], "when": {"path": "f", "from": 3, "count": 2}})");
  REQUIRE(write(*two.f, 0, std::string(3 * kSector, 'A')));
  REQUIRE(two.f->sync());
  REQUIRE(write(*two.f, 0, sector_of('B')));
  REQUIRE(write(*two.f, 2 * kSector, sector_of('C')));
  REQUIRE(write(*two.g, 0, sector_of('H')));
  REQUIRE(images(two.medium()) == Pictures{"f=AAC g=G", "f=AAC g=H"});
  REQUIRE(two.f->sync());
  REQUIRE(images(two.medium()) == Pictures{"f=BAC g=G", "f=BAC g=H"});
}

// ---- lost_name ----

TEST_CASE("a lost name is not there after power loss under any model, until its directory is synced") {
  for (const std::string_view name : model_names()) {
    if (name == "lying-cache") continue;  // Its syncs make nothing durable.
    INFO(name);
    TwoFiles two(R"({"kind": "lost_name", "when": {"path": "new"}})", name);
    two.make("new");
    for (const std::string& left : images(two.medium())) REQUIRE(left == "f=A g=G");
    REQUIRE(two.files.sync_directory("."));
    for (const std::string& left : images(two.medium())) REQUIRE(left == "f=A g=G new=");
  }
}

TEST_CASE("a lost removal and a lost rename leave the old names, and others go their way") {
  TwoFiles two(R"({"kind": "lost_name", "when": {"op": ["remove", "rename"]}})");
  REQUIRE(two.files.remove("f"));
  REQUIRE(two.files.rename("g", "h"));
  two.make("new");
  REQUIRE(images(two.medium()) == Pictures{"f=A g=G", "f=A g=G new="});
}

TEST_CASE("where names last in order, a lost one takes those behind it along") {
  TwoFiles two(R"({"kind": "lost_name", "when": {"op": "remove"}})", "ext4-ordered");
  REQUIRE(two.files.remove("f"));
  two.make("new");
  REQUIRE(images(two.medium()) == Pictures{"f=A g=G"});
}

}  // namespace
}  // namespace wallop::sim
