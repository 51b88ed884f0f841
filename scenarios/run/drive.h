// SPDX-License-Identifier: Apache-2.0
// Drive: a workload in a simulated world, from the engine's open to the crash or the close: writers, readers,
// deletion, and what is measured meanwhile. Where the process restarts in its midst each life of it has a
// drive and a world of its own, and the next one goes on from what the one before has driven.
//
// A crash stops nothing: the drive takes note of the place in the journal (the cut), measures nothing from
// there on, and lets every fibre end what it is at. State is shared between fibres without locks: one runs at
// a time, and only a seam call lets another one run. What another fibre may have changed is asked again after
// each such call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "scenarios/run/loss.h"
#include "scenarios/run/over_time.h"
#include "scenarios/run/runner.h"
#include "scenarios/run/shown.h"
#include "sim/medium.h"
#include "sim/world.h"

namespace wallop::scenarios {

// What a workload came to, up to its cut, in all lives so far.
struct Driven {
  std::string trouble;       // Why it could not run to its end: the engine did not open. "" where it did.
  bool interrupted = false;  // Somebody asked to stop.
  std::optional<io::Error> close_error;
  std::string early;  // Why the crash came before its time; "".

  std::uint64_t cut = 0;     // How much of the journal counts, of the last life's.
  io::Instant began, ended;  // Of the workload: ended by the crash, or by the close.
  std::uint64_t handed_over_lsn = 0;
  std::uint64_t append_count = 0;  // That returned without an error.
  base::Histogram append, rotation;
  OverTime over_time;  // Of append.
  std::vector<reports::Mark> rotations;
  std::uint64_t rotation_count = 0, rotations_per_mark = 1;
  std::uint64_t accepted_bytes = 0;     // Keys and values.
  std::uint64_t refused_count = 0;      // Records.
  std::optional<Breach> reader_breach;  // What a reader was shown and should not have been.
  sim::DeviceUse device;
  std::uint64_t disk_peak_bytes = 0;
  std::vector<faults::Receipt> receipts;

  sim::Machine machine;              // At the cut.
  std::optional<Finding> recovered;  // What the last restart found.
  LossOf worst_loss;                 // Of all restarts.
  io::Duration longest_recovery{};
};

// One life of the process.
struct Life {
  // What the lives before it left: the journal's word, and what was driven.
  struct Before {
    const Driven& driven;
    const Judged& judged;
    const Promises& promises;
    std::function<void()> recovered;  // Told once the log is open again, and was judged.
  };

  std::optional<Before> before{};           // Not of the first one.
  std::optional<Crash> crash{};             // What cuts it short.
  std::optional<io::Duration> closes_at{};  // From the start of the workload: or it closes the log, and ends.
};

class Drive {
 public:
  // World, engine, scenario and what was before outlive this. A life without an end of its own runs to the
  // workload's and closes the log, if the scenario says so.
  Drive(sim::World& world, const EngineKind& engine, const Scenario& scenario, std::uint64_t seed,
        const Life& life, Interrupted interrupted);

  // Inside world.run().
  void run();
  [[nodiscard]] const Driven& driven() const { return driven_; }
  // From here on nothing counts.
  [[nodiscard]] bool is_cut() const { return over_; }

 private:
  // When a writer's appends fall due.
  struct Pace {
    std::optional<base::Rate> rate;
    io::Instant first;
    std::uint64_t count_max;
    io::Instant end;
  };

  bool open();
  bool reopen();
  void start_writers();
  void start_readers();
  void start_follower(std::uint32_t reader, Visibility visibility);
  void crash();  // At its time, or when the writers are done.
  void join_writers();
  void join_followers();
  void finish();
  void close();
  // From here on nothing counts.
  void cut();
  // Readers and deletion end what they are at.
  void call_off();

  void write(std::uint32_t writer);
  [[nodiscard]] std::uint64_t first_ordinal(std::uint32_t writer) const;
  [[nodiscard]] Pace pace_of(std::uint32_t writer) const;
  // When to make the append of that ordinal; nothing when the writer is done.
  std::optional<io::Instant> await(const Pace& pace, std::uint64_t ordinal);
  void append(const RecordId& first, std::uint64_t count, io::Instant due, std::vector<std::byte>& buffer,
              std::vector<KeyValue>& records);
  void accept(const RecordId& first, std::uint64_t count, io::Instant due, const AppendReceipt& receipt);
  void refuse(const RecordId& first, std::uint64_t count, const io::Error& error);
  void measure(io::Duration latency, io::Instant at, std::uint64_t segment);
  void mark_rotation(std::uint64_t segment, base::Duration when);
  void observe();

  void read_once(std::uint32_t reader);
  // What one reader has been shown.
  struct Reading {
    std::uint32_t reader = 0;
    Visibility visibility = Visibility::visible;
    Shown shown;
    std::uint64_t next = 1;  // The LSN that it has to be shown next.
  };
  void follow(Reading reading, Following* following);
  // Checks a record that a reader was shown.
  [[nodiscard]] std::optional<Breach> deliver(Reading& reading, std::uint64_t lsn, const KeyValue& record);
  // What is wrong with that failure; nothing where it may be.
  [[nodiscard]] std::optional<Breach> judge(const Reading& reading, const io::Error& error) const;
  [[nodiscard]] static Breach at_reader(const Reading& reading, std::string_view oracle,
                                        const std::string& what);
  void complain(std::optional<Breach> breach);
  void promise(std::uint64_t lsn);
  void delete_old();
  // False once the writers are done, or the run is over.
  bool wait_until(io::Instant deadline);

  [[nodiscard]] bool over() const { return over_ || world_.scheduler().ended(); }
  [[nodiscard]] bool calm_down() const { return writers_done_ || over(); }

  sim::World& world_;
  io::World& io_;
  const EngineKind& kind_;
  const Scenario& scenario_;
  Life life_;
  Interrupted interrupted_;
  Records records_;
  Driven driven_;

  std::unique_ptr<io::Mutex> mutex_;      // For changed_ alone.
  std::unique_ptr<io::CondVar> changed_;  // writers_done_ or over_ changed.
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<Following>> followings_;  // They outlive the engine, whose end ends them.
  std::vector<std::unique_ptr<io::Thread>> writers_, others_, followers_;
  bool medium_may_lie_ = false;  // A fault makes bytes go bad.
  bool over_ = false;
  bool writers_done_ = false;
  std::uint64_t asked_count_ = 0;
  std::uint64_t accepted_lsn_ = 0, promised_lsn_ = 0, kept_lsn_ = 1;
  std::uint64_t segment_ = 0;
  bool deleting_ = false;
  bool closed_ = false;  // Without an error: everything accepted is durable.
  std::optional<io::Instant> closed_at_;
};

}  // namespace wallop::scenarios
