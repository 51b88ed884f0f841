// SPDX-License-Identifier: Apache-2.0
// Measure: the metrics of one run, from what was driven, promised, watched and found again.
#pragma once

#include "scenarios/run/drive.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/oracle.h"
#include "scenarios/run/watch.h"

namespace wallop::scenarios {

// What append accepted and recovery did not find; deleted records are no loss.
struct LossOf {
  std::uint64_t record_count = 0, bytes = 0;
  io::Duration time{};  // From when the oldest one was accepted to when the newest one was.
};
[[nodiscard]] LossOf loss_of(const Promises& promises, const Finding& finding, const Records& records);

// Every metric of the catalogue that this run measured.
[[nodiscard]] MetricValues measure(const Driven& driven, const Promises& promises, const Watch& watch,
                                   const Finding& finding, const Records& records);

}  // namespace wallop::scenarios
