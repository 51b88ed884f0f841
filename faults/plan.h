// SPDX-License-Identifier: Apache-2.0
// Plan: the faults of one run, asked about each operation; and the receipt that proves what was really
// injected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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
};

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
  // Nothing where no fault fires; else their effects, joined in the order of the plan (effect.h).
  std::optional<Answer> on(const Op& op);
  // What the caller really felt of an answer's faults, told by the file system when the operation ends.
  void felt(const Answer& answer, const Op& op, io::Duration added_wait);

  [[nodiscard]] const std::vector<Receipt>& receipts() const { return receipts_; }
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<Fault> faults_;
  std::vector<Receipt> receipts_;
  std::vector<std::uint64_t> seeds_;
};

}  // namespace wallop::faults
