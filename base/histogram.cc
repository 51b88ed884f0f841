// SPDX-License-Identifier: Apache-2.0
// The histogram's bucket arithmetic.
#include "base/histogram.h"

#include <algorithm>
#include <bit>

namespace wallop::base {
namespace {

constexpr unsigned kSubBits = 10;  // 1024 buckets for each power of two: three significant digits.
constexpr std::uint64_t kSub = 1ULL << kSubBits;

// Values 0 .. 2047 are their own index; a value with `shift` bits too many lands in row `shift`.
constexpr std::size_t index_of(std::uint64_t value) {
  if (value < 2 * kSub) return static_cast<std::size_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return static_cast<std::size_t>((shift << kSubBits) + (value >> shift));
}

constexpr std::uint64_t lowest_of(std::size_t index) {
  if (index < 2 * kSub) return index;
  const auto shift = (index >> kSubBits) - 1;
  return (index - (shift << kSubBits)) << shift;
}

constexpr std::uint64_t highest_of(std::size_t index) {
  return lowest_of(index + 1) - 1;
}

static_assert(index_of(2047) == 2047 && index_of(2048) == 2048 && index_of(2049) == 2048);
static_assert(lowest_of(index_of(1'000'000)) <= 1'000'000 && highest_of(index_of(1'000'000)) >= 1'000'000);

}  // namespace

void Histogram::record(std::uint64_t value, std::uint64_t count) {
  const std::size_t index = index_of(value);
  if (index >= counts_.size()) counts_.resize(index + 1);
  counts_[index] += count;
  count_ += count;
  sum_ += value * count;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Histogram::record(Duration value) {
  record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.count())));
}

void Histogram::merge(const Histogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::quantile(std::uint64_t parts_per_million) const {
  if (count_ == 0) return 0;
  __extension__ using Wide = unsigned __int128;
  const auto rank =
      static_cast<std::uint64_t>((static_cast<Wide>(count_) * parts_per_million + 999'999) / 1'000'000);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (counts_[i] != 0 && seen >= rank) return std::clamp(highest_of(i), min_, max_);
  }
  return max_;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) filled.push_back({lowest_of(i), counts_[i]});
  }
  return filled;
}

Histogram Histogram::rebuild(const std::vector<Bucket>& buckets, std::uint64_t min, std::uint64_t max,
                             std::uint64_t sum) {
  Histogram histogram;
  for (const Bucket& bucket : buckets) histogram.record(bucket.lowest, bucket.count);
  if (histogram.count_ == 0) return histogram;
  histogram.min_ = min;
  histogram.max_ = max;
  histogram.sum_ = sum;
  return histogram;
}

bool Histogram::operator==(const Histogram& other) const {
  return buckets() == other.buckets() && min() == other.min() && max_ == other.max_ && sum_ == other.sum_;
}

}  // namespace wallop::base
