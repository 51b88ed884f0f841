// SPDX-License-Identifier: Apache-2.0
// Two durable files and one fault: what it does to the one, and that it leaves the other alone.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "sim/medium_fixture.h"
#include "sim/world_fixture.h"

namespace wallop::sim {

inline std::string sector_of(char fill) {
  return std::string(kSector, fill);
}

// A file "f" of As and another "g" of Gs, both durable.
struct TwoFiles : WorldFixture {
  explicit TwoFiles(std::string_view fault, std::string_view persistence = "posix")
      : WorldFixture(WorldOptions{.model = &model(persistence), .plan = plan(fault)}) {
    f = file_with(sector_of('A'), "f");
    g = file_with(sector_of('G'), "g");
    REQUIRE(f->sync());
    REQUIRE(g->sync());
    REQUIRE(files.sync_directory("."));
  }
  void wait_until(io::Duration at) { world.io().clock.sleep_until(io::Instant(at)); }
  std::string all_of(io::File& file) { return read(file, 0, kSector); }
  bool may_last(char fill) {
    const Pictures left = images(medium());
    return std::ranges::any_of(
        left, [fill](const std::string& picture) { return picture.find(fill) != std::string::npos; });
  }

  std::unique_ptr<io::File> f, g;
};

}  // namespace wallop::sim
