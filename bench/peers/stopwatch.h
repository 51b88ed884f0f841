// SPDX-License-Identifier: Apache-2.0
// Stopwatch: how long something took on the machine's monotonic clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace wallop::bench {

class Stopwatch {
 public:
  [[nodiscard]] std::uint64_t ns() const {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin_)
            .count());
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace wallop::bench
