// SPDX-License-Identifier: Apache-2.0
// Torn sequence: of a run of writes without a sync between, some last and the others do not.
//
// Seen wherever power fails: page caches write back, and drives destage, in whatever order they like (ALICE,
// OSDI'14: reordering of writes; LazyFS torn-seq). Each write of the run lasts whole or not at all. The
// caller cannot notice: all succeed, reads show all of them, and a sync makes all of them durable. Only a
// crash before it tells.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace wallop::faults {

struct TornSequence {
  static constexpr std::string_view kName = "torn_sequence";
  static constexpr std::string_view kAbout = "of a run of writes some outlive power loss, some do not";
  static constexpr Facts kFacts{
      .what =
          "If power is lost before the next sync, each write that the trigger picks lasts whole or not at "
          "all: "
          "by a coin, or as \"keep\" says. Reads before the crash see all of them.",
      .seen_in = "write-back caches, which keep no order (ALICE, OSDI'14; LazyFS torn-seq)",
      .example =
          R"({ "kind": "torn_sequence", "keep": [2, 3], "when": { "path": "*.wal", "from": 10, "count": 4 } })",
      .kin = "torn_write (part of one write), lost_write (even if synced), lost_sync"};
  static constexpr Targets kTargets{.usual = {Verb::write}, .possible = {Verb::write}};

  std::optional<std::vector<std::uint64_t>> keep;
  Trigger when;

  std::optional<Effect> on(const Op& op, const Firing& firing) const {
    std::vector<ByteRange> lasting;
    if (op.bytes != 0 && lasts(op, firing.dice)) lasting.push_back({0, op.bytes});
    return Effect{.lasting = std::move(lasting)};
  }
  [[nodiscard]] std::vector<Flaw> flaws() const {
    if (!keep) return {};
    if (!when.from)
      return {{"keep", "\"keep\" counts from where the run begins", "add \"from\" to \"when\""}};
    const bool is_within = std::ranges::all_of(
        *keep, [&](std::uint64_t place) { return place >= 1 && (!when.count || place <= *when.count); });
    if (!is_within) return {{"keep", "the run has no such write", "the first is 1, the last \"count\""}};
    return {};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("keep", keep,
      "Which writes of the run last: 1 is the one that \"from\" names. Absent: a coin for each.");
    v("when", when, "Which writes: the run.");
  }

 private:
  [[nodiscard]] bool lasts(const Op& op, const Dice& dice) const {
    if (!keep) return dice.below(2, 0) == 0;
    const std::uint64_t place = when.ordinal(op) - *when.from + 1;
    return std::ranges::find(*keep, place) != keep->end();
  }
};

}  // namespace wallop::faults
