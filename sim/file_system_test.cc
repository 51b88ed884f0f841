// SPDX-License-Identifier: Apache-2.0
// What the random calls against the kernel do not reach: space, blocks, locks, options, the journal's view of
// names.
#include "sim/file_system.h"

#include <array>
#include <cerrno>

#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

using faults::Verb;
using Names = std::vector<std::string>;

// A disk of ten write units of 4 KiB.
struct SmallDisk : WorldFixture {
  SmallDisk() : WorldFixture({.model = &model("ext4-ordered"), .capacity_bytes = 40960}) {}
  std::uint64_t free_bytes() { return files.space(".")->free_bytes; }
};

TEST_CASE_METHOD(SmallDisk,
                 "of a write that does not fit, the units that do are there, and the caller is told") {
  auto file = file_with(std::string(8 * 4096, 'x'));
  REQUIRE(error_of(write(*file, 8 * 4096 - 1, std::string(3 * 4096, 'y'))) == ENOSPC);
  REQUIRE(file->size() == 10 * 4096);
  REQUIRE(read(*file, 8 * 4096 - 2, 3) == "xyy");
  REQUIRE(free_bytes() == 0);
  const OpBegin begin = entries<OpBegin>().at(2);
  REQUIRE(begin.bytes == 3 * 4096);
  REQUIRE(begin.payload.size() == 2 * 4096 + 1);
  REQUIRE(begin.size_after == 10 * 4096);
}

TEST_CASE_METHOD(SmallDisk, "a write that begins where nothing fits changes nothing, until there is space") {
  auto file = file_with(std::string(40960, 'x'));
  REQUIRE(error_of(write(*file, 40960, "y")) == ENOSPC);
  REQUIRE(file->size() == 40960);
  REQUIRE(entries<OpBegin>().at(2).payload.size() == 0);
  REQUIRE(file->truncate(4096));
  REQUIRE(write(*file, 40960, "y"));
  REQUIRE(free_bytes() == 8 * 4096);
}

TEST_CASE_METHOD(SmallDisk, "a write across the largest size of a file is written up to there") {
  auto file = open("f");
  REQUIRE(error_of(write(*file, kFileBytesMax - 1, "xy")) == EFBIG);
  REQUIRE(file->size() == kFileBytesMax);
  REQUIRE(free_bytes() == 9 * 4096);
}

TEST_CASE_METHOD(SmallDisk, "a durable write that does not fit is not durable: its part is pending") {
  auto file = file_with(std::string(9 * 4096, 'x'));
  REQUIRE(error_of(write_durable(*file, 9 * 4096, std::string(4097, 'y'))) == ENOSPC);
  REQUIRE(file->size() == 40960);
  const Medium left = medium();
  REQUIRE(left.visible().hash_with_extents() == world.visible().hash_with_extents());
  REQUIRE(left.image_count_max() > 1);
}

TEST_CASE_METHOD(SmallDisk,
                 "a write's blocks are used at once, synced or not, and a shrink's are free at once") {
  auto file = file_with(std::string(8192, 'x'));
  REQUIRE(free_bytes() == 40960 - 8192);
  REQUIRE(file->sync());
  REQUIRE(free_bytes() == 40960 - 8192);
  REQUIRE(file->truncate(1));
  REQUIRE(free_bytes() == 40960 - 4096);
}

TEST_CASE_METHOD(SmallDisk, "overwriting and reserved blocks need no space") {
  auto file = open("f");
  REQUIRE(file->allocate(0, 40960, io::KeepSize::yes));
  REQUIRE(free_bytes() == 0);
  REQUIRE(write(*file, 4096, std::string(8192, 'x')));
  REQUIRE(write(*file, 4096, std::string(8192, 'y')));
  REQUIRE(error_of(write(*open("g"), 0, "z")) == ENOSPC);
}

TEST_CASE_METHOD(SmallDisk, "holes take no blocks, and stat says what does") {
  auto file = open("f");
  REQUIRE(write(*file, 1 << 20, "x"));
  REQUIRE(files.stat("f")->size == (1 << 20) + 1);
  REQUIRE(files.stat("f")->allocated_bytes == 4096);
}

TEST_CASE_METHOD(SmallDisk, "a removed file gives its space back when nobody has it open, and not before") {
  auto file = file_with(std::string(8192, 'x'));
  REQUIRE(files.remove("f"));
  REQUIRE(free_bytes() == 40960 - 8192);
  REQUIRE(read(*file, 0, 1) == "x");
  file.reset();
  REQUIRE(free_bytes() == 40960);
}

TEST_CASE_METHOD(SmallDisk, "a file that a rename replaces gives its space back") {
  file_with(std::string(8192, 'x'), "old");
  file_with("new", "new");
  REQUIRE(files.rename("new", "old"));
  REQUIRE(free_bytes() == 40960 - 4096);
}

TEST_CASE("a world knows what is used on the disk that it starts from") {
  SmallDisk before;
  before.file_with(std::string(8192, 'x'));
  REQUIRE(before.files.link("f", "g"));
  const Disk disk = before.world.visible();
  WorldFixture f({.model = &model("ext4-ordered"), .capacity_bytes = 40960, .start = &disk});
  REQUIRE(f.files.space(".")->free_bytes == 40960 - 8192);
  REQUIRE(f.files.stat("g")->link_count == 2);
  REQUIRE(f.files.remove("f"));
  REQUIRE(read(*f.open("g", {}), 0, 3) == "xxx");
}

TEST_CASE_METHOD(WorldFixture, "the write unit is the model's") {
  REQUIRE(files.write_unit_bytes(".") == 512);
  REQUIRE(SmallDisk().files.write_unit_bytes(".") == 4096);
  REQUIRE(error_of(files.write_unit_bytes("none")) == ENOENT);
}

TEST_CASE_METHOD(WorldFixture, "absolute paths start at the same root, and \"..\" never leaves it") {
  REQUIRE(files.make_directory("/d"));
  file_with("hello", "/d/f");
  REQUIRE(read(*open("d/f", {}), 0, 9) == "hello");
  REQUIRE(files.list("/") == Names{"d"});
  REQUIRE(files.list("d/../..") == Names{"d"});
  REQUIRE(error_of(files.remove("/")) == EBUSY);
}

TEST_CASE_METHOD(WorldFixture, "errors name the path as it was given") {
  REQUIRE(io::describe(files.open("no/f", {}).error()) == "open no/f: No such file or directory (ENOENT)");
  REQUIRE(io::describe(files.link("none", "f").error()) == "link f: No such file or directory (ENOENT)");
}

TEST_CASE_METHOD(WorldFixture, "direct files take whole sectors alone") {
  auto file = open("f", {.create = true, .direct = true});
  REQUIRE(write(*file, 512, std::string(512, 'x')));
  REQUIRE(error_of(write(*file, 512, "x")) == EINVAL);
  REQUIRE(error_of(write(*file, 100, std::string(512, 'x'))) == EINVAL);
  REQUIRE(read(*open("f", {}), 1020, 8) == "xxxx");
}

TEST_CASE_METHOD(WorldFixture,
                 "what is written past the page cache is at the device, and durable with a sync") {
  auto file = open("f", {.create = true, .direct = true});
  REQUIRE(files.sync_directory("."));
  const std::uint64_t before = world.device_use().write_bytes;
  REQUIRE(write(*file, 0, std::string(512, 'x')));
  REQUIRE(world.device_use().write_bytes - before == 512);
  REQUIRE(entries<OpBegin>().back().past_cache);
  REQUIRE(medium().image_count_max() > 1);
  REQUIRE(file->sync());
  REQUIRE(world.device_use().write_bytes - before == 512);
  REQUIRE(medium().image_count_max() == 1);
}

TEST_CASE("where the device has no cache, what is written past the page cache is durable") {
  WorldFixture f({.model = &model("ideal")});
  auto file = f.open("f", {.create = true, .direct = true});
  REQUIRE(write(*file, 0, std::string(512, 'x')));
  REQUIRE(f.entries<OpBegin>().back().verb == Verb::write_durable);
  REQUIRE(f.medium().image_count_max() == 1);
}

TEST_CASE_METHOD(WorldFixture,
                 "a write past the page cache overtakes the page: the next read asks the device") {
  auto file = file_with(std::string(4096, 'x'));
  REQUIRE(read(*file, 0, 1) == "x");
  REQUIRE(world.device_use().read_count == 0);
  REQUIRE(write(*open("f", {.direct = true}), 512, std::string(512, 'y')));
  REQUIRE(read(*file, 511, 2) == "xy");
  REQUIRE(world.device_use().read_count == 1);
}

TEST_CASE_METHOD(WorldFixture,
                 "a read past the page cache sends the device what is dirty there, and asks it") {
  auto file = file_with(std::string(1024, 'x'));
  REQUIRE(read(*open("f", {.direct = true}), 0, 512) == std::string(512, 'x'));
  REQUIRE(world.device_use().write_bytes == 512);
  REQUIRE(world.device_use().read_count == 1);
}

TEST_CASE_METHOD(WorldFixture, "writes to a file opened for synced writes are durable writes") {
  auto file = open("f", {.create = true, .dsync = true});
  REQUIRE(write(*file, 0, "x"));
  REQUIRE(entries<OpBegin>().back().verb == Verb::write_durable);
}

TEST_CASE_METHOD(WorldFixture,
                 "offsets that no file has are the caller's mistake, and too long files are refused") {
  auto file = open("f");
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  REQUIRE(error_of(write(*file, kNone, "x")) == EINVAL);
  REQUIRE(error_of(file->truncate(kNone)) == EINVAL);
  REQUIRE(error_of(file->truncate(kFileBytesMax + 1)) == EFBIG);
  REQUIRE(error_of(write(*file, kFileBytesMax, "x")) == EFBIG);
  REQUIRE(file->size() == 0);
}

TEST_CASE_METHOD(WorldFixture, "a lock is refused to a second holder, also by another name") {
  make("LOCK");
  REQUIRE(files.link("LOCK", "other"));
  auto held = files.lock("LOCK");
  REQUIRE(files.lock("other").error().code == io::Code::locked);
  held->reset();
  REQUIRE(files.lock("other"));
}

TEST_CASE_METHOD(WorldFixture, "a lock outlives the name of its file") {
  make("LOCK");
  auto held = files.lock("LOCK");
  REQUIRE(files.remove("LOCK"));
  make("LOCK");
  REQUIRE(files.lock("LOCK"));
}

TEST_CASE_METHOD(WorldFixture, "what is written past the end of a shrunk file leaves zeros between") {
  auto file = file_with("hello");
  REQUIRE(file->truncate(2));
  REQUIRE(write(*file, 5, "x"));
  REQUIRE(read(*file, 0, 9) == std::string("he\0\0\0x", 6));
}

TEST_CASE_METHOD(WorldFixture, "the device is asked past the cache, which first sends it what is dirty") {
  auto file = file_with("hello");
  REQUIRE(read_stored(*file, 1, 9) == "ello");
  REQUIRE(world.device_use().write_bytes == 512);
  REQUIRE(file->sync());
  REQUIRE(world.device_use().write_bytes == 512);
}

TEST_CASE_METHOD(WorldFixture, "a rename is one operation, and its new name comes first") {
  make("a");
  REQUIRE(files.make_directory("d"));
  REQUIRE(files.rename("a", "d/b"));
  const OpBegin begin = entries<OpBegin>().back();
  REQUIRE(begin.names.size() == 2);
  REQUIRE(*begin.names[0].name == "b");
  REQUIRE(begin.names[0].object == begin.object);
  REQUIRE(*begin.names[1].name == "a");
  REQUIRE(begin.names[1].object == kNoObject);
}

TEST_CASE_METHOD(WorldFixture, "a rename onto another name of the same file changes nothing") {
  make("a");
  REQUIRE(files.link("a", "b"));
  REQUIRE(files.rename("a", "b"));
  REQUIRE(entries<OpBegin>().back().names.empty());
  REQUIRE(files.list(".") == Names{"a", "b"});
}

TEST_CASE_METHOD(WorldFixture, "only an open that makes a file creates in the journal") {
  make("f");
  REQUIRE(entries<OpBegin>().back().creates);
  make("f");
  REQUIRE_FALSE(entries<OpBegin>().back().creates);
  REQUIRE(entries<OpBegin>().back().object == world.visible().resolve("f"));
}

TEST_CASE_METHOD(WorldFixture, "an operation that fails is journalled with its errno and changes nothing") {
  REQUIRE(error_of(files.remove("none")) == ENOENT);
  REQUIRE(entries<OpBegin>().back().names.empty());
  REQUIRE(entries<OpEnd>().back().os_error == ENOENT);
}

TEST_CASE_METHOD(WorldFixture, "object numbers are never used twice") {
  make("a");
  const ObjectId first = world.visible().resolve("a");
  REQUIRE(files.remove("a"));
  make("a");
  REQUIRE(world.visible().resolve("a") > first);
}

TEST_CASE_METHOD(WorldFixture, "a write of many pieces is one operation with one payload") {
  auto file = open("f");
  const std::array<io::Bytes, 3> pieces{bytes("hel"), bytes(""), bytes("lo")};
  REQUIRE(file->write_at(3, pieces));
  REQUIRE(entries<OpBegin>().back().payload.size() == 5);
  REQUIRE(read(*file, 3, 9) == "hello");
}

}  // namespace
}  // namespace wallop::sim
