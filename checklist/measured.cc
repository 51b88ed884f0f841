// SPDX-License-Identifier: Apache-2.0
// Rates from counters.
#include "checklist/measured.h"

#include <algorithm>

namespace wallop::checklist {

std::uint64_t rate(std::uint64_t amount, io::Duration span, io::Duration elapsed) {
  __extension__ using Wide = unsigned __int128;
  const auto all = static_cast<std::uint64_t>(std::max<io::Duration::rep>(elapsed.count(), 1));
  return static_cast<std::uint64_t>(static_cast<Wide>(amount) * static_cast<std::uint64_t>(span.count()) /
                                    all);
}

DiskUse disk_use(const DiskCounters& before, const DiskCounters& after, io::Duration elapsed) {
  constexpr std::uint64_t kWholeTime = 100'000'000;  // 100 %, in millionths.
  const auto per_second = [&](std::uint64_t count) { return rate(count, std::chrono::seconds(1), elapsed); };
  const std::uint64_t requests = after.reads - before.reads + after.writes - before.writes;
  const std::uint64_t waited_ms = after.read_ms - before.read_ms + after.write_ms - before.write_ms;
  DiskUse use;
  // A millisecond busy in a second is a tenth of a percent.
  use.busy_millionths = std::min(per_second((after.busy_ms - before.busy_ms) * 100'000), kWholeTime);
  use.await = std::chrono::microseconds(requests == 0 ? 0 : waited_ms * 1000 / requests);
  use.writes_per_second = per_second(after.writes - before.writes);
  use.write_bytes_per_second =
      per_second((after.sectors_written - before.sectors_written) * kDiskstatsSectorBytes);
  const std::uint64_t flushes = after.flushes - before.flushes, flush_ms = after.flush_ms - before.flush_ms;
  use.flushes_per_second = per_second(flushes);
  use.flush_await = std::chrono::microseconds(flushes == 0 ? 0 : flush_ms * 1000 / flushes);
  return use;
}

}  // namespace wallop::checklist
