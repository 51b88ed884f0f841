// SPDX-License-Identifier: Apache-2.0
// Histogram: counts of non-negative integers (nanoseconds, bytes) to three significant digits, mergeable
// exactly.
//
// The layout is that of HdrHistogram with three significant digits: values below 2048 have a bucket each;
// above, each power of two is cut into 1024 equal buckets, so a bucket is at most 1/1024 of its value wide.
// Recording is two shifts and an increment; memory grows to the largest value seen and never on a value that
// is no new maximum.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace wallop::base {

class Histogram {
 public:
  struct Bucket {
    std::uint64_t lowest;  // The smallest value that falls into it.
    std::uint64_t count;
    bool operator==(const Bucket&) const = default;
  };

  void record(std::uint64_t value, std::uint64_t count = 1);
  // Negative durations (a clock that went back) count as zero.
  void record(Duration value);
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t sum() const { return sum_; }
  [[nodiscard]] std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max() const { return max_; }
  [[nodiscard]] std::uint64_t mean() const { return count_ == 0 ? 0 : sum_ / count_; }

  // The smallest recorded value such that at least `parts_per_million` of all are at or below it, up to the
  // bucket's width: the bucket's highest value, but never more than max(). 500'000 is the median. 0 where
  // nothing was recorded.
  [[nodiscard]] std::uint64_t quantile(std::uint64_t parts_per_million) const;

  // The buckets that hold something, by rising value; with min, max and sum they rebuild the histogram
  // exactly.
  [[nodiscard]] std::vector<Bucket> buckets() const;
  // The inverse of buckets(). Values that are no bucket's lowest are put in their bucket.
  static Histogram rebuild(const std::vector<Bucket>& buckets, std::uint64_t min, std::uint64_t max,
                           std::uint64_t sum);

  bool operator==(const Histogram& other) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = ~0ULL;
  std::uint64_t max_ = 0;
};

}  // namespace wallop::base
