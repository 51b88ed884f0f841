// SPDX-License-Identifier: Apache-2.0
// Linux's text files as they look on real machines.
#include "checklist/probe_parse.h"

#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/testing/scratch_directory.h"
#include "checklist/judge.h"
#include "checklist/probe_system.h"

namespace wallop::checklist {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDiskstats =
    " 259       0 nvme0n1 33281 7948 3118130 12880 33198 10342 2766248 16881 0 11972 32278 6440 55 898256 "
    "1373 2678 "
    "1143\n"
    " 259       1 nvme0n1p1 12 0 900 4 7 0 56 3 0 8 8\n"
    "   8       0 sda 100 0 800 50 200 0 1600 400 0 300 450\n"
    "   7       0 loop0 1 2\n";

constexpr std::string_view kMountinfo =
    "26 1 259:1 / / rw,relatime - ext4 /dev/nvme0n1p1 rw,discard\n"
    "40 26 8:0 / /var/lib rw,noatime shared:1 master:2 - xfs /dev/sda rw,inode64\n"
    "41 26 0:44 / /mnt/with\\040blank rw - tmpfs tmpfs rw,size=4k\n"
    "42 26 0:45 / /var/lib rw - overlay overlay rw,lowerdir=/a\n"
    "broken line\n";

TEST_CASE("a device's counters are those of its own line, whatever it counts beyond") {
  const auto disk = find_disk(kDiskstats, {259, 0});
  REQUIRE(disk.has_value());
  CHECK(disk->reads == 33'281);
  CHECK(disk->writes == 33'198);
  CHECK(disk->sectors_written == 2'766'248);
  CHECK(disk->write_ms == 16'881);
  CHECK(disk->busy_ms == 11'972);
  CHECK(disk->flushes == 2'678);
  CHECK(find_disk(kDiskstats, {8, 0})->flushes == 0);
}

TEST_CASE("a device without a whole line has no counters") {
  CHECK_FALSE(find_disk(kDiskstats, {7, 0}).has_value());
  CHECK_FALSE(find_disk(kDiskstats, {253, 0}).has_value());
  CHECK_FALSE(find_disk("", {8, 0}).has_value());
}

TEST_CASE("the mount of a path is the longest above it, and the last of equals") {
  CHECK(find_mount(kMountinfo, "/home/app")->source == "/dev/nvme0n1p1");
  CHECK(find_mount(kMountinfo, "/var/lib/app")->file_system == "overlay");
  CHECK(find_mount(kMountinfo, "/var/library")->file_system == "ext4");
  CHECK(find_mount(kMountinfo, "/mnt/with blank")->file_system == "tmpfs");
  CHECK_FALSE(find_mount(kMountinfo, "").has_value());
}

TEST_CASE("a mount keeps its device and its options, with any number of optional words") {
  const auto mount = find_mount(kMountinfo.substr(0, kMountinfo.find("41 ")), "/var/lib");
  REQUIRE(mount.has_value());
  CHECK(mount->device == DeviceNumber{8, 0});
  CHECK(mount->options == "rw,noatime,rw,inode64");
}

TEST_CASE("CPU time counts steal once and guests not twice") {
  const auto cpu = parse_cpu_counters("cpu  100 2 30 4000 5 6 7 8 90 10\ncpu0 1 1 1 1 1 1 1 1\n");
  REQUIRE(cpu.has_value());
  CHECK(cpu->all == 4158);
  CHECK(cpu->idle == 4000);
  CHECK(cpu->stolen == 8);
  CHECK_FALSE(parse_cpu_counters("cpu0 1 2 3 4 5 6 7 8\n").has_value());
}

TEST_CASE("the load is read as it is written, to the hundredth") {
  CHECK(parse_load("6.77 8.80 8.29 3/170 12345\n") == 677);
  CHECK(parse_load("0.05 0.00 0.00 1/1 1\n") == 5);
  for (const char* text : {"", "6", "6.7 8.8", "x.12 1.00"}) CHECK_FALSE(parse_load(text).has_value());
}

TEST_CASE("a value is found behind its name, whatever blanks stand between") {
  CHECK(value_of("processor\t: 0\nmodel name\t: AMD EPYC\nmodel name\t: other\n", "model name") ==
        "AMD EPYC");
  CHECK(value_of("MemTotal:       24683620 kB\n", "MemTotal") == "24683620 kB");
  CHECK(value_of("model\t: 1\n", "model name").empty());
  CHECK(chosen_word("none [mq-deadline] kyber bfq") == "mq-deadline");
  CHECK(chosen_word("none") == "none");
}

TEST_CASE("utilisation, wait and rates are those that iostat gives") {
  const DiskCounters before{.reads = 10,
                            .read_ms = 20,
                            .writes = 100,
                            .sectors_written = 1000,
                            .write_ms = 200,
                            .busy_ms = 500,
                            .flushes = 10,
                            .flush_ms = 30};
  const DiskCounters after{.reads = 20,
                           .read_ms = 40,
                           .writes = 290,
                           .sectors_written = 9000,
                           .write_ms = 580,
                           .busy_ms = 1500,
                           .flushes = 50,
                           .flush_ms = 130};
  const DiskUse use = disk_use(before, after, 4s);
  CHECK(use.busy_millionths == 25'000'000);
  CHECK(use.await == 2ms);
  CHECK(use.writes_per_second == 47);
  CHECK(use.write_bytes_per_second == 1'024'000);
  CHECK(use.flushes_per_second == 10);
  CHECK(use.flush_await == 2500us);
}

TEST_CASE("a device cannot be busier than all the time, and no request is no wait") {
  const DiskUse use = disk_use({}, {.busy_ms = 1010}, 1s);
  CHECK(use.busy_millionths == 100'000'000);
  CHECK(use.await == 0ms);
}

TEST_CASE("this machine tells its own memory, its kernel and the file system of a directory") {
  const base::testing::ScratchDirectory scratch;
  SystemProbes probes(scratch.path());
  const MachineFacts facts = probes.facts();
  CHECK(facts.kernel.starts_with("Linux "));
  CHECK(facts.cpu_count > 0);
  CHECK_FALSE(facts.file_system.empty());
  CHECK(probes.resident_bytes().value_or(0) > 100'000);
  CHECK(probes.cpu_counters().has_value());
}

TEST_CASE("a directory that is not there has no device, and a file that is not there no pages to drop") {
  SystemProbes probes("/no/such/directory");
  CHECK_FALSE(probes.disk_counters().has_value());
  CHECK(probes.drop_cached("/no/such/file").error().code == io::Code::not_found);
}

TEST_CASE("dropping a file's pages is refused where the kernel keeps them, never taken for done") {
  // Goal: a file system in memory takes the advice and keeps every page. Method: one that every Linux has.
  std::string path = "/dev/shm/wallop-test-XXXXXX";
  const int file = ::mkstemp(path.data());
  if (file < 0) return;  // None here: nothing to see.
  REQUIRE(::write(file, "page", 4) == 4);
  SystemProbes probes("/dev/shm");
  const io::Status dropped = probes.drop_cached(path);
  ::close(file);
  ::unlink(path.c_str());
  REQUIRE_FALSE(dropped.has_value());
  CHECK(dropped.error().code == io::Code::unsupported);
}

}  // namespace
}  // namespace wallop::checklist
