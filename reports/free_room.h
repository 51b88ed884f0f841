// SPDX-License-Identifier: Apache-2.0
// Where in a plot a label can stand without touching a curve or another label.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wallop::reports {

// In shares of the plot: (0, 0) is its lower left corner, (1, 1) its upper right one.
struct Spot {
  double x = 0, y = 0;
};

// A label's words and the places that would do, the best first. Left-aligned ones begin at their spot,
// right-aligned ones end there; the text is centred on its height.
enum class Align : bool { left, right };
struct Place {
  Spot spot;
  Align align = Align::left;
};

class FreeRoom {
 public:
  // Of the plot, in units of the SVG.
  FreeRoom(double width, double height) : width_(width), height_(height) {}

  // What the straight line between two spots covers is taken.
  void take_line(Spot from, Spot to);
  // The command that writes the label at the place with the least in it, the first of equals; the place is
  // taken then. `colour` is a name of plot_style.gp.
  [[nodiscard]] std::string put(int tag, std::string_view words, std::string_view colour,
                                const std::vector<Place>& places);

 private:
  struct Box {
    double left, bottom, right, top;
  };
  [[nodiscard]] Box box_of(std::string_view words, const Place& place) const;
  [[nodiscard]] std::size_t crowd_in(const Box& box) const;

  double width_, height_;
  std::vector<Box> taken_;
};

}  // namespace wallop::reports
