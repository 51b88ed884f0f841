// SPDX-License-Identifier: Apache-2.0
// Rows: what `wallop bench` measures, as data. A row is one question; its contestants answer it in the same
// minute, one after the other, again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wallop::cli {

enum class Unit : std::uint8_t { per_second, bytes_per_second, seconds, nanoseconds, percent, count };
enum class Better : std::uint8_t { more, less };

// Whose number it is: ENGINE WORKLOAD DIR OPTIONS of the row's program.
struct Contestant {
  std::string_view label;  // "naive, buffered".
  std::string_view engine;
  std::string_view workload;
  std::string_view options;  // "--promise 0 --writers 8".
  std::string_view number;   // Which one of those that the program prints.
  std::string_view fill{};   // Where not empty: options of the fill that its directory starts from.
  double divided_by = 1;     // So that the number has the row's unit.
  bool is_floor = false;     // No peer: what the machine, or nothing at all, takes for it.
};

// What is to be reached: ours at least `ratio` times as good as one of the others, or as the best of them.
struct Bound {
  static constexpr std::size_t kBest = ~std::size_t{0};
  static constexpr std::size_t kNone = kBest - 1;
  std::size_t other = 0;  // An index of `others`.
  double ratio = 0;
  // Or, where the machine allows no more, this much of what it allows.
  std::size_t floor = kNone;
  double floor_ratio = 0;
};

struct Row {
  std::string_view id;  // "append/100/os", for --only.
  std::string_view what;
  Unit unit = Unit::per_second;
  Better better = Better::more;
  Contestant ours;
  std::vector<Contestant> others{};
  std::vector<Bound> reach{};  // All of them; none: the row is shown and not judged.
  // Instead: ours at most this many.
  bool has_limit = false;
  double limit = 0;
  // Of a row about growth: the size of each contestant's task, ours first; judged is the slope of log(number)
  // over log(size).
  std::vector<double> sizes{};
  std::size_t rounds_max = ~std::size_t{0};
};

// Of the log on the real disk (wallop_peer), and of the simulated world (wallop_sim_peer).
[[nodiscard]] std::vector<Row> log_rows();
[[nodiscard]] std::vector<Row> sim_rows();

inline constexpr double kSlopeMin = 0.95, kSlopeMax = 1.05;

}  // namespace wallop::cli
