// SPDX-License-Identifier: Apache-2.0
// Filling and taking.
#include "sim/token_bucket.h"

#include <algorithm>

namespace wallop::sim {
namespace {

__extension__ using WideTokens = __int128;
constexpr WideTokens kTokenScale = 1'000'000'000;  // Nanoseconds of a second.

}  // namespace

TokenBucket::TokenBucket(std::uint64_t per_second, std::uint64_t burst)
    : rate_(per_second), full_(burst * kTokenScale), level_(full_) {}

io::Instant TokenBucket::take(io::Instant at, std::uint64_t tokens) {
  if (rate_ == 0) return at;
  // What was taken last may have been there only later than this.
  if (at > at_) {
    level_ = std::min(full_, level_ + (at - at_).count() * rate_);
    at_ = at;
  }
  const WideTokens needed = tokens * kTokenScale;
  if (needed > level_) {
    const WideTokens wait = (needed - level_ + rate_ - 1) / rate_;
    at_ += io::Duration(static_cast<std::int64_t>(wait));
    level_ += wait * rate_;
  }
  level_ -= needed;
  return at_;
}

}  // namespace wallop::sim
