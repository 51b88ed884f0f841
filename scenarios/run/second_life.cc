// SPDX-License-Identifier: Apache-2.0
// Append by append, as a writer of the workload makes them.
#include "scenarios/run/second_life.h"

#include <fmt/format.h>

#include <vector>

#include "scenarios/run/record.h"

namespace wallop::scenarios {
std::string live_on(sim::World& world, Engine& engine, const Judged& judged, const Promises& promises,
                    const Finding& finding) {
  const std::uint64_t appends = judged.workload->after_recovery.value;
  if (appends == 0) return "";
  const Records records(*judged.workload, judged.seed);
  const auto count = static_cast<std::uint32_t>(records.group_of(0).batch.value);
  const bool was_deleting = !promises.first_kept_lsn();
  if (was_deleting) world.note(sim::Mark{kDeleted, finding.found_first});
  world.note(sim::Mark{kRecovered, finding.found_last});
  std::vector<std::byte> buffer;
  std::vector<KeyValue> batch;
  RecordId first{0, promises.issued_count(0)};
  for (std::uint64_t i = 0; i < appends; ++i, first.sequence += count) {
    records.make(first, count, buffer, batch);
    world.note(sim::Issued{first.writer, count, first.sequence});
    const auto receipt = engine.append(batch);
    if (!receipt) {
      const bool is_unknown = !is_known_absent(receipt.error().code);
      world.note(sim::Refused{first.writer, count, first.sequence, is_unknown});
      if (receipt.error().code == io::Code::no_space) return "";
      return fmt::format("the log that recovered takes no append: {}", io::describe(receipt.error()));
    }
    world.note(sim::Accepted{first.writer, count, first.sequence, receipt->first_lsn});
    world.note(sim::Promised{engine.durable()});
  }
  return "";
}

}  // namespace wallop::scenarios
