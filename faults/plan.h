// SPDX-License-Identifier: Apache-2.0
// Plan: the faults of one run, asked about each operation; and the receipt that proves what was really
// injected.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "faults/effect.h"
#include "faults/fault.h"
#include "faults/op.h"

namespace wallop::faults {

// The first operation that a fault hit, as libfiu's points count too: the how-manieth of its verb on the
// whole device.
struct FirstHit {
  Verb verb = Verb::open;
  std::uint64_t ordinal = 0;
  int os_error = 0;  // 0: it did not fail.
};

// What one fault of the plan did. A fault that was armed and never fired is shown, never hidden.
struct Receipt {
  std::string label;             // "stall 1", "failed_sync sync-3": kind and place in the plan, or its name.
  std::uint64_t seen_count = 0;  // Operations of its verbs and paths that it looked at.
  std::uint64_t fired_count = 0;
  std::uint64_t felt_error_count = 0;  // Calls that returned its errno.
  std::uint64_t felt_bytes = 0;        // Bytes of the operations that it changed.
  // Time that it added, as the device's clock counts it. Where two faults slow one operation, each counts all
  // of it.
  io::Duration felt_wait{};
  std::optional<io::Instant> first_fired = std::nullopt;
  std::optional<io::Instant> last_fired = std::nullopt;
  std::optional<FirstHit> first_hit = std::nullopt;
  std::vector<std::uint64_t> first_ops{};  // The ids of the first eight operations that it hit.
  // As long as its path has matched nothing: the paths that went by, 64 at most.
  std::set<std::string, std::less<>> other_paths{};
  bool has_matched_path = false;
};

// What the same plan did in two worlds. Either may be empty: there it was not armed.
void add_receipts(std::vector<Receipt>& into, const std::vector<Receipt>& from);
[[nodiscard]] std::uint64_t fired_count(const std::vector<Receipt>& receipts);

// What the plan says about one operation: the effects of all faults that fire, joined into one.
struct Answer {
  Effect effect;
  std::vector<std::uint32_t> fired;  // Places in the plan, rising.
  // Of those: whose errno the effect has, and who takes time.
  std::optional<std::uint32_t> failed_by;
  std::vector<std::uint32_t> slowed_by;
};

class Plan {
 public:
  // No faults: never asked, never draws.
  Plan() = default;
  // `seed` keys the faults' own draws: each fault has a stream of its own, so that adding one moves no
  // other's.
  Plan(std::vector<Fault> faults, std::uint64_t seed);

  [[nodiscard]] bool empty() const { return faults_.empty(); }
  // Some fault counts by file (Op::file_ordinal), or by block (Op::block_ordinal).
  [[nodiscard]] bool counts_files() const { return counts_files_; }
  [[nodiscard]] bool counts_blocks() const { return counts_blocks_; }

  // The workload came to a mark: those that wait for it begin to look.
  void mark(std::string_view name) {
    if (!empty()) happened_.emplace(name);
  }
  // A world begins that is all behind this mark: only those that wait for it are armed.
  void begin_after(std::string_view name);
  // Nothing where no fault fires; else their effects, joined in the order of the plan (effect.h).
  std::optional<Answer> on(const Op& op);
  // What the caller really felt of an answer's faults, told by the file system when the operation ends.
  void felt(const Answer& answer, const Op& op, io::Duration added_wait);

  [[nodiscard]] const std::vector<Receipt>& receipts() const { return receipts_; }
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }

 private:
  void note_names(const Answer& answer);

  std::vector<Fault> faults_;
  std::vector<Receipt> receipts_;
  std::vector<std::uint64_t> seeds_;
  std::vector<bool> armed_;
  std::set<std::string, std::less<>> happened_;  // Marks, and names of faults that have fired.
  bool counts_files_ = false, counts_blocks_ = false;
};

}  // namespace wallop::faults
