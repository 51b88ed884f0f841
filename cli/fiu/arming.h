// SPDX-License-Identifier: Apache-2.0
// Arming: a plan's faults as libfiu can inject them into an unmodified program, or why one cannot be had
// there.
//
// libfiu lets a call do what it does, or fail with an errno and do nothing; it hands on the name of the call
// and no argument of it. So a fault can be had if and only if its effect is an errno and nothing else on
// every call that it may hit, and its trigger asks for no more than numbers, chance and how often. That is
// asked of the faults themselves: a kind that is added needs no word here.
#pragma once

#include <expected>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cli/fiu/wire.h"
#include "faults/fault.h"

namespace wallop::cli::libfiu {

struct ArmedPlan {
  std::vector<Armed> faults;
  std::vector<std::string> labels;  // Of each, as a plan calls it.
};

struct Refusal {
  std::string what;  // `torn_write 1: libfiu cannot do ...`.
  std::string hint;
};

// The faults in the order of the plan; or everything that cannot be had. `seed` keys the draws of "chance".
[[nodiscard]] std::expected<ArmedPlan, std::vector<Refusal>> arm(std::span<const faults::Fault> faults,
                                                                 std::uint64_t seed);

// As it travels (wire.h).
[[nodiscard]] std::string to_text(const ArmedPlan& plan);

// What libfiu's own fiu-run can do without us: "fiu-run -x -c 'enable name=...'"; "" where a fault counts.
[[nodiscard]] std::string fiu_run_words(const ArmedPlan& plan);

}  // namespace wallop::cli::libfiu
