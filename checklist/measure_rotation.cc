// SPDX-License-Identifier: Apache-2.0
// Rotations: the appends that begin a segment, timed apart from the ordinary ones.
//
// Rotations come as fast here as the pause allows, so that a thousand fit into seconds. Each segment is
// filled by large records, untimed, up to its last eighth; the timed ones are of the workload's size.
#include <algorithm>

#include "checklist/log_setup.h"
#include "checklist/measure.h"

namespace wallop::checklist {
namespace {

class Rotator {
 public:
  Rotator(const Bench& bench, wal::Wal& log)
      : bench_(bench), log_(log), values_(bench.machine.entropy), key_(bench.profile.load.key_bytes.value) {}

  // Up to the first append of the next segment.
  io::Status rotate_once(RotationMeasured& into) {
    const std::uint64_t segment_bytes = bench_.profile.rotation.segment_bytes.value;
    while (log_.current_segment_bytes() < segment_bytes / 8 * 7) {
      const auto placed = append(std::min(segment_bytes / 16, Values::kBytesMax));
      if (!placed) return std::unexpected(placed.error());
    }
    const wal::SegmentId before = log_.current_segment_id();
    // A segment takes no more records than it has bytes.
    for (std::uint64_t i = 0; i < segment_bytes; ++i) {
      const io::Instant begin = bench_.machine.clock.now();
      const auto placed = append(bench_.profile.load.value_bytes.value);
      const io::Instant end = bench_.machine.clock.now();
      if (!placed) return std::unexpected(placed.error());
      const bool began_segment = placed->position.segment != before;
      (began_segment ? into.rotating : into.ordinary).record(end - begin);
      if (began_segment) return trimmer_.trim(log_);
    }
    return {};
  }

 private:
  io::Result<wal::Placed> append(std::uint64_t value_bytes) {
    ++sequence_;
    return log_.append(wal::Record::put(key_.of(0, sequence_), values_.of(sequence_, value_bytes)));
  }

  const Bench& bench_;
  wal::Wal& log_;
  Values values_;
  Key key_;
  Trimmer trimmer_;
  std::uint64_t sequence_ = 0;
};

}  // namespace

io::Result<RotationMeasured> measure_rotation(const Bench& bench) {
  const RotationPart& part = bench.profile.rotation;
  wal::Options options = log_options(bench.profile.log, bench.directory + "/log");
  options.segment_bytes = part.segment_bytes.value;
  auto opened = wal::Wal::open(bench.machine, options);
  if (!opened) return std::unexpected(std::move(opened.error()));
  RotationMeasured measured;
  Rotator rotator(bench, opened->wal);
  const Stop stop = bench.stop.within(part.time_max);
  for (std::uint64_t i = 0; i < part.count.value && !stop.now(); ++i) {
    if (io::Status rotated = rotator.rotate_once(measured); !rotated)
      return std::unexpected(std::move(rotated.error()));
    stop.sleep_until(bench.machine.clock.now() + part.pause);
  }
  return measured;
}

}  // namespace wallop::checklist
