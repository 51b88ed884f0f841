// SPDX-License-Identifier: Apache-2.0
// PointCount: which of an engine's own failure points a run passes ("wal/sync/returned"), so that it can say
// which it never reached.
//
// Engines ask their world's flag (io::World::points) and then libfiu. While one of these lives, libfiu asks
// it back for each name, and it counts and says no. For the OS thread that made it: worlds run on it one
// after the other, and their fibres with them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wallop::faults {

class PointCount {
 public:
  // Literals, which end with a NUL; armed once for the process. Without any nothing is counted.
  explicit PointCount(std::span<const std::string_view> names);
  ~PointCount();
  PointCount(const PointCount&) = delete;
  PointCount& operator=(const PointCount&) = delete;

  // How often each was passed, in the order of the names.
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; }

 private:
  static int count(const char* name, int* failnum, void** failinfo, unsigned int* flags);

  std::span<const std::string_view> names_;
  std::vector<std::uint64_t> counts_;
  PointCount* const before_;
};

// Whether somebody counts on this OS thread: what a world's flag is to be.
[[nodiscard]] bool counts_points();

}  // namespace wallop::faults
