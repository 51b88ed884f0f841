// SPDX-License-Identifier: Apache-2.0
// slow_name: a kind of fault that is not in Wallop. What a name costs on some file systems over a network:
// making, renaming, removing and syncing directories takes so much longer, and everything else its time.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "faults/fault.h"

namespace harness_example {

struct SlowName {
  static constexpr std::string_view kName = "slow_name";
  static constexpr std::string_view kAbout = "directory operations that take so much longer";
  static constexpr wallop::faults::Facts kFacts{
      .what = "Each operation on a directory waits for \"by\" before it is done.",
      .seen_in = "file systems over a network, whose names live on another machine",
      .example = R"({ "kind": "slow_name", "by": "20ms" })",
      .kin = "slow_disk (the whole device)"};
  static constexpr wallop::faults::VerbSet kNames{
      wallop::faults::Verb::rename, wallop::faults::Verb::link, wallop::faults::Verb::remove,
      wallop::faults::Verb::make_directory, wallop::faults::Verb::sync_directory};
  static constexpr wallop::faults::Targets kTargets{.usual = kNames, .possible = kNames};

  wallop::base::Duration by{};
  wallop::faults::Trigger when;

  std::optional<wallop::faults::Effect> on(const wallop::faults::Op&, const wallop::faults::Firing&) const {
    wallop::faults::Effect effect;
    effect.extra_wait = by;
    return effect;
  }
  [[nodiscard]] std::vector<wallop::faults::Flaw> flaws() const {
    if (by > wallop::base::Duration::zero()) return {};
    return {{"by", "\"by\" no time at all", "leave the fault out instead"}};
  }

  template <class Visitor>
  void fields(Visitor& v) {
    v("by", by, "How much longer.", wallop::base::Need::required);
    v("when", when, "Which operations on directories.");
  }
};

}  // namespace harness_example
