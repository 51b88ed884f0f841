// SPDX-License-Identifier: Apache-2.0
// Time through the seam: integers of nanoseconds, two kinds of instant that cannot be mixed, and work that
// costs time.
#pragma once

#include <chrono>
#include <cstdint>

namespace wallop::io {

using Duration = std::chrono::nanoseconds;

// Tags only: nobody can ask them for the time, only a Clock can tell it.
struct Monotonic {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};
struct Wall {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<Wall>;
  static constexpr bool is_steady = false;
};

using Instant = Monotonic::time_point;  // Since an unspecified start; never goes back.
using WallTime = Wall::time_point;      // Since 1970-01-01 UTC; may jump either way.

// What an engine's own CPU time goes into. The simulated clock has a price for each; the real one charges
// nothing.
enum class Work : std::uint8_t { append, copy, checksum, encode, decode, compress };
inline constexpr std::size_t kWorkCount = 6;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  virtual WallTime wall_now() = 0;
  // Returns at or after `deadline`; at once where that has passed or the world has ended.
  virtual void sleep_until(Instant deadline) = 0;
  // Accounts for CPU work over `bytes`. Free on a real machine, where the work itself took the time.
  virtual void spend(Work work, std::uint64_t bytes) = 0;
};

}  // namespace wallop::io
