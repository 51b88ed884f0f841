// SPDX-License-Identifier: Apache-2.0
// TokenBucket: a limit of so many a second with credit for bursts, as cloud volumes have them. It fills at
// its rate up to its size, and starts full. Exact in integers: a thousand small waits are as long as one
// large one.
#pragma once

#include <cstdint>

#include "io/time.h"

namespace wallop::sim {

class TokenBucket {
 public:
  // A rate of 0 is without limit. A bucket without credit (burst 0) lets tokens pass as they come.
  TokenBucket(std::uint64_t per_second, std::uint64_t burst);

  // Takes so many tokens from `at` on, in the order of asking: when the last of them was there.
  io::Instant take(io::Instant at, std::uint64_t tokens);

 private:
  // Tokens times nanoseconds of a second: what a rate of 3,000 a second gives in a nanosecond is a whole
  // number.
  __extension__ using Wide = __int128;

  Wide rate_;
  Wide full_;
  Wide level_;
  io::Instant at_{};  // Of the level.
};

}  // namespace wallop::sim
