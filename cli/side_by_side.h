// SPDX-License-Identifier: Apache-2.0
// Jobs on several OS threads, their results in order. Worlds of the simulator share nothing, so that each job
// is as alone as if it had the process for itself.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace wallop::cli {

struct Pace {
  std::size_t count = 0;
  std::size_t workers = 1;            // Threads at most.
  std::function<void()> idle;         // On the caller's thread, every tenth of a second or so.
  std::function<bool()> interrupted;  // Once true, no further job begins.
};

// Calls `work` for 0 .. count - 1 on some thread each, and `finished` on the caller's thread for 0, 1, 2, ...
// as far as each is done. Returns when all jobs that began have ended; where it was interrupted, `finished`
// has been called for those before the first that never began. An exception of a job is thrown on, once the
// others have ended.
void run_side_by_side(const Pace& pace, const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& finished);

// The same with results: each is made by `make`, handed to `take` in order, and then forgotten.
template <class Made>
void side_by_side(const Pace& pace, const std::function<Made(std::size_t)>& make,
                  const std::function<void(std::size_t, Made)>& take) {
  std::vector<std::optional<Made>> made(pace.count);
  run_side_by_side(
      pace, [&](std::size_t i) { made[i].emplace(make(i)); },
      [&](std::size_t i) {
        take(i, std::move(*made[i]));
        made[i].reset();
      });
}

// Jobs of a job: `finished` says whether to go on. Without a second worker there is none.
using Crew = std::function<void(std::size_t count, const std::function<void(std::size_t)>& work,
                                const std::function<bool(std::size_t)>& finished)>;
[[nodiscard]] Crew crew_of(std::size_t workers);
// Workers of each of `job_count` jobs that are under way together, where there are so many in all.
[[nodiscard]] std::size_t workers_within(std::size_t workers, std::size_t job_count);

}  // namespace wallop::cli
