// SPDX-License-Identifier: Apache-2.0
// Slow disk: operations take a multiple of their time, or so much longer, or both.
//
// Seen on cloud volumes whose credit has run out, on drives that collect garbage, behind noisy neighbours.
// The caller gets right answers, late. "factor" is the device's own time, so that others queue up behind it;
// "delay" is added to the operation while the device serves others.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct SlowDisk {
  static constexpr std::string_view kName = "slow_disk";
  static constexpr std::string_view kAbout = "a disk that takes a multiple of its time, or so much longer";
  static constexpr Facts kFacts{
      .what =
          "Operations on the device take \"factor\" times as long, or \"delay\" longer, or both. Results and "
          "durability are as ever.",
      .seen_in = "cloud volumes out of credit, garbage collection in SSDs, noisy neighbours",
      .example = R"({ "kind": "slow_disk", "factor": 10, "for": "5s", "when": { "at": ["10s", "40s"] } })",
      .kin = "stall (nothing completes at all)"};
  static constexpr Targets kTargets{.usual = kDeviceVerbs, .possible = VerbSet::all()};

  std::optional<std::uint64_t> factor;
  std::optional<base::Duration> delay;
  std::optional<base::Duration> hold;
  Trigger when;

  std::optional<Effect> on(const Op&, const Firing&) const {
    return Effect{.extra_wait = delay.value_or(base::Duration::zero()), .slowdown = factor.value_or(1)};
  }
  [[nodiscard]] base::Duration span() const { return hold.value_or(base::Duration::zero()); }
  [[nodiscard]] std::vector<Flaw> flaws() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("factor", factor, "How many times as long the device takes: 2 to 1000000.");
    v("delay", delay, "How much longer each operation takes.");
    v("for", hold, "With \"at\": how long the disk stays slow. Absent: one operation.");
    v("when", when, "Which operations; usually those that the device itself must serve.");
  }
};

inline std::vector<Flaw> SlowDisk::flaws() const {
  std::vector<Flaw> found = hold_flaws(hold, when);
  if (!factor && !delay) {
    found.push_back({"factor", "neither \"factor\" nor \"delay\": nothing is slower", "add \"factor\": 10"});
  }
  if (factor && *factor < 2) {
    found.push_back({"factor", "a factor below 2 slows nothing", "for a fixed time more, take \"delay\""});
  }
  if (factor && *factor > kSlowdownMax) {
    found.push_back(
        {"factor", "a factor is at most 1000000", "for a disk that never answers, take \"stall\""});
  }
  if (delay == base::Duration::zero()) {
    found.push_back({"delay", "a delay of nothing slows nothing", "leave it out"});
  }
  return found;
}

}  // namespace wallop::faults
