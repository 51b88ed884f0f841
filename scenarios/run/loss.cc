// SPDX-License-Identifier: Apache-2.0
// Accepted records that recovery did not find.
#include "scenarios/run/loss.h"

#include <algorithm>

namespace wallop::scenarios {

LossOf LossOf::worst(const LossOf& other) const {
  return {std::max(record_count, other.record_count), std::max(bytes, other.bytes),
          std::max(time, other.time)};
}

LossOf loss_of(const Promises& promises, const Finding& finding, const Records& records) {
  LossOf loss;
  io::Instant oldest = io::Instant::max();
  io::Instant newest = io::Instant::min();
  const std::uint64_t kept = promises.first_kept_lsn().value_or(finding.found_first);
  promises.each_accepted(kept, [&](std::uint64_t lsn, const Promises::Place& place) {
    if (lsn >= finding.found_first && lsn <= finding.found_last) return;
    ++loss.record_count;
    loss.bytes += records.bytes_of({place.writer, place.sequence});
    oldest = std::min(oldest, place.at);
    newest = std::max(newest, place.at);
  });
  if (loss.record_count > 0) loss.time = newest - oldest;
  return loss;
}

}  // namespace wallop::scenarios
