// SPDX-License-Identifier: Apache-2.0
// Result: what a run of Wallop found, as plain data. Everything that is reported is computed before it gets
// here; the renderers (HTML, Markdown, JUnit, JSON) only lay it out, and read it back from the JSON.
//
// The JSON form follows from the field lists. Its version never changes shape: new members come with new
// versions. Sentences (why, remedy, finding) are made by the code that judged, never by a template.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/histogram.h"
#include "base/units.h"

namespace wallop::reports {

inline constexpr std::uint32_t kResultVersion = 1;

using base::Duration;

enum class Status : std::uint8_t { pass, fail, warn, skip, inconclusive, manual };
constexpr auto enum_names(Status) {
  using base::EnumName;
  return std::array{EnumName{"PASS", Status::pass},
                    EnumName{"FAIL", Status::fail},
                    EnumName{"WARN", Status::warn},
                    EnumName{"SKIP", Status::skip},
                    EnumName{"INCONCLUSIVE", Status::inconclusive},
                    EnumName{"MANUAL", Status::manual}};
}

// A latency distribution with its raw buckets, so that merging two results is exact.
struct Distribution {
  std::string metric;  // "append.latency"; nanoseconds.
  base::Histogram histogram;

  static void read_json(const base::json::Value& from, Distribution& into, base::Reading& reading);
  static base::json::Value print_json(const Distribution& value);
  static base::json::Value schema_json();
};

// Latencies of one stretch of a run.
struct Interval {
  Duration begin{};  // From the start of the run.
  Duration length{};
  std::uint64_t count = 0;
  Duration p50{}, p99{}, max{};

  template <class Visitor>
  void fields(Visitor& v) {
    v("begin", begin, "From the start of the run.");
    v("length", length, "How long the stretch is.");
    v("count", count, "Operations that ended in it.");
    v("p50", p50, "Median latency.");
    v("p99", p99, "99th percentile.");
    v("max", max, "Largest latency.");
  }
};

// Something that held for a while or happened at an instant (begin == end): a fault, a rotation, a crash.
struct Mark {
  std::string kind;   // "fault", "rotation", "crash".
  std::string label;  // "stall 80 ms".
  Duration begin{}, end{};

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", kind, "fault, rotation or crash.");
    v("label", label, "What to write beside it.");
    v("begin", begin, "From the start of the run.");
    v("end", end, "The same as begin for an instant.");
  }
};

// A limit that was judged: a metric expression of a scenario, or an item of the checklist.
struct Verdict {
  Status status = Status::pass;
  std::string id;        // "append.p99", "append.latency.p99 < 100ms", "durable".
  std::string observed;  // "1.84 ms"; "" where nothing was measured.
  std::string limit;     // "< 10 ms"; "" where there is none.
  // Of the limit, in parts per thousand, used by what was observed: 1000 is at the limit. Absent without a
  // limit.
  std::optional<std::uint64_t> used_permille;
  std::uint64_t count = 0;  // Samples behind it.
  std::string remark;       // "device floor 7.6 ms -> the disk, not the log"; the reason of a SKIP.
  std::string remedy;       // What to do about a failure; "" where there is nothing to say.

  template <class Visitor>
  void fields(Visitor& v) {
    v("status", status, "What was found.");
    v("id", id, "What was judged.");
    v("observed", observed, "The figure, with its unit.");
    v("limit", limit, "What it must be.");
    v("used_permille", used_permille, "Share of the limit that is used, in parts per thousand.");
    v("count", count, "Samples behind the figure.");
    v("remark", remark, "Why, or what stands beside it.");
    v("remedy", remedy, "What to do about it.");
  }
};

// What one fault of the plan did.
struct FaultReceipt {
  std::string scenario, label, trigger;
  std::uint64_t seen = 0, fired = 0, felt_errors = 0, felt_bytes = 0;
  Duration felt_wait{};
  std::string first;    // "op 412 at 10 s"; "" where it never fired.
  std::string error{};  // The errno of the first: "EIO"; "" where it did not fail.
  std::uint64_t entry =
      0;               // The journal entry of the first; 0 where it never fired, or of several runs together.
  bool drawn = false;  // By a swarm: that it never fires is chance.

  // It was armed, and proves nothing: a mistake of the plan's, unless chance alone decided.
  [[nodiscard]] bool never_fired() const { return fired == 0 && !drawn; }

  template <class Visitor>
  void fields(Visitor& v) {
    v("scenario", scenario, "Where it was armed.");
    v("label", label, "Its kind and place in the plan.");
    v("trigger", trigger, "When it was to fire.");
    v("seen", seen, "Operations that it looked at.");
    v("fired", fired, "How often it fired.");
    v("felt_errors", felt_errors, "Calls that returned its errno.");
    v("felt_bytes", felt_bytes, "Bytes of the operations that it changed.");
    v("felt_wait", felt_wait, "Time that it added.");
    v("first", first, "The first operation that it hit.");
    v("errno", error, "What that one returned.");
    v("entry", entry, "The journal entry of that one.");
    v("drawn", drawn, "By a swarm, so that it may never fire.");
  }
};

// One of the engine's own failure points ("wal/sync/returned"), and how often a run passed it.
struct PointRow {
  std::string name;
  std::uint64_t passed = 0;

  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, "By libfiu's name.");
    v("passed", passed,
      "How often the run passed it, its recovery included; crash states that are explored are not.");
  }
};

// How many crash states were walked, and whether that was all of them.
struct StateCount {
  std::string strategy;        // "exhaustive", "sampled".
  std::uint64_t cuts = 0;      // Points in the journal at which power was lost.
  std::uint64_t images = 0;    // Disks that the model allows there, each recovered from.
  std::uint64_t distinct = 0;  // Different (disk, promise) pairs among them.
  std::uint64_t failures = 0, silent = 0, undetectable = 0;
  std::uint64_t recovery_depth = 0;
  std::uint64_t schedules_asked = 1;         // So many were to be tried.
  std::uint64_t schedules = 1;               // Under which the workload ran.
  std::uint64_t schedules_distinct = 1;      // Different runs among them: of equal ones one is walked.
  std::uint64_t first_failure_schedule = 0;  // The how-manieth run showed the first failure; 0: none did.
  std::uint64_t first_failure_state = 0;     // The how-manieth state of all; 0: it was the run itself.
  bool all = false;                          // Every state within the bounds was walked.
  std::string bounds;                        // What was left out, in words; "" where all is true.
  std::uint64_t states_per_second = 0;       // Wall time: 0 where it was not measured.

  template <class Visitor>
  void fields(Visitor& v) {
    v("strategy", strategy, "How states were chosen.");
    v("cuts", cuts, "Points in the journal at which power was lost.");
    v("images", images, "Disks recovered from, over all cuts and depths.");
    v("distinct", distinct, "Different (disk, promise) pairs among them.");
    v("failures", failures, "States in which an oracle failed.");
    v("silent", silent, "Failures in which recovery hid a loss that the disk still proved.");
    v("undetectable", undetectable, "Losses that left no evidence on the disk.");
    v("recovery_depth", recovery_depth, "How often power was lost again during recovery.");
    v("schedules_asked", schedules_asked, "Schedules that were to be tried.");
    v("schedules", schedules, "Schedules under which the workload ran.");
    v("schedules_distinct", schedules_distinct, "Different runs among them: of equal ones one is walked.");
    v("first_failure_schedule", first_failure_schedule,
      "Runs up to the one that failed first; 0 without a failure.");
    v("first_failure_state", first_failure_state,
      "States up to the one that failed first; 0 where the run itself failed.");
    v("all", all, "Whether every state within the bounds was walked.");
    v("bounds", bounds, "What was left out.");
    v("states_per_second", states_per_second, "On the machine that made this result.");
  }
};

// One line of a counterexample's story.
struct StoryLine {
  std::uint64_t number = 0;  // The journal entry.
  std::string verb;          // "write", "sync dir", "append", "POWER LOSS".
  std::string subject{};     // A file's name, "LSN 2".
  std::string extent{};      // "[0, 4096)"; "".
  std::string note{};        // "durable", "acknowledged", "never synced".
  std::string fibre{};       // Which thread did it: "writer 1".

  template <class Visitor>
  void fields(Visitor& v) {
    v("number", number, "The journal entry.");
    v("verb", verb, "What was done.");
    v("subject", subject, "To what.");
    v("extent", extent, "To which part of it.");
    v("note", note, "What it changed.");
    v("fibre", fibre, "Which thread did it.");
  }
};

// What one name on the disk held when power was lost, and what was left of it: the drawing in the report.
struct DiskRow {
  std::string name;
  std::string before;  // "8192 bytes visible, 4096 synced".
  std::string after;   // "8192 bytes"; "not there".
  std::string why;     // "created at 7, its directory never synced".

  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, "The file.");
    v("before", before, "What was visible and what was synced when power was lost.");
    v("after", after, "What the disk held afterwards.");
    v("why", why, "Why they differ.");
  }
};

// What one thread was at when a run ended before its end.
struct FibreRow {
  std::string name;   // "writer 1".
  std::string doing;  // "waits for mutex 3, held by fibre 1 (writer 0)".
  std::string call;   // Its last call: "in sync of log/1.wal", "after write of log/1.wal"; "" without one.

  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, "The thread.");
    v("doing", doing, "What it waits for.");
    v("call", call, "Its last call, and the file.");
  }
};

struct Story {
  std::string oracle;   // "durable".
  std::string finding;  // "LSN 2 was acknowledged at 10 and is gone".
  std::string promised, found;
  std::string model;
  std::uint64_t shrunk_from = 0;  // Journal entries before shrinking; 0 where nothing was shrunk.
  std::vector<StoryLine> lines;
  std::vector<DiskRow> disk;
  std::vector<FibreRow> fibres{};  // Of a run that ended before its end.
  std::string replay;              // The command that repeats it.

  template <class Visitor>
  void fields(Visitor& v) {
    v("oracle", oracle, "Which promise was broken.");
    v("finding", finding, "How, in a sentence.");
    v("promised", promised, "What had been acknowledged.");
    v("found", found, "What recovery found.");
    v("model", model, "The persistence model.");
    v("shrunk_from", shrunk_from, "Journal entries before shrinking.");
    v("lines", lines, "What happened, in order.");
    v("disk", disk, "The disk before and after.");
    v("fibres", fibres, "What each thread was at when the run ended before its end.");
    v("replay", replay, "The command that repeats it.");
  }
};

struct ScenarioResult {
  Status status = Status::pass;
  std::string name;  // "slow/stalling-disk".
  std::string about;
  std::string file;
  std::string engine, model, disk;
  std::uint64_t seed = 0;
  Duration virtual_time{};
  Duration wall_time{};      // On the machine that made this result; not part of what must be equal.
  std::string journal_hash;  // 16 hex digits.
  std::uint64_t journal_entries = 0;
  std::string summary;            // What to show in one line: a metric, the states walked, the finding.
  std::vector<Verdict> verdicts;  // Oracles first, then metric expressions in the scenario's order.
  std::vector<Distribution> latencies;
  std::vector<Interval> over_time;  // Of append.latency.
  std::vector<Mark> marks;
  std::vector<FaultReceipt> receipts;
  std::vector<PointRow> points;  // None where the engine has none.
  std::uint64_t drawn_from = 0;  // Of a swarm: its faults. 0 where the scenario has none.
  std::string drawn;             // Those of them that this run had, as a scenario's "faults".
  std::optional<StateCount> states;
  std::optional<Story> story;     // Of the failure, where there is one.
  bool expected_failure = false;  // A canary: it passed because it failed as it must.

  template <class Visitor>
  void fields(Visitor& v) {
    v("status", status, "Whether it met its expectations.");
    v("name", name, "Folder and name.");
    v("about", about, "What it shows.");
    v("file", file, "Where it was read from.");
    v("engine", engine, "The engine that ran.");
    v("model", model, "The persistence model.");
    v("disk", disk, "The device.");
    v("seed", seed, "The seed.");
    v("virtual_time", virtual_time, "How long the run lasted in the simulated world.");
    v("wall_time", wall_time, "How long it took here.");
    v("journal_hash", journal_hash, "Of everything that happened: equal on every machine.");
    v("journal_entries", journal_entries, "How much happened.");
    v("summary", summary, "In one line.");
    v("verdicts", verdicts, "Oracles, then metric expressions.");
    v("latencies", latencies, "With raw buckets.");
    v("over_time", over_time, "Append latency over the run.");
    v("marks", marks, "Faults, rotations and crashes.");
    v("receipts", receipts, "What each fault did.");
    v("points", points, "The engine's own failure points.");
    v("drawn_from", drawn_from, "Of a swarm: how many faults it drew from.");
    v("drawn", drawn, "Of a swarm: those that were drawn, as a scenario's \"faults\".");
    v("states", states, "Crash states walked.");
    v("story", story, "The counterexample.");
    v("expected_failure", expected_failure, "It had to fail, and did.");
  }
};

// How long recovery took over how many bytes: one dot of the recovery chart.
struct RecoveryPoint {
  std::string label;  // "warm", "cold".
  std::uint64_t bytes = 0;
  Duration elapsed{}, read_time{}, checksum_time{};

  template <class Visitor>
  void fields(Visitor& v) {
    v("label", label, "warm: from the page cache; cold: from the device.");
    v("bytes", bytes, "Bytes scanned.");
    v("elapsed", elapsed, "From open to ready.");
    v("read_time", read_time, "Of it, reading.");
    v("checksum_time", checksum_time, "Of it, checksums.");
  }
};

// The checklist on one directory.
struct ChecklistResult {
  std::string profile, directory;
  std::string device;  // "ext4 on vda (write cache on)".
  std::string floor;   // "fdatasync 64 KiB p50 3.4 ms p99 7.6 ms".
  std::vector<Verdict> checks;
  std::vector<Distribution> latencies;
  std::vector<Interval> over_time;
  std::vector<Mark> marks;
  std::vector<RecoveryPoint> recovery;

  template <class Visitor>
  void fields(Visitor& v) {
    v("profile", profile, "Which limits.");
    v("directory", directory, "Where it wrote.");
    v("device", device, "What lies under it.");
    v("floor", floor, "What the device itself does.");
    v("checks", checks, "In the profile's order.");
    v("latencies", latencies, "With raw buckets.");
    v("over_time", over_time, "Append latency over the load.");
    v("marks", marks, "Rotations.");
    v("recovery", recovery, "Time over bytes.");
  }
};

struct Fact {
  std::string name, value;  // "CPU", "2 x ...".

  template <class Visitor>
  void fields(Visitor& v) {
    v("name", name, "");
    v("value", value, "");
  }
};

struct Result {
  std::uint32_t version = kResultVersion;
  std::string wallop_version, commit, compiler;
  std::string command;  // As it was typed.
  std::string started;  // RFC 3339, UTC.
  Duration wall_time{};
  std::vector<ScenarioResult> scenarios;
  std::optional<ChecklistResult> checklist;
  std::vector<Fact> environment;

  template <class Visitor>
  void fields(Visitor& v) {
    v("version", version, "Of this format.", base::Need::required);
    v("wallop_version", wallop_version, "");
    v("commit", commit, "What it was built from.");
    v("compiler", compiler, "");
    v("command", command, "As it was typed.");
    v("started", started, "RFC 3339, UTC.");
    v("wall_time", wall_time, "");
    v("scenarios", scenarios, "In the order they ran.");
    v("checklist", checklist, "Of a real disk.");
    v("environment", environment, "Where it ran.");
  }
};

}  // namespace wallop::reports
