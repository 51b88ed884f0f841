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

// What `work` allocates in this thread.
template <class Work>
std::uint64_t allocated_by(const Work& work) {
  const std::uint64_t before = allocation_count();
  work();
  return allocation_count() - before;
}

// On the machine itself: the fixture of the other tests writes down what is asked of its files.
class Steady {
 public:
  Steady() {
    options.directory = "log";
    options.segment_bytes = kBlocksPerSegmentMin * testing::kBlock;
    options.spare_segments = 2;
    options.recycle_segments = 2;
  }

  Wal& open() {
    auto opened = Wal::open(machine_.world(), options);
    REQUIRE_OK(opened);
    wal_.emplace(std::move(opened->wal));
    return *wal_;
  }
  // How many failed: a check of each would allocate.
  std::uint64_t append(std::uint64_t count, std::string_view value) {
    const Record record = Record::put("key", value);
    std::uint64_t failures = 0;
    for (std::uint64_t i = 0; i < count; ++i) failures += wal_->append(record).has_value() ? 0U : 1U;
    return failures;
  }

  Options options;

 private:
  base::testing::ScratchDirectory scratch_;
  io::PosixWorld machine_{scratch_.path()};
  std::optional<Wal> wal_;
};

TEST_CASE("the counter counts this thread's allocations") {
  std::unique_ptr<int> kept;
  std::vector<char> bytes;
  REQUIRE(allocated_by([&] { kept = std::make_unique<int>(1); }) == 1);
  REQUIRE(allocated_by([&] { bytes.resize(100); }) == 1);
}

TEST_CASE_METHOD(Steady, "an append at steady state allocates nothing, rotation included") {
  options.sync = GENERATE(SyncPolicy{Always{}}, SyncPolicy{Batch{.window = 1ms}}, SyncPolicy{Os{}},
                          SyncPolicy{Os{.buffer_bytes = 10'000, .buffer_time = 1ms}});
  Wal& log = open();
  const std::string value(1000, '.');
  REQUIRE(append(200, value) == 0);
  REQUIRE_OK(log.delete_segments_before(log.current_segment_id()));
  const std::uint64_t rotations = log.stats().rotation_count;
  std::uint64_t failures = 0;
  REQUIRE(allocated_by([&] { failures = append(200, value); }) == 0);
  REQUIRE(failures == 0);
  REQUIRE(log.stats().rotation_count >= rotations + 3);
}

TEST_CASE_METHOD(Steady, "reading allocates nothing and copies nothing, record by record") {
  options.sync = Os{.buffer_bytes = 64 << 10};
  options.segment_bytes = 4 << 20;
  Wal& log = open();
  REQUIRE(append(3000, std::string(1024, '.')) == 0);
  auto reader = log.read_from(Lsn(1));
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
  options.sync = Always{};
  Wal& log = open();
  auto follower = log.tail(Lsn(1), Visibility::durable);
  REQUIRE_OK(follower);
  std::uint64_t shown = 0;
  const auto write_and_follow = [&] {
    for (int i = 0; i < 100; ++i) {
      if (append(1, "value") != 0) return;
      for (auto next = follower->next(); next && *next; next = follower->next()) ++shown;
    }
  };
  write_and_follow();
  REQUIRE(allocated_by(write_and_follow) == 0);
  REQUIRE(shown == 200);
}

}  // namespace
}  // namespace wallop::wal
