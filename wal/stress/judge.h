// SPDX-License-Identifier: Apache-2.0
// The judges of the stress: what a stream of records must be, and what an open must find.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/threads.h"
#include "wal/record.h"
#include "wal/stress/content.h"

namespace wallop::wal::stress {

// What did not hold, told by any thread.
class Findings {
 public:
  explicit Findings(io::Threads& threads) : mutex_(threads.make_mutex()) {}

  // "" is none.
  void add(std::string sentence);
  [[nodiscard]] std::vector<std::string> all() const;

 private:
  std::unique_ptr<io::Mutex> mutex_;
  std::vector<std::string> sentences_;
};

// Where a record stands.
struct Found {
  std::uint64_t number = 0;  // 0 where there is none.
  Lsn lsn;
};

// Records in the order in which a log shows them, from anywhere in it.
class Sequence {
 public:
  explicit Sequence(std::size_t writer_count) : last_of_(writer_count) {}

  // What the next record breaks, "" for nothing: it is whole, its LSN is the next one, its number is its
  // writer's next one, and nothing stands inside a batch that is not of it.
  std::string take(const RecordView& view);
  // Records were deleted before they were read: the next one may stand further on, but not further back.
  void skip();
  // What it breaks that no record follows: a batch is there whole.
  [[nodiscard]] std::string end() const;

  [[nodiscard]] Lsn first() const { return first_; }
  [[nodiscard]] Lsn last() const { return last_; }  // 0 where there is none.
  [[nodiscard]] Found last_of(std::uint64_t writer) const { return last_of_[writer].found; }

 private:
  struct Writer {
    Found found;
    bool is_followed = false;  // The next number must be the one behind it.
  };
  [[nodiscard]] std::string judge(const RecordView& view, const Name& name) const;

  std::vector<Writer> last_of_;
  Lsn first_, last_;
  Name previous_;
  bool has_gap_ = true;  // In front of the next record.
};

// What a writer knows of its records when its log ends.
struct Written {
  Found appended;      // The last one whose append succeeded...
  Found acknowledged;  // ...and the last one that must be there afterwards.
};

// How the log ended: by close(), which keeps all that was appended and nothing that was refused; or without,
// as if the process had ended.
enum class Ending : std::uint8_t { closed, abandoned };

// What the log that was opened again breaks of what writer `writer` knew. `oldest`: its first record, or
// where it holds none the next one's LSN; what stood before was deleted.
std::string judge_survival(const Sequence& log, Lsn oldest, std::uint64_t writer, const Written& written,
                           Ending ending);

}  // namespace wallop::wal::stress
