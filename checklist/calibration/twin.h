// SPDX-License-Identifier: Apache-2.0
// The twin: the log's behaviour as the simulated world predicts it from a disk's file, beside what it does on
// the device that the file was measured on.
//
// Both are observed by the same code, the checklist's measurements, in the same order and with the same
// workload; only the world differs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "checklist/probe.h"
#include "checklist/stop.h"
#include "io/world.h"

namespace wallop::checklist {

// What a figure counts.
enum class FigureKind : std::uint8_t { time, time_per_gb, appends_per_second };

struct Figure {
  std::string name;  // "append.p50 always".
  FigureKind kind = FigureKind::time;
  std::uint64_t value = 0;  // Nanoseconds, or appends.
  std::uint64_t count = 0;  // Samples.
  bool is_tail = false;     // A p99, which misses by more than what lies in the middle.
};

inline constexpr std::uint64_t kRateMax = 500;

struct Observation {
  io::World& machine;
  Probes& probes;
  std::string directory;  // Empty; so it is afterwards.
  Stop stop;
  io::Duration budget{};  // About how long all of it may take.
  // Of each of four writers, in a second, where every append waits for a sync: one that the device carries.
  std::uint64_t synced_rate = kRateMax;
  std::function<void(std::string_view what)> step = [](std::string_view) {};
};

// Space that it takes at most.
inline constexpr std::uint64_t kObservationBytes = 512ULL << 20;

// Appends by policy under open-loop load, throughput by policy, rotations, recovery. What an interrupt cuts
// short is left out.
[[nodiscard]] io::Result<std::vector<Figure>> observe(const Observation& observation);

// How far a prediction may be off, in parts per thousand of what was measured.
inline constexpr std::uint64_t kMedianBoundPermille = 150, kTailBoundPermille = 300;

struct Comparison {
  std::string name;
  FigureKind kind = FigureKind::time;
  std::uint64_t predicted = 0, measured = 0;
  std::int64_t error_permille = 0;  // Of what was measured; positive where too much was predicted.
  std::uint64_t bound_permille = 0;
  std::uint64_t count = 0;   // Samples on the device.
  bool is_justified = true;  // There were enough of them.
  [[nodiscard]] bool is_within() const;
};

// By name; what only one of them has is left out.
[[nodiscard]] std::vector<Comparison> compare(const std::vector<Figure>& predicted,
                                              const std::vector<Figure>& measured);

}  // namespace wallop::checklist
