// SPDX-License-Identifier: Apache-2.0
// Metrics: an observer that counts, for a program that is scraped.
//
//   wal::Metrics metrics;
//   auto opened = wal::Wal::open(world, {.directory = "log", .observer = &metrics});
//   ...  answer(metrics.text());   // Prometheus' text format, version 0.0.4.
//
// One for each log: its figures carry no label. A span costs two or three additions and no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "wal/observer.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

class Metrics final : public Observer {
 public:
  void span(Stage stage, io::Instant begin, io::Instant end, std::uint64_t bytes) override;
  void segment_bytes(std::uint64_t bytes) override;

  [[nodiscard]] std::uint64_t count(Stage stage) const;
  // The upper edge of the bucket in which so many parts of all spans end; 0 where there was none.
  [[nodiscard]] io::Duration quantile(Stage stage, std::uint64_t parts_per_million) const;

  // wal_append_duration_seconds, wal_append_total, wal_fsync_duration_seconds, wal_active_segment_bytes,
  // wal_segment_rotations_total, and a histogram for each other stage.
  [[nodiscard]] std::string text() const;

 private:
  // 100 ns, 200 ns, 500 ns, 1 us, ... 10 s; one more for what is above.
  static constexpr std::size_t kBoundCount = 25;
  struct Durations {
    std::array<std::atomic<std::uint64_t>, kBoundCount + 1> counts{};
    std::atomic<std::uint64_t> sum_ns{0};
  };
  void put_histogram(std::string& text, Stage stage) const;
  [[nodiscard]] const Durations& durations(Stage stage) const {
    return by_stage_[static_cast<std::size_t>(stage)];
  }

  std::array<Durations, kStageCount> by_stage_{};
  std::atomic<std::uint64_t> segment_bytes_{0};
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
