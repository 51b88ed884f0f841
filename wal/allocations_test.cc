// SPDX-License-Identifier: Apache-2.0
// What appending and reading allocate at steady state: nothing. A program of its own, for its operator new
// counts.
#include "base/testing/allocations.h"
#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using namespace std::chrono_literals;
using base::testing::allocation_count;
using testing::failure_of;
using testing::LogFixture;

// What `work` allocates in this thread.
template <class Work>
std::uint64_t allocated_by(const Work& work) {
  const std::uint64_t before = allocation_count();
  work();
  return allocation_count() - before;
}

class Steady : public LogFixture {
 public:
  Steady() {
    options.spare_segments = 2;
    options.recycle_segments = 2;
    options.evidence = EvidenceLevel::sealed_idle;
  }
  // Appends until the log has rotated so often. Counts failures: a check would allocate.
  std::uint64_t rotate_by_appending(std::uint64_t rotations) {
    const Record record = Record::put("key", payload_);
    const std::uint64_t goal = wal().stats().rotation_count + rotations;
    std::uint64_t failures = 0;
    while (wal().stats().rotation_count < goal) failures += wal().append(record).has_value() ? 0U : 1U;
    return failures;
  }

 private:
  std::string payload_ = std::string(1000, '.');
};

TEST_CASE("the counter counts this thread's allocations") {
  REQUIRE(allocated_by([] { delete new int(1); }) == 1);
  REQUIRE(allocated_by([] { const std::vector<char> bytes(100); }) == 1);
}

TEST_CASE_METHOD(Steady, "an append at steady state allocates nothing, rotation included") {
  options.sync = GENERATE(SyncPolicy{Always{}}, SyncPolicy{Batch{.window = 1ms}}, SyncPolicy{Os{}},
                          SyncPolicy{Os{.buffer_bytes = 10'000, .buffer_time = 1ms}});
  open();
  REQUIRE(rotate_by_appending(12) == 0);
  REQUIRE_OK(wal().delete_segments_before(wal().current_segment_id()));
  std::uint64_t failures = 0;
  REQUIRE(allocated_by([&] { failures = rotate_by_appending(6); }) == 0);
  REQUIRE(failures == 0);
}

TEST_CASE_METHOD(Steady, "reading allocates nothing and copies nothing, record by record") {
  options.sync = Os{.buffer_bytes = 64 << 10};
  options.segment_bytes = 4 << 20;
  value_bytes = 1024;
  open();
  write(3000);
  auto reader = wal().read_from(Lsn(1));
  REQUIRE_OK(reader);
  std::uint64_t count = 0, adjacent = 0;
  const std::byte* end = nullptr;
  const auto read_one = [&] {
    const auto next = reader->next();
    if (!next || !*next) return false;
    ++count;
    // Of one frame the values lie as they lie in the file: crc, head and key between them.
    const io::Bytes value = (*next)->record.value;
    if (end != nullptr && value.data() > end && value.data() < end + 64) ++adjacent;
    end = value.data() + value.size();
    return true;
  };
  REQUIRE(read_one());
  const std::uint64_t allocated = allocated_by([&] {
    while (count < 3000 && read_one()) {
    }
  });
  REQUIRE(allocated == 0);
  REQUIRE(count == 3000);
  REQUIRE(adjacent > 2900);
}

TEST_CASE_METHOD(Steady, "a follower that keeps up allocates nothing") {
  options.segment_bytes = 4 << 20;
  open();
  write(1);
  auto follower = wal().tail(Lsn(1), Visibility::durable);
  REQUIRE_OK(follower);
  const Record record = Record::put("key", "value");
  std::uint64_t shown = 0;
  const auto write_and_follow = [&] {
    for (int i = 0; i < 100; ++i) {
      if (!wal().append(record)) return;
      for (auto next = follower->next(); next && *next; next = follower->next()) ++shown;
    }
  };
  write_and_follow();
  REQUIRE(allocated_by(write_and_follow) == 0);
  REQUIRE(shown == 201);
}

}  // namespace
}  // namespace wallop::wal
