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

  // Of every sync and sync_all, failed ones too.
  [[nodiscard]] const base::Histogram& sync_latency() const { return sync_latency_; }
  // When each fault held, by its label: from where it struck to where the last operation ended that it struck
  // then. Strikes that are closer together than a fiftieth of `run` are one stretch.
  [[nodiscard]] std::vector<reports::Mark> fault_marks(const std::vector<std::string>& labels,
                                                       io::Duration run) const;

 private:
  struct Stretch {
    io::Instant begin, end;
  };
  void strike(std::uint32_t fault, io::Instant at);
  void end(sim::OpId op, io::Instant at);

  base::Histogram sync_latency_;
  std::map<sim::OpId, io::Instant> syncs_;                  // Under way.
  std::map<sim::OpId, std::vector<std::uint32_t>> struck_;  // Under way, and by which faults.
  std::vector<std::vector<Stretch>> stretches_;             // By fault.
  std::vector<io::Duration> gaps_;                          // By fault: closer ones are joined.
};

}  // namespace wallop::scenarios
