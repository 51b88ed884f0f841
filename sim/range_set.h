// SPDX-License-Identifier: Apache-2.0
// RangeSet: a set of numbers kept as runs, for dirty and cached parts of a file. Made for appends: what
// continues or repeats the last run costs a comparison and allocates nothing.
#pragma once

#include <cstdint>
#include <vector>

namespace wallop::sim {

class RangeSet {
 public:
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  // The first one that is out again.
    bool operator==(const Range&) const = default;
  };

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  // Disjoint, not even touching, rising.
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  // How many numbers are in it.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // How many of [begin, end) are in it.
  [[nodiscard]] std::uint64_t count_in(std::uint64_t begin, std::uint64_t end) const;

  // [begin, end), which may be empty.
  void add(std::uint64_t begin, std::uint64_t end);
  void remove(std::uint64_t begin, std::uint64_t end);
  // Keeps its memory.
  void clear() {
    ranges_.clear();
    count_ = 0;
  }

 private:
  void add_between(std::uint64_t begin, std::uint64_t end);

  std::vector<Range> ranges_;
  std::uint64_t count_ = 0;
};

}  // namespace wallop::sim
