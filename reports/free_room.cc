// SPDX-License-Identifier: Apache-2.0
// Boxes that must not overlap.
#include "reports/free_room.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/gnuplot.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr double kTextHeight = 15;  // Units, of text at 12.

}  // namespace

void FreeRoom::take_line(Spot from, Spot to) {
  // In pieces: the box around a whole slope would cover far more than the line.
  constexpr int kPieces = 8;
  for (int i = 0; i < kPieces; ++i) {
    const auto at = [&](int piece) {
      const double share = static_cast<double>(piece) / kPieces;
      return Spot{from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share};
    };
    const Spot a = at(i), b = at(i + 1);
    taken_.push_back({std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)});
  }
}

FreeRoom::Box FreeRoom::box_of(std::string_view words, const Place& place) const {
  const double length = static_cast<double>(letters_in(words)) * kLetterWidth / width_;
  const double half = kTextHeight / height_ / 2;
  const double left = place.align == Align::left ? place.spot.x : place.spot.x - length;
  return {left, place.spot.y - half, left + length, place.spot.y + half};
}

// How much is in the way; outside the plot is the worst.
std::size_t FreeRoom::crowd_in(const Box& box) const {
  const bool inside = box.left >= 0 && box.right <= 1 && box.bottom >= 0 && box.top <= 1.03;
  if (!inside) return taken_.size() + 1;
  return static_cast<std::size_t>(std::count_if(taken_.begin(), taken_.end(), [&](const Box& other) {
    return other.left < box.right && other.right > box.left && other.bottom < box.top &&
           other.top > box.bottom;
  }));
}

std::string FreeRoom::put(int tag, std::string_view words, std::string_view colour,
                          const std::vector<Place>& places) {
  const auto crowd = [&](const Place& place) { return crowd_in(box_of(words, place)); };
  const Place& place = *std::min_element(places.begin(), places.end(),
                                         [&](const Place& a, const Place& b) { return crowd(a) < crowd(b); });
  taken_.push_back(box_of(words, place));
  return fmt::format("set label {} {} at graph {:.4f},{:.4f} {} tc rgb {}\n", tag, gnuplot_string(words),
                     place.spot.x, place.spot.y, place.align == Align::left ? "left" : "right", colour);
}

}  // namespace wallop::reports
