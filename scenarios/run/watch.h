// SPDX-License-Identifier: Apache-2.0
// Watch: what the journal of a run says for its metrics and its chart: how long syncs took, and when faults
// held.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "reports/result.h"
#include "sim/journal.h"

namespace wallop::scenarios {

class Watch {
 public:
  void apply(const sim::Entry& entry);
  // What was under way never ends.
  void end_process();

  // Of every sync and sync_all, failed ones too.
  [[nodiscard]] const base::Histogram& sync_latency() const { return sync_latency_; }
  // When each fault held, by its label: from where it struck to where the last operation ended that it struck
  // then. Strikes that are closer together than a fiftieth of `run` are one stretch.
  [[nodiscard]] std::vector<reports::Mark> fault_marks(const std::vector<std::string>& labels,
                                                       io::Duration run) const;
  // The number of the entry, from 1, that journals a fault's first strike; 0 where it never struck.
  [[nodiscard]] std::uint64_t first_strike(std::size_t fault) const {
    return fault < first_strikes_.size() ? first_strikes_[fault] : 0;
  }

 private:
  struct Stretch {
    io::Instant begin, end;
  };
  void strike(std::uint32_t fault, io::Instant at);
  void end(sim::OpId op, io::Instant at);

  base::Histogram sync_latency_;
  std::map<sim::OpId, io::Instant> syncs_;                  // Under way.
  std::map<sim::OpId, std::vector<std::uint32_t>> struck_;  // Under way, and by which faults.
  std::uint64_t entry_count_ = 0;
  std::vector<std::uint64_t> first_strikes_;     // By fault.
  std::vector<std::vector<Stretch>> stretches_;  // By fault.
  std::vector<io::Duration> gaps_;               // By fault: closer ones are joined.
};

}  // namespace wallop::scenarios
