// SPDX-License-Identifier: Apache-2.0
// One short life after the other.
#include "wal/fuzz/sample_logs.h"

#include <optional>
#include <utility>

#include "base/ensure.h"
#include "wal/footer.h"
#include "wal/fuzz/memory_world.h"
#include "wal/segment_name.h"
#include "wal/wal.h"

namespace wallop::wal::fuzz {
namespace {

using testing::MemoryFiles;

// A log that is lived with: what fails here is our bug.
class Life {
 public:
  Options options = testing::memory_options();

  Life& open() {
    auto opened = Wal::open(memory_.world(), options);
    base::ensure(opened.has_value(), "a sample log opens");
    wal_.emplace(std::move(opened->wal));
    return *this;
  }
  Life& append(const Record& record) {
    base::ensure(wal_->append(record).has_value(), "a sample log takes a record");
    return *this;
  }
  Life& write(int count) {
    for (int i = 0; i < count; ++i) append(Record::put("key " + std::to_string(++written_), "value"));
    return *this;
  }
  Life& batch(std::size_t value_bytes = 1) {
    const std::string value(value_bytes, 'b');
    const std::vector<Record> records{Record::put("a", value), Record::erase("b"), Record::put("c", value)};
    base::ensure(wal_->append_batch(records).has_value(), "a sample log takes a batch");
    return *this;
  }
  Life& rotate() {
    base::ensure(wal_->rotate().has_value(), "a sample log rotates");
    return *this;
  }
  Life& delete_old() {
    const auto deleted = wal_->delete_segments_before(wal_->current_segment_id());
    base::ensure(deleted.has_value(), "a sample log gives up old segments");
    return *this;
  }
  Life& close() {
    base::ensure(wal_->close().has_value(), "a sample log closes");
    return end();
  }
  Life& end() {
    wal_.reset();
    return *this;
  }
  // The power fails within the next calls, and what follows them is torn.
  Life& lose_power(std::uint64_t calls) {
    memory_.files().cut_power_after(calls);
    std::ignore = wal_->append(Record::put("torn", std::string(1500, 't')));
    wal_.reset();
    base::Seeded draws(calls);
    memory_.files().crash(draws);
    return *this;
  }
  Life& zero(std::uint64_t segment, std::uint64_t from, std::uint64_t count) {
    const std::string path = segment_path("log", SegmentId(segment));
    auto file = memory_.world().files.open(path, {});
    base::ensure(file && (*file)->write_at(from, io::Bytes(std::vector<std::byte>(count))),
                 "a sample log is damaged");
    return *this;
  }
  Life& remove(std::uint64_t segment) {
    base::ensure(memory_.world().files.remove(segment_path("log", SegmentId(segment))).has_value(),
                 "a sample log loses a file");
    return *this;
  }
  [[nodiscard]] MemoryFiles::Contents files() { return memory_.files().contents(); }

 private:
  testing::MemoryWorld memory_;
  std::optional<Wal> wal_;
  int written_ = 0;
};

constexpr std::uint64_t kFirstFrames = (kDataBlock + 1) * testing::kSectorBytes;

using Live = void (*)(Life&);
struct Sample {
  const char* name;
  Live live;
};

void write_marks(Life& life) {
  life.options.evidence = EvidenceLevel::synchronous;
}

// The last records stand where records of a deleted segment stood.
Life& recycle(Life& life) {
  life.options.recycle_segments = 1;
  return life.open().write(12).rotate().write(1).delete_old().rotate().write(1).rotate().write(2);
}

constexpr Sample kSamples[] = {
    // As their owners left them.
    {"new", [](Life& life) { life.open().end(); }},
    {"one_record", [](Life& life) { life.open().write(1).end(); }},
    {"closed", [](Life& life) { life.open().write(3).close(); }},
    {"batch", [](Life& life) { life.open().write(1).batch().close(); }},
    {"batch_of_frames",
     [](Life& life) {
       life.options.frame_bytes_max = kFrameBytesMin;
       life.open().write(1).batch(400).batch(400).close();
     }},
    {"shapes",
     [](Life& life) {
       const std::string text(300, 'v');
       life.open().append(Record::put("", "")).append(Record::erase("k"));
       life.append(Record::put("l", text).with_compression(Compression::lz4));
       life.append(Record::put("z", text).with_compression(Compression::zstd));
       life.append(Record::put("k", "v").with_version({3, 4}));
       life.append(Record::put_with_ttl(bytes_of("k"), bytes_of("v"), std::chrono::seconds(1), {})).end();
     }},
    {"rotated_with_marks",
     [](Life& life) {
       write_marks(life);
       life.open().write(2).rotate().write(2).rotate().write(1).close();
     }},
    {"reopened", [](Life& life) { life.open().write(1).end().open().end().open().write(1).end(); }},
    {"low_water", [](Life& life) { life.open().write(1).rotate().write(1).delete_old().write(1).end(); }},
    {"filled_with_zeros",
     [](Life& life) {
       life.options.preallocate = Preallocate::zero_fill;
       life.open().write(2).close();
     }},
    {"recycled", [](Life& life) { recycle(life).end(); }},
    {"recycled_and_reopened", [](Life& life) { recycle(life).close().open().write(1).close(); }},
    // After a crash, or worse.
    {"torn", [](Life& life) { life.open().write(2).lose_power(1); }},
    {"torn_rotation", [](Life& life) { life.open().write(12).lose_power(9); }},
    {"recycled_and_torn", [](Life& life) { recycle(life).lose_power(2); }},
    {"damaged", [](Life& life) { life.open().write(4).close().zero(1, kFirstFrames, 64); }},
    {"loss_accepted",
     [](Life& life) {
       life.open().write(4).close().zero(1, kFirstFrames + testing::kSectorBytes, 64);
       life.options.recovery = RecoveryMode::prefix;
       life.open().write(1).end();
     }},
    {"last_segments_gone",
     [](Life& life) {
       write_marks(life);
       life.open().write(2).rotate().write(1).rotate().write(1).end().remove(2).remove(3);
     }},
    {"header_gone",
     [](Life& life) {
       life.open().write(1).rotate().write(1).end().zero(1, 0, kHeaderCopies * testing::kSectorBytes);
     }},
};

}  // namespace

std::vector<SampleLog> sample_logs() {
  std::vector<SampleLog> logs;
  for (const Sample& sample : kSamples) {
    Life life;
    sample.live(life);
    logs.push_back({sample.name, life.files()});
  }
  return logs;
}

}  // namespace wallop::wal::fuzz
