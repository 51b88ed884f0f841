// SPDX-License-Identifier: Apache-2.0
// Oracles: did the engine keep its promises? They know what was issued, accepted and promised from the
// journal alone, and what is left from the engine's own reader.
//
// Every record is *acknowledged* (must survive), *unknown* (failed or in flight: may or may not), or *never
// issued* (must not appear). Bytes are f(seed, writer, sequence), so the oracles keep counters and no copies.
//
//   durable   everything acknowledged is there; in a world that loses by its model, what is lost and can be
//             proved was told
//   prefix    what is found is 1..k, without a hole; each writer's records in order, none twice, none never
//             issued
//   intact    keys and values as they were written
//   opens     recovery succeeds, unless the world lied about durability: then it must say so, with the range
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/run/engine.h"
#include "scenarios/run/scenario.h"
#include "sim/journal.h"

namespace wallop::scenarios {

// In the order in which they are asked; prefix and intact together, record by record.
[[nodiscard]] const std::vector<std::string_view>& oracle_names();

// Marks of the workload that Promises reads: a deletion begins; it returned, and keeps the LSNs from `value`
// on.
inline constexpr std::string_view kDeletionBegins = "delete";
inline constexpr std::string_view kDeleted = "deleted";
// A mark of a recovery that is written to again: it found the records up to `value`, and what was accepted
// behind them is gone for good: their LSNs are given again.
inline constexpr std::string_view kRecovered = "recovered";
// A mark that faults may wait for, of the worlds in which what a crash left is recovered.
inline constexpr std::string_view kCrashed = "crash";

// What the journal says up to a cut. Follows entry by entry, as sim::Medium does.
class Promises {
 public:
  void apply(const sim::Entry& entry);
  // What only a crash of the process survives, too: to be said last, where that is the crash.
  void promise_too(std::uint64_t lsn);

  // A record that was accepted, and when its append returned.
  struct Place {
    std::uint32_t writer = 0;
    std::uint64_t sequence = 0;
    io::Instant at;
  };

  [[nodiscard]] std::uint64_t promised_lsn() const { return promised_lsn_; }
  // The highest LSN that any append returned.
  [[nodiscard]] std::uint64_t accepted_lsn() const { return accepted_lsn_; }
  // Records whose append was called, by writer: sequences 0 .. count - 1.
  [[nodiscard]] std::uint64_t issued_count(std::uint32_t writer) const;
  // Its append failed in a way that says: not appended.
  [[nodiscard]] bool refused(std::uint32_t writer, std::uint64_t sequence) const;
  [[nodiscard]] std::optional<Place> accepted_at(std::uint64_t lsn) const;
  // Calls visit(lsn, place) for each accepted record from `first` on, by rising LSN.
  template <class Visitor>
  void each_accepted(std::uint64_t first, const Visitor& visit) const;
  // Records from here on may not be deleted; nothing while a deletion is under way, which may have come to
  // any segment.
  [[nodiscard]] std::optional<std::uint64_t> first_kept_lsn() const;
  // Grows with every change that an oracle could see.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

 private:
  struct Run {
    std::uint64_t first_lsn = 0;
    std::uint32_t writer = 0;
    std::uint64_t sequence = 0;
    std::uint64_t count = 0;
    io::Instant at;
  };
  // Sequences of one writer: first -> the one behind the last.
  using Ranges = std::map<std::uint64_t, std::uint64_t>;

  void add(const sim::Issued& issued);
  void add(const sim::Accepted& accepted, io::Instant at);
  void add(const sim::Refused& refused);
  void add(const sim::Mark& mark);
  void forget_before(std::uint64_t lsn);
  void forget_behind(std::uint64_t lsn);
  // Those that are kept, by first LSN; the first of them that may hold `lsn`.
  [[nodiscard]] std::vector<Run>::const_iterator run_of(std::uint64_t lsn) const;

  std::uint64_t promised_lsn_ = 0, accepted_lsn_ = 0, first_kept_lsn_ = 1, revision_ = 0;
  bool deleting_ = false;
  // By first LSN. What deletion took stays in front until it is half of them, so that a long run forgets in
  // constant time.
  std::vector<Run> accepted_;
  std::size_t forgotten_count_ = 0;
  std::vector<std::uint64_t> issued_;  // By writer.
  std::map<std::uint32_t, Ranges> refused_;
};

template <class Visitor>
void Promises::each_accepted(std::uint64_t first, const Visitor& visit) const {
  for (auto run = run_of(first); run != accepted_.end(); ++run) {
    for (std::uint64_t i = 0; i < run->count; ++i) {
      if (run->first_lsn + i < first) continue;
      visit(run->first_lsn + i, Place{run->writer, run->sequence + i, run->at});
    }
  }
}

enum class Loss : std::uint8_t {
  none,
  told,          // Recovery refused, and named it.
  undetectable,  // No byte that survived proves that there was more.
  silent,        // A byte proves it, and recovery said nothing: the worst.
};

// What one recovery came to.
struct Finding {
  std::string oracle;  // The first that failed; "" where all held.
  std::string what;    // "LSN 2 was acknowledged and is gone".
  Loss loss = Loss::none;
  std::uint64_t promised_lsn = 0;
  std::uint64_t found_first = 1, found_last = 0;
  std::uint64_t found_bytes = 0;  // Keys and values.
  io::Duration recovery_time{};
  std::uint64_t bytes_scanned = 0;
  std::uint64_t file_count = 0;      // Names in the log's directory at the end.
  std::optional<io::Error> refused;  // Where the engine did not open.

  [[nodiscard]] bool failed() const { return !oracle.empty(); }
};

// Whose fault it is where an acknowledged record is gone.
enum class Blame : std::uint8_t {
  log,    // The world keeps its word, and so must the log.
  fault,  // A fault lied about durability: the promise is broken, and recovery may refuse if it says so.
  world,  // It loses, by its model or by bytes that went bad: losses are counted, and the log fails by a
          // silent one alone.
};

// What may keep an engine that does all right from opening, or from showing everything: it proves nothing.
enum class Disturbed : std::uint8_t {
  never,
  by_what_is_left,  // The medium gives errors that faults left behind: to hand one on is honest.
  by_faults,  // Likewise those that strike recovery; and to say that bytes are bad, where they make them so.
};

// What the oracles need to know of a run besides its journal.
struct Judged {
  const EngineKind* engine = nullptr;
  const EngineOptions* options = nullptr;
  const Workload* workload = nullptr;
  std::uint64_t seed = 1;
  std::vector<std::string_view> oracles;  // Which are asked.
  Blame blame = Blame::log;
  Disturbed disturbed = Disturbed::never;
};

// Opens the engine in `world` (a crash image) and asks the oracles. To be called inside world.run(). The
// engine stays open in `opened`, if given, where it opened.
[[nodiscard]] Finding recover_and_judge(io::World& world, const Judged& judged, const Promises& promises,
                                        std::unique_ptr<Engine>* opened = nullptr);

}  // namespace wallop::scenarios
