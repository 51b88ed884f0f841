// SPDX-License-Identifier: Apache-2.0
// Rounds: every contestant of every row once, then again. What counts is the ratio of two numbers of one
// round: the machine's moods last longer than that, and hit both.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/bench/row.h"

namespace wallop::cli {

// What a program printed, by name.
using Numbers = std::map<std::string, double, std::less<>>;
// Runs one contestant, in a directory that is as it wants it; or says why not.
using RunOne = std::function<std::expected<Numbers, std::string>(const Contestant&)>;

struct Spread {
  double median = 0, min = 0, max = 0;
};
// Of at least one number.
[[nodiscard]] Spread spread_of(std::vector<double> numbers);

// Of one row: a number for each contestant and round, ours first. A contestant that is not in this build has
// none.
struct Measured {
  Row row;
  std::vector<std::vector<double>> numbers;
};

enum class Reached : std::uint8_t { yes, no, not_judged };

// How many times as good ours was as the other in each round.
[[nodiscard]] std::vector<double> ratios(const Measured& measured, std::size_t other);
// The same against the best other of each round that is no floor.
[[nodiscard]] std::vector<double> ratios_to_best(const Measured& measured);
// Least squares of log(median) over log(size).
[[nodiscard]] double slope_of(const Measured& measured);
[[nodiscard]] Reached judge(const Measured& measured);

struct Pace {
  std::size_t round_count = 10;
  std::function<bool()> interrupted;
  // Before each contestant.
  std::function<void(std::size_t round, const Row& row, const Contestant& contestant)> goes_on;
};

// What there is, and why it ended early where a contestant failed; "" else.
struct Outcome {
  std::vector<Measured> rows;
  std::string failure;
};

// Contestants with the same task share one run a round; every second round goes backwards, so that nobody
// always comes after the same other. An interruption, also one that ended a program, is no failure.
[[nodiscard]] Outcome run_rounds(const std::vector<Row>& rows, const Pace& pace,
                                 const std::function<bool(const Contestant&)>& is_there, const RunOne& run);

}  // namespace wallop::cli
