// SPDX-License-Identifier: Apache-2.0
// Life: one opening of the log under stress, from the first of its threads to the last.
//
//   64 writers       append, alone, in batches, and with up to 32 under way; wait, read back what they wrote
//   4 readers        read from anywhere up to the end
//   4 followers      two show what is visible, two what is durable
//   2 caretakers     sync, flush, rotate, verify, statistics, segments
//   1 deleter        deletes behind the writers; 1 copier makes checkpoints and opens them
//
// What surprises: the threads share as little as they can, and publish by relaxed atomics. Every lock of the
// stress's own would order what the log must order, and hide from the thread sanitizer that it does not.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/choices.h"
#include "io/world.h"
#include "wal/stress/judge.h"
#include "wal/wal.h"

namespace wallop::wal::stress {

inline constexpr std::size_t kWriterCount = 64;
inline constexpr std::size_t kReaderCount = 4;
inline constexpr std::size_t kFollowerCount = 4;
inline constexpr std::size_t kCaretakerCount = 2;

// What one thread decides.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : draws_(seed) {}
  // Uniform over 0 .. bound - 1.
  std::uint64_t below(std::uint64_t bound) { return draws_.below(bound, kSite, ordinal_++); }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

 private:
  static constexpr std::uint64_t kSite = base::site_number("wal/stress");
  base::Seeded draws_;
  std::uint64_t ordinal_ = 0;
};

// How much was done, over all lives.
struct Figures {
  std::atomic<std::uint64_t> records, reads, followed, verifications, checkpoints, deletions;
  std::uint64_t rotations = 0, lives = 0;
};

struct LifePlan {
  Options options;
  Ending ending = Ending::closed;
  io::Duration length{};
  std::uint64_t seed = 0;
};

// What a writer knows, from one life to the next.
struct WriterState {
  std::uint64_t next = 1;
  Written written;
};

// What a follower has shown.
struct Shown {
  Lsn last;
  bool saw_end = false;  // It was told that the log is over, and of no deletion before it came to the end.
};

class Life {
 public:
  Life(io::World& world, LifePlan plan, std::vector<WriterState>& writers, Figures& figures,
       Findings& findings);

  // Opens the log, ends it after the plan's length, and judges what another open finds.
  void run();

 private:
  // life.cc
  std::optional<Opened> open();
  void judge_opened();
  void judge_followers(Lsn last);
  using Running = std::vector<std::unique_ptr<io::Thread>>;
  void spawn(Running& into, std::string_view name, std::size_t count, void (Life::*body)(std::size_t));
  void end();
  // Whether what was asked for came about. What failed otherwise than a log that ends may fail, or with
  // `also`, is a finding.
  bool holds(const io::Status& status, std::string_view what, std::optional<io::Code> also = std::nullopt);
  template <class T>
  bool holds(const io::Result<T>& result, std::string_view what,
             std::optional<io::Code> also = std::nullopt) {
    return holds(result ? io::Status() : io::Status(io::Failure(result.error())), what, also);
  }
  [[nodiscard]] bool is_over() const { return is_over_.load(std::memory_order_relaxed); }
  [[nodiscard]] Dice dice_of(std::string_view role, std::size_t index) const;
  void pause(Dice& dice, std::chrono::microseconds at_most);

  // writers.cc
  void write(std::size_t writer);
  // Records whose tickets nobody has asked yet, in order.
  struct Flight {
    Ticket ticket;
    Found record;
  };
  using Flights = std::vector<Flight>;
  enum class How : std::uint8_t { waits, flies };
  bool append(std::size_t writer, Dice& dice, Flights& flights);
  io::Result<Appended> start(const Record& record, Flights& flights);
  void land(WriterState& state, Flights& flights);
  bool acknowledge(WriterState& state, Dice& dice, How how);
  bool read_back(const Name& name, const Appended& appended, Dice& dice);

  // watchers.cc
  void read(std::size_t reader);
  // Reads to the end.
  Sequence read_all(Wal& wal, Position from);
  void follow(std::size_t follower);
  std::optional<Follower> follow_on(Sequence& sequence, Visibility visibility);

  // caretakers.cc
  void remove(std::size_t);
  void take_care(std::size_t caretaker);
  void compare_marks(Stats& before);
  void judge_segments();
  void verify();
  void copy(std::size_t);
  void judge_copy(const Checkpoint& copy);
  void remove_copy();

  io::World& world_;
  const LifePlan plan_;
  std::vector<WriterState>& writers_;
  Figures& figures_;
  Findings& findings_;
  std::optional<Wal> wal_;
  std::atomic<bool> is_over_ = false;
  std::unique_ptr<io::Mutex> follow_gate_;  // No follower is made once the log may be destroyed.
  std::vector<Shown> shown_;                // By each follower.
  Running threads_, followers_;
};

}  // namespace wallop::wal::stress
