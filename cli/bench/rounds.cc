// SPDX-License-Identifier: Apache-2.0
// Running in rounds, and the arithmetic of ratios.
#include "cli/bench/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ranges>

#include "base/ensure.h"

namespace wallop::cli {
namespace {

const Contestant& contestant(const Row& row, std::size_t index) {
  return index == 0 ? row.ours : row.others[index - 1];
}

double times_as_good(Better better, double ours, double other) {
  return better == Better::more ? ours / other : other / ours;
}

std::string task_of(const Contestant& who) {
  return fmt::format("{} {} {} | {}", who.engine, who.workload, who.options, who.fill);
}

// One contestant's number in this round, taken from `seen` where its task ran already.
std::expected<double, std::string> number_of(const Contestant& who, const RunOne& run,
                                             std::map<std::string, Numbers>& seen) {
  const std::string task = task_of(who);
  auto found = seen.find(task);
  if (found == seen.end()) {
    auto numbers = run(who);
    if (!numbers) return std::unexpected(fmt::format("{} {}: {}", who.engine, who.workload, numbers.error()));
    found = seen.emplace(task, std::move(*numbers)).first;
  }
  const auto number = found->second.find(who.number);
  if (number == found->second.end())
    return std::unexpected(fmt::format("{} {} prints no \"{}\"", who.engine, who.workload, who.number));
  return number->second / who.divided_by;
}

std::vector<std::size_t> order_of(std::size_t count, std::size_t round) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (round % 2 == 1) std::ranges::reverse(order);
  return order;
}

Reached judge(const Measured& measured, const Bound& bound) {
  const auto is_met = [](const std::vector<double>& found, double ratio) {
    return !found.empty() && spread_of(found).median >= ratio;
  };
  if (bound.floor != Bound::kNone && is_met(ratios(measured, bound.floor), bound.floor_ratio))
    return Reached::yes;
  const std::vector<double> found =
      bound.other == Bound::kBest ? ratios_to_best(measured) : ratios(measured, bound.other);
  if (found.empty()) return Reached::not_judged;
  return is_met(found, bound.ratio) ? Reached::yes : Reached::no;
}

}  // namespace

Spread spread_of(std::vector<double> numbers) {
  base::ensure(!numbers.empty(), "a spread is of at least one number");
  std::ranges::sort(numbers);
  const std::size_t half = numbers.size() / 2;
  const double median = numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
  return {median, numbers.front(), numbers.back()};
}

std::vector<double> ratios(const Measured& measured, std::size_t other) {
  const std::vector<double>& ours = measured.numbers[0];
  const std::vector<double>& theirs = measured.numbers[other + 1];
  std::vector<double> found;
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i)
    found.push_back(times_as_good(measured.row.better, ours[i], theirs[i]));
  return found;
}

std::vector<double> ratios_to_best(const Measured& measured) {
  std::vector<double> worst;
  for (std::size_t other = 0; other < measured.row.others.size(); ++other) {
    if (measured.row.others[other].is_floor) continue;
    const std::vector<double> each = ratios(measured, other);
    if (each.empty()) return {};  // Who is missing may have been the best.
    if (worst.empty()) worst.resize(each.size(), INFINITY);
    for (std::size_t i = 0; i < std::min(worst.size(), each.size()); ++i)
      worst[i] = std::min(worst[i], each[i]);
  }
  return worst;
}

double slope_of(const Measured& measured) {
  const std::size_t count = measured.row.sizes.size();
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = std::log(measured.row.sizes[i]);
    const double y = std::log(spread_of(measured.numbers[i]).median);
    sum_x += x;
    sum_y += y;
    sum_xx += x * x;
    sum_xy += x * y;
  }
  const auto n = static_cast<double>(count);
  return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

Reached judge(const Measured& measured) {
  const Row& row = measured.row;
  if (measured.numbers[0].empty()) return Reached::not_judged;
  if (!row.sizes.empty()) {
    if (std::ranges::any_of(measured.numbers, &std::vector<double>::empty)) return Reached::not_judged;
    const double slope = slope_of(measured);
    return slope >= kSlopeMin && slope <= kSlopeMax ? Reached::yes : Reached::no;
  }
  if (row.has_limit) {
    const double ours = spread_of(measured.numbers[0]).median;
    return (row.better == Better::less ? ours <= row.limit : ours >= row.limit) ? Reached::yes : Reached::no;
  }
  // Short of one is short; without the numbers for one of them nobody can say that all are reached.
  Reached reached = row.reach.empty() ? Reached::not_judged : Reached::yes;
  for (const Bound& bound : row.reach) {
    const Reached one = judge(measured, bound);
    if (one == Reached::no) return one;
    if (one == Reached::not_judged) reached = one;
  }
  return reached;
}

Outcome run_rounds(const std::vector<Row>& rows, const Pace& pace,
                   const std::function<bool(const Contestant&)>& is_there, const RunOne& run) {
  Outcome all;
  for (const Row& row : rows)
    all.rows.push_back({row, std::vector<std::vector<double>>(row.others.size() + 1)});
  for (std::size_t round = 0; round < pace.round_count; ++round) {
    std::map<std::string, Numbers> seen;
    for (Measured& measured : all.rows) {
      if (round >= measured.row.rounds_max) continue;
      for (const std::size_t index : order_of(measured.numbers.size(), round)) {
        const Contestant& who = contestant(measured.row, index);
        if (!is_there(who)) continue;
        if (pace.interrupted()) return all;
        pace.goes_on(round, measured.row, who);
        const auto number = number_of(who, run, seen);
        if (!number) {
          if (!pace.interrupted()) all.failure = number.error();
          return all;
        }
        measured.numbers[index].push_back(*number);
      }
    }
  }
  return all;
}

}  // namespace wallop::cli
