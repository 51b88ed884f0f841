// SPDX-License-Identifier: Apache-2.0
// Slow disk: operations take a multiple of their time, or so much longer, or wait for their turn at a low
// limit; or all of it.
//
// Seen on cloud volumes whose credit has run out, on drives that collect garbage, behind noisy neighbours.
// The caller gets right answers, late. "factor" is the device's own time, and "bytes_per_second" and
// "commands_per_second" are its own limits, so that others queue up behind it; "delay" is added to the
// operation while the device serves others: always the same, or drawn from a table of quantiles as disks have
// it.
//
// What surprises: a disk that is slow for a span, and not for chosen calls alone (no "path", no "op"), is
// slow for writeback too, which no call asks for: from the first operation that meets the span on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/latency.h"
#include "faults/fault.h"

namespace wallop::faults {

// In JSON "3ms", or {"p50": "3ms", "p99": "40ms"}.
struct Delay {
  base::LatencySpec by_quantile;
  bool operator==(const Delay&) const = default;

  static void read_json(const base::json::Value& from, Delay& into, base::Reading& reading);
  static base::json::Value print_json(const Delay& delay);
  static base::json::Value schema_json();
};

struct SlowDisk {
  static constexpr std::string_view kName = "slow_disk";
  static constexpr std::string_view kAbout = "a disk that takes a multiple of its time, or so much longer";
  static constexpr Facts kFacts{
      .what =
          "Operations on the device take \"factor\" times as long, or \"delay\" longer, which may be drawn "
          "from "
          "quantiles, or the device does no more than so many bytes or commands in a second. Results and "
          "durability are as ever. Over a span, without \"path\" and \"op\", writeback is as slow.",
      .seen_in = "cloud volumes out of credit, garbage collection in SSDs, noisy neighbours",
      .example = R"({ "kind": "slow_disk", "factor": 10, "for": "5s", "when": { "at": ["10s", "40s"] } })",
      .kin = "stall (nothing completes at all)"};
  static constexpr Targets kTargets{.usual = kDeviceVerbs, .possible = VerbSet::all()};

  std::optional<std::uint64_t> factor;
  std::optional<Delay> delay;
  std::optional<base::ByteCount> bytes_per_second;
  std::optional<std::uint64_t> commands_per_second;
  std::optional<base::Duration> hold;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const;
  [[nodiscard]] base::Duration span() const { return hold.value_or(base::Duration::zero()); }
  [[nodiscard]] std::vector<Flaw> flaws() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("factor", factor, "How many times as long the device takes: 2 to 1000000.");
    v("delay", delay, "How much longer each operation takes: a duration, or quantiles to draw from.");
    v("bytes_per_second", bytes_per_second, "What the device reads and writes in a second, at most.");
    v("commands_per_second", commands_per_second,
      "Likewise in commands; a flush with nothing to write is none.");
    v("for", hold, "With \"at\": how long the disk stays slow. Absent: one operation.");
    v("when", when, "Which operations; usually those that the device itself must serve.");
  }
};

}  // namespace wallop::faults
