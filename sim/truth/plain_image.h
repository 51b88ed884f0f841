// SPDX-License-Identifier: Apache-2.0
// PlainImage: a disk as plain strings, for comparing what two models of durability allow.
//
// A value that knows nothing of the simulator.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>

namespace wallop::sim {

struct PlainImage {
  std::set<std::string> directories;         // Paths from the root, which is not listed: "d", "d/e".
  std::map<std::string, std::string> files;  // Path -> bytes; garbage is 0xA5.

  auto operator<=>(const PlainImage&) const = default;
};

}  // namespace wallop::sim
