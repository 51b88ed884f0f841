// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the metrics, in integers. docs/scenarios.md says what each one means.
#include "scenarios/run/measure.h"

#include <algorithm>
#include <limits>

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kBillion = 1'000'000'000;
__extension__ using Wide = unsigned __int128;

std::uint64_t count_of(io::Duration span) {
  return static_cast<std::uint64_t>(std::max(span, io::Duration::zero()).count());
}

// value * factor / divisor, saturating.
std::uint64_t scaled(std::uint64_t value, std::uint64_t factor, std::uint64_t divisor) {
  const Wide result = static_cast<Wide>(value) * factor / divisor;
  return static_cast<std::uint64_t>(std::min<Wide>(result, std::numeric_limits<std::uint64_t>::max()));
}

void add_rates(MetricValues& values, const Driven& driven, std::uint64_t record_count, std::uint64_t bytes) {
  const std::uint64_t run = count_of(driven.ended - driven.began);
  if (run == 0) return;
  values["throughput.appends_per_second"] = scaled(record_count, kBillion, run);
  values["throughput.bytes_per_second"] = scaled(bytes, kBillion, run);
  values["disk.utilisation_percent"] =
      scaled(count_of(driven.device.busy), 100 * kMillion, count_of(driven.ended - io::Instant{}));
}

// Of what was accepted; records that are promised and were never accepted had their append cut short.
std::uint64_t promised_bytes(const Driven& driven, const Promises& promises, const Records& records) {
  std::uint64_t bytes = driven.accepted_bytes;
  promises.each_accepted(promises.promised_lsn() + 1,
                         [&](std::uint64_t /*lsn*/, const Promises::Place& place) {
                           bytes -= records.bytes_of({place.writer, place.sequence});
                         });
  return bytes;
}

void add_recovery(MetricValues& values, const Finding& finding) {
  if (finding.bytes_scanned > 0)
    values["recovery.seconds_per_gb"] =
        scaled(count_of(finding.recovery_time), kMillion, finding.bytes_scanned);  // 1e9 ns / 1e9 bytes.
  values["recovery.files"] = finding.file_count;
  values["records.recovered"] = finding.found_last + 1 - finding.found_first;
}

}  // namespace

MetricValues measure(const Driven& driven, const Promises& promises, const Watch& watch,
                     const Finding& finding, const Records& records) {
  MetricValues values;
  values["append.latency"] = driven.append;
  values["rotation.latency"] = driven.rotation;
  values["sync.latency"] = watch.sync_latency();
  values["records.acknowledged"] = promises.promised_lsn();
  values["records.refused"] = driven.refused_count;
  values["disk.peak_bytes"] = driven.disk_peak_bytes;
  values["faults.fired"] = faults::fired_count(driven.receipts);
  add_rates(values, driven, promises.promised_lsn(), promised_bytes(driven, promises, records));
  add_recovery(values, finding);
  values["recovery.time"] = count_of(std::max(finding.recovery_time, driven.longest_recovery));
  const LossOf loss = loss_of(promises, finding, records).worst(driven.worst_loss);
  values["loss.records"] = loss.record_count;
  values["loss.bytes"] = loss.bytes;
  values["loss.time"] = count_of(loss.time);
  return values;
}

}  // namespace wallop::scenarios
