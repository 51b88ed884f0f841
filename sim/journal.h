// SPDX-License-Identifier: Apache-2.0
// Journal: the one ordered list of what happened in a world. Everything else is computed from it: crash
// images, the oracles' questions, the story of a failure; its hash is the proof of determinism.
//
// An operation has two entries, its begin and its end; a *cut* falls between any two entries, so that power
// can fail inside concurrent operations. Cut n is "after the first n entries". What an operation changes is
// pending from its begin on; a sync's begin freezes what it covers, and its end makes that durable. What the
// caller was told (the end's errno) and what reached the medium (the begin's effect) are kept apart: a lost
// sync succeeds and reaches nothing.
#pragma once

#include <boost/container/deque.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "faults/effect.h"
#include "faults/op.h"
#include "io/time.h"
#include "sim/block_pool.h"
#include "sim/object.h"
#include "sim/ready_queue.h"

namespace wallop::sim {

// An operation begins. Its change is visible from here on (a failed operation has none).
struct OpBegin {
  OpId op = 0;
  faults::Verb verb = faults::Verb::open;
  ObjectId object{};         // The file or directory that it is about; of an open that creates, the new file.
  bool creates = false;      // An open that made `object`, or a make_directory.
  std::uint64_t offset = 0;  // Bytes.
  std::uint64_t bytes = 0;  // What it asked for; a write has applied payload.size() of them, if it fails too.
  Payload payload{};        // Of a write.
  bool past_cache = false;  // Of a read or write by O_DIRECT: the device is sent it at once, or asked.
  // The file's size from here on, where the operation changes it.
  std::optional<std::uint64_t> size_after{};
  std::vector<NameChange> names{};  // Of open (create), rename, link, remove, make_directory.
  // What a fault does to it; null without one.
  std::shared_ptr<const faults::Effect> effect{};
};

struct OpEnd {
  OpId op = 0;
  faults::Verb verb = faults::Verb::open;
  ObjectId object{};
  int os_error = 0;         // What the caller was told; 0 is success.
  std::uint64_t bytes = 0;  // Of a read: how many it gave.
};

// A fault of the plan struck an operation; stands before that operation's begin.
struct FaultFired {
  OpId op = 0;
  std::uint32_t fault = 0;  // Its place in the plan.
};

// Clean pages of a file were dropped from memory: all, with its inode, or those of a range of bytes.
struct Evicted {
  static constexpr std::uint64_t kWholeFile = ~std::uint64_t{0} >> 1;

  ObjectId object{};
  std::uint64_t begin = 0, end = kWholeFile;
};

// ---- What the workload says. `writer` and `sequence` name a record before it has an LSN. ----

// An append is called: from here on its records may appear.
struct Issued {
  std::uint32_t writer = 0;
  std::uint32_t count = 1;
  std::uint64_t sequence = 0;  // Of the first one.
};

// It returned: the records stand at first_lsn and after it.
struct Accepted {
  std::uint32_t writer = 0;
  std::uint32_t count = 1;
  std::uint64_t sequence = 0;
  std::uint64_t first_lsn = 0;
};

// It failed. `unknown`: its records may appear all the same.
struct Refused {
  std::uint32_t writer = 0;
  std::uint32_t count = 1;
  std::uint64_t sequence = 0;
  bool unknown = true;
};

// A promise: every record up to this LSN survives any crash from here on.
struct Promised {
  std::uint64_t lsn = 0;
};

// A reader was given a record.
struct Delivered {
  std::uint32_t reader = 0;
  std::uint64_t lsn = 0;
};

// Anything else worth a place in the order: "rotation", "crash", "deleted".
struct Mark {
  std::string_view what{};  // A literal.
  std::uint64_t value = 0;
};

struct Entry {
  io::Instant at;
  FibreId fibre = 0;
  std::variant<OpBegin, OpEnd, FaultFired, Evicted, Issued, Accepted, Refused, Promised, Delivered, Mark>
      what;

  template <class T>
  [[nodiscard]] const T* get() const {
    return std::get_if<T>(&what);
  }
};

// In order. In blocks, so that a journal that grows moves no entry; not in the small ones of std::deque,
// which are a heap block for each three of them.
using Entries =
    boost::container::deque<Entry, Pooled<Entry>,
                            boost::container::deque_options_t<boost::container::block_size<256U>>>;
static_assert(256 * sizeof(Entry) == BlockPool::kChunkBytes, "a block is a chunk");

enum class JournalMode : std::uint8_t {
  full,  // Keeps everything: any cut can be taken.
  tail,  // Keeps the newest entries: cuts within them.
  hash,  // Keeps the hash and the count alone: no cuts.
};

inline constexpr std::size_t kTailEntries = 10'000;

class Journal {
 public:
  // Of mode tail: so many entries are kept at least, and up to four times as many.
  explicit Journal(JournalMode mode = JournalMode::full, std::size_t tail_entries = kTailEntries);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void add(Entry&& entry);
  void add(const Entry& entry) { add(Entry(entry)); }
  // How many were added; a cut "now" is this number.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Those from cut first() on are kept: all, none, or of a tail the newest. Entry n stands behind cut n.
  [[nodiscard]] std::uint64_t first() const { return count_ - entries_.size() - older_.size(); }
  [[nodiscard]] const Entry& entry(std::uint64_t number) const {
    const std::uint64_t at = number - first();
    return at < older_.size() ? older_[at] : entries_[at - older_.size()];
  }
  // All that are kept; not of a tail.
  [[nodiscard]] const Entries& entries() const;

  using Listener = std::function<void(const Entry&)>;
  // Is told of every entry once it stands here. May not add to this journal. One listener.
  void when_added(Listener listener) { added_ = std::move(listener); }
  // A tail has two parts, so that no entry is ever moved. Once the newer one has as many entries as are to be
  // kept, the keeper is asked at each entry whether it ends here, and has to say yes in the end; before, it
  // is handed the older part, which then goes. Without one it ends at once.
  using Keeper = std::function<bool(const Entries& older, std::uint64_t newer_count)>;
  void when_full(Keeper keeper) { keeper_ = std::move(keeper); }
  // XXH3 over every field of every entry so far, little-endian, field by field: equal on every machine,
  // compiler and optimisation level, and unequal as soon as anything happened otherwise.
  [[nodiscard]] std::uint64_t hash() const;

 private:
  struct Hasher;
  void end_part();

  JournalMode mode_;
  std::size_t tail_entries_;
  std::uint64_t count_ = 0;
  Entries older_, entries_;  // Of a tail, its two parts.
  Listener added_;
  Keeper keeper_;
  std::unique_ptr<Hasher> hasher_;
};

// Of one entry alone, by all its fields: equal entries have equal ones.
[[nodiscard]] std::uint64_t hash_of(const Entry& entry);

// One entry as a line of a story or a trace: "write  3  [4096, 8192)". Paths are the caller's matter.
[[nodiscard]] std::string describe(const Entry& entry);

}  // namespace wallop::sim
