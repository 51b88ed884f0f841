// SPDX-License-Identifier: Apache-2.0
// Edit distance (Damerau-Levenshtein, adjacent swaps) over short words.
#include "base/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace wallop::base {
namespace {

constexpr std::size_t kWordMax = 64;  // Longer words are cut: no key of ours comes near.

std::size_t distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kWordMax);
  b = b.substr(0, kWordMax);
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cell((a.size() + 1) * width);
  for (std::size_t j = 0; j < width; ++j) cell[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    cell[i * width] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const std::size_t replaced = cell[(i - 1) * width + j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      std::size_t best = std::min({replaced, cell[(i - 1) * width + j] + 1, cell[i * width + j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) best = std::min(best, cell[(i - 2) * width + j - 2] + 1);
      cell[i * width + j] = best;
    }
  }
  return cell.back();
}

}  // namespace

std::string_view nearest(std::string_view unknown, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, unknown.size() / 3) + 1;
  for (const std::string_view word : known) {
    const std::size_t found = distance(unknown, word);
    if (found >= best_distance) continue;
    best = word;
    best_distance = found;
  }
  return best;
}

std::string did_you_mean(std::string_view unknown, std::span<const std::string_view> known) {
  constexpr std::size_t kListedMax = 8;
  const std::string_view word = nearest(unknown, known);
  if (!word.empty()) return fmt::format("did you mean \"{}\"?", word);
  if (known.empty() || known.size() > kListedMax) return "";
  return fmt::format("known: {}", fmt::join(known, ", "));
}

}  // namespace wallop::base
