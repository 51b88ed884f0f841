// SPDX-License-Identifier: Apache-2.0
// Measure: the metrics of one run, from what was driven, promised, watched and found again.
#pragma once

#include "scenarios/run/drive.h"
#include "scenarios/run/loss.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/oracle.h"
#include "scenarios/run/watch.h"

namespace wallop::scenarios {

// Every metric of the catalogue that this run measured.
[[nodiscard]] MetricValues measure(const Driven& driven, const Promises& promises, const Watch& watch,
                                   const Finding& finding, const Records& records);

}  // namespace wallop::scenarios
