// SPDX-License-Identifier: Apache-2.0
// Latency curves are exact at their points, and every shipped disk is legal and says where its figures come
// from.
#include "sim/device_spec.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/embedded.h"
#include "sim/scaled.h"

namespace wallop::sim {
namespace {

using std::chrono::microseconds;

LatencySpec curve_of_seven() {
  return {microseconds(10),  microseconds(50),   microseconds(90),  microseconds(190),
          microseconds(400), microseconds(2000), microseconds(9000)};
}

TEST_CASE("a curve is exact at its quantiles and straight between them") {
  const LatencyCurve curve(curve_of_seven());
  REQUIRE(curve.at(0) == microseconds(10));
  REQUIRE(curve.at(500'000) == microseconds(50));
  REQUIRE(curve.at(900'000) == microseconds(90));
  REQUIRE(curve.at(990'000) == microseconds(190));
  REQUIRE(curve.at(999'000) == microseconds(400));
  REQUIRE(curve.at(999'900) == microseconds(2000));
  REQUIRE(curve.at(LatencyCurve::kWhole) == microseconds(9000));
  REQUIRE(curve.at(250'000) == microseconds(30));
  REQUIRE(curve.at(945'000) == microseconds(140));
}

TEST_CASE("a median alone is a constant; what is left out is as the quantile below") {
  LatencySpec spec;
  spec.p50 = microseconds(7);
  REQUIRE(LatencyCurve(spec).constant());
  spec.p99 = microseconds(20);
  const LatencyCurve curve(spec);
  REQUIRE_FALSE(curve.constant());
  REQUIRE(curve.at(0) == microseconds(7));
  REQUIRE(curve.at(900'000) == microseconds(7));
  REQUIRE(curve.at(999'999) == microseconds(20));
}

TEST_CASE("latencies that fall, and channels that nobody has, are problems") {
  DeviceSpec spec;
  REQUIRE_FALSE(problem_of(spec));
  spec.flush.latency.p50 = microseconds(5);
  spec.flush.latency.p99 = microseconds(4);
  REQUIRE(problem_of(spec) == "the latencies of flush do not rise from best to worst");
  spec.channels = 0;
  REQUIRE(problem_of(spec) == "0 channels are not between 1 and 1024");
}

TEST_CASE("dirty bytes add what the table says, straight lines between, and so much a MiB beyond") {
  FlushSpec spec;
  spec.by_dirty = {{{4096}, microseconds(200)}, {{1 << 20}, microseconds(1000)}};
  spec.per_dirty_mib = microseconds(500);
  const DirtyCurve curve(spec);
  REQUIRE(curve.at(0) == microseconds(0));
  REQUIRE(curve.at(2048) == microseconds(100));
  REQUIRE(curve.at(4096) == microseconds(200));
  REQUIRE(curve.at(1 << 20) == microseconds(1000));
  REQUIRE(curve.at(3 << 20) == microseconds(2000));
}

TEST_CASE("tables that fall, credit without a rate, and waiting for nobody are problems") {
  DeviceSpec dirty, credit, waits, never;
  dirty.flush.by_dirty = {{{4096}, microseconds(9)}, {{8192}, microseconds(8)}};
  REQUIRE(problem_of(dirty) == "what dirty bytes add to a flush does not rise");
  credit.limits.operations_burst = 9;
  REQUIRE(problem_of(credit) == "\"operations_burst\" without \"operations_per_second\" limits nothing");
  waits.writeback.dirty_max.value = 1;
  REQUIRE(problem_of(waits)->starts_with("writers would wait for writeback that never starts"));
  never.writeback.age = microseconds(1);
  REQUIRE(problem_of(never) == "writeback by age needs \"every\": how often it looks");
}

TEST_CASE("a sync on the disk of nori-wal's documentation takes what its table says, by dirty bytes") {
  const DeviceSpec& disk = *find_disk("nori-docs");
  const auto sync = [&](std::uint64_t dirty) {
    io::Duration took = disk.flush.latency.p50 + DirtyCurve(disk.flush).at(dirty);
    if (dirty != 0)
      took +=
          disk.write.latency.p50 + scaled(dirty, std::chrono::seconds(1), disk.write.bytes_per_second.value);
    return std::chrono::duration_cast<microseconds>(took).count();
  };
  REQUIRE(sync(0) == 12);
  REQUIRE(sync(4096) == 245);
  REQUIRE(sync(64 << 10) == Approx(1200).epsilon(0.001));
  REQUIRE(sync(1 << 20) == Approx(2100).epsilon(0.001));
  REQUIRE(sync(10 << 20) == Approx(8700).epsilon(0.001));
}

TEST_CASE("every shipped disk parses, is legal and has a source for each figure") {
  REQUIRE(disk_files().size() == 6);
  for (const EmbeddedFile& file : disk_files()) {
    INFO(file.name);
    DeviceSpec disk;
    REQUIRE(base::read_document(file.text, disk).empty());
    REQUIRE_FALSE(problem_of(disk));
    for (const std::string& source :
         {disk.about, disk.channels_source, disk.read.source, disk.write.source, disk.flush.source,
          disk.commit.source, disk.page_cache.source, disk.writeback.source})
      REQUIRE_FALSE(source.empty());
    REQUIRE((disk.limits.source.empty() == (disk.limits.operations_per_second == 0)));
  }
}

TEST_CASE("disks are found by name, and a disk that prints reads back to the same") {
  REQUIRE(disk_names() == std::vector<std::string_view>{"cloud-gp3", "hdd-7200", "instant", "nori-docs",
                                                        "nvme-consumer", "nvme-plp", "sata-ssd"});
  REQUIRE(find_disk("nvme-pl") == nullptr);
  const base::json::Value printed = base::print(*find_disk("nvme-plp"));
  DeviceSpec again;
  REQUIRE(base::read_document(base::json::to_text(printed, base::json::Layout::indented), again).empty());
  REQUIRE(base::print(again) == printed);
}

}  // namespace
}  // namespace wallop::sim
