// SPDX-License-Identifier: Apache-2.0
// What travels to the preloaded library means there what it means in a plan.
#include "cli/fiu/wire.h"

#include <catch2/catch.hpp>
#include <memory>

#include "cli/fiu/armed_text.h"
#include "faults/trigger.h"

namespace wallop::cli::libfiu {
namespace {

std::optional<std::uint64_t> asked(std::uint64_t number) {
  return number == 0 ? std::nullopt : std::optional(number);
}

// Whether both say the same about the first dozen calls.
bool agree(const Armed& armed) {
  faults::Trigger trigger;
  trigger.nth = asked(armed.nth), trigger.every = asked(armed.every);
  trigger.from = asked(armed.from), trigger.count = asked(armed.count);
  trigger.per = faults::Per::device;
  for (std::uint64_t ordinal = 1; ordinal <= 12; ++ordinal) {
    const faults::Op op{.path = "any", .id = ordinal, .device_ordinal = ordinal, .file_ordinal = 1};
    const bool fires = trigger.fires(op, {}, faults::Dice(1, ordinal), {}).has_value();
    if (fires != number_fits(armed, ordinal)) return false;
  }
  return true;
}

TEST_CASE("a number fits a call where it fits an operation of the simulated world") {
  for (std::uint64_t n = 1; n <= 5; ++n) {
    CHECK(agree({.nth = n}));
    CHECK(agree({.every = n}));
    CHECK(agree({.from = n}));
    CHECK(agree({.count = n}));
    for (std::uint64_t count = 1; count <= 4; ++count) CHECK(agree({.from = n, .count = count}));
  }
  CHECK(agree({}));
}

bool reads(std::string_view text) {
  const auto into = std::make_unique<ArmedFaults>();
  return read_armed(text, *into);
}

TEST_CASE("armed faults are read from their text") {
  const auto read = std::make_unique<ArmedFaults>();
  REQUIRE(
      read_armed("points=posix/io/sync/fdatasync,posix/io/sync/fsync errno=5 nth=3; "
                 "points=posix/io/rw/pwrite errno=28 chance=1 in=100 seed=7 max=2",
                 *read));
  REQUIRE(read->count == 2);
  CHECK(read->faults[0].points[point_number("posix/io/sync/fsync")]);
  CHECK(read->faults[0].nth == 3);
  CHECK(read->faults[1].os_error == 28);
  CHECK(read->faults[1].in == 100);
}

TEST_CASE("a text that is no plan arms nothing") {
  CHECK_FALSE(reads(""));
  CHECK_FALSE(reads("points=posix/io/sync/fdatasynk errno=5"));
  CHECK_FALSE(reads("points=posix/io/sync/fdatasync"));
  CHECK_FALSE(reads("points=posix/io/sync/fdatasync errno=0"));
  CHECK_FALSE(reads("points=posix/io/sync/fdatasync errno=5 nht=3"));
  CHECK_FALSE(reads("points=posix/io/sync/fdatasync errno=5 nth=-3"));
  CHECK_FALSE(reads("points=posix/io/sync/fdatasync errno=5 chance=1"));
}

}  // namespace
}  // namespace wallop::cli::libfiu
