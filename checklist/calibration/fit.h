// SPDX-License-Identifier: Apache-2.0
// From samples to a disk's file: pure functions, tested on samples whose distribution is known.
//
// What a simulated device does with the figures decides what they mean (sim/device.h):
//
//   read, write    latency drawn + bytes / bandwidth
//   sync           a write of the dirty bytes, then a flush: latency drawn + by_dirty
//   commit         a write drawn + bytes / bandwidth + adds, in front of a flush
//
// A sync cannot be looked into from outside. Its flush's table is the one that, behind a write from the
// write's own table, gives the syncs that were seen.
#pragma once

#include <cstdint>
#include <string>

#include "base/histogram.h"
#include "base/latency.h"
#include "checklist/calibration/samples.h"
#include "checklist/probe.h"
#include "sim/device_spec.h"

namespace wallop::checklist {

// Quantiles of which at least one sample is beyond, and the best and the worst. `less` is taken off each.
[[nodiscard]] base::LatencySpec latency_of(const base::Histogram& samples, io::Duration less = {});
// How far that is to be trusted: a quantile is justified by ten samples beyond it.
//   "n 20,000, p99.99 not justified (it needs 100,000)"
[[nodiscard]] std::string quantiles_in_words(const base::Histogram& samples);

// What the samples come to. `where_and_when` begins each source: "Measured on 2026-11-26, Linux 6.18, ...".
[[nodiscard]] sim::DeviceSpec fit(const DeviceSamples& samples, const MachineFacts& facts,
                                  const std::string& about, const std::string& where_and_when);

// The part of the processor's work in fit(): what the log's own figures leave for `append` once their parts
// are taken off.
[[nodiscard]] sim::WorkCosts work_costs_of(const DeviceSamples& samples);

}  // namespace wallop::checklist
