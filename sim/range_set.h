// SPDX-License-Identifier: Apache-2.0
// RangeSet: a set of numbers kept as runs: for the parts of a file that have blocks, are dirty, or cached.
// Made for appends: what continues or repeats the last run costs a comparison, and two runs allocate nothing.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>

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
  using Ranges = boost::container::small_vector<Range, 2>;
  [[nodiscard]] const Ranges& ranges() const { return ranges_; }
  // How many numbers are in it.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] bool has(std::uint64_t number) const { return covers(number, number + 1); }
  // Whether all of [begin, end) is in it, which is not empty.
  [[nodiscard]] bool covers(std::uint64_t begin, std::uint64_t end) const;
  // How many of [begin, end) are in it.
  [[nodiscard]] std::uint64_t count_in(std::uint64_t begin, std::uint64_t end) const;

  // [begin, end), which may be empty.
  void add(std::uint64_t begin, std::uint64_t end);
  void remove(std::uint64_t begin, std::uint64_t end);
  void remove_from(std::uint64_t begin) { remove(begin, ~std::uint64_t{0}); }
  // Keeps its memory.
  void clear() {
    ranges_.clear();
    count_ = 0;
  }

 private:
  // The first run that ends behind `begin`.
  [[nodiscard]] Ranges::const_iterator first_behind(std::uint64_t begin) const;
  void add_between(std::uint64_t begin, std::uint64_t end);

  Ranges ranges_;
  std::uint64_t count_ = 0;
};

}  // namespace wallop::sim
