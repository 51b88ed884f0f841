// SPDX-License-Identifier: Apache-2.0
#include "reports/gnuplot.h"

#include <catch2/catch.hpp>

#include "base/testing/scratch_directory.h"
#include "io/posix_world.h"

namespace wallop::reports {
namespace {

Plot line() {
  return {.width = 480,
          .height = 330,
          .commands = "plot $d0 using 1:2 with lines ls 1\n",
          .data = {{{1, 1}, {2, 4}}}};
}

TEST_CASE("a plot comes back as SVG of its size") {
  const auto svg = run_gnuplot(line(), "gnuplot");
  REQUIRE(svg);
  CHECK(svg->find("viewBox=\"0 0 480 330\"") != std::string::npos);
}

TEST_CASE("the same plot is drawn by the same bytes") {
  CHECK(run_gnuplot(line(), "gnuplot") == run_gnuplot(line(), "gnuplot"));
}

TEST_CASE("a gnuplot that is not there is said plainly") {
  const auto svg = run_gnuplot(line(), "no-such-gnuplot");
  REQUIRE_FALSE(svg);
  CHECK(svg.error() == "gnuplot: no-such-gnuplot: not found");
}

TEST_CASE("a long script to a program that reads nothing ends in an error, not in a signal") {
  Plot plot = line();
  plot.data[0].assign(20'000, {1, 2});
  CHECK_FALSE(run_gnuplot(plot, "true"));
}

TEST_CASE("a command that gnuplot does not know is said with gnuplot's words") {
  Plot plot = line();
  plot.commands = "plod $d0\n";
  const auto svg = run_gnuplot(plot, "gnuplot");
  REQUIRE_FALSE(svg);
  CHECK(svg.error().find("invalid command") != std::string::npos);
}

TEST_CASE("no label can run a command") {
  const base::testing::ScratchDirectory scratch;
  io::PosixWorld machine(scratch.path());
  Plot plot = line();
  for (const std::string& run : {"`touch " + scratch.path("a") + "`", "'; !touch " + scratch.path("b") + " #",
                                 "\nsystem('touch " + scratch.path("c") + "')"})
    plot.commands = "set label " + gnuplot_string(run) + " at 1,1\n" + plot.commands;
  CHECK(run_gnuplot(plot, "gnuplot"));
  CHECK(machine.world().files.list(".")->empty());
}

TEST_CASE("a program's name is one word to the shell") {
  const base::testing::ScratchDirectory scratch;
  io::PosixWorld machine(scratch.path());
  CHECK_FALSE(run_gnuplot(line(), "x'; touch " + scratch.path("a") + "; '"));
  CHECK(machine.world().files.list(".")->empty());
}

}  // namespace
}  // namespace wallop::reports
