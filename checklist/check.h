// SPDX-License-Identifier: Apache-2.0
// The catalogue of checks: the ids that a profile may list, what each asks, and how it is measured.
//
// Some are in the catalogue although this machine cannot answer them alone: a checklist that leaves out what
// it did not look at reads as if all were well. They are judged SKIP or MANUAL, with the reason.
#pragma once

#include <span>
#include <string_view>

namespace wallop::checklist {

// What an item is judged from.
enum class Measurement : unsigned char { facts, load, sync, throughput, rotation, recovery, none };

struct Check {
  std::string_view id;
  Measurement from = Measurement::none;
  std::string_view
      metric;  // That its expression must be about (scenarios/run/metric.h); "" where it takes none.
  std::string_view about;   // What it asks.
  std::string_view how;     // How it is measured; for Measurement::none, why it is not.
  std::string_view remedy;  // What to do where it fails, or where a human must look.
};

// In the order of the checklist.
[[nodiscard]] std::span<const Check> check_catalogue();
// Null where there is none.
[[nodiscard]] const Check* find_check(std::string_view id);

}  // namespace wallop::checklist
