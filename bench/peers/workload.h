// SPDX-License-Identifier: Apache-2.0
// Workloads: what is done with an engine, and the numbers that come of it, by name: "per_second", "p99_ns".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/peers/options.h"
#include "bench/peers/peer.h"

namespace wallop::bench {

struct Task {
  std::string directory;
  Promise promise = Promise::buffered;
  unsigned writers = 1;
  std::uint64_t record_bytes = 100;
  std::uint64_t total_bytes = 64ULL << 20;  // Of records, at most.
  std::uint64_t milliseconds = 500;         // Time, at most.
  std::uint64_t segment_bytes = 0;
  std::uint64_t dirty_bytes = 0;
  std::uint64_t count = 1000;
  unsigned threads = 1;
};

struct Workload {
  std::string_view name;
  std::string_view about;
  Numbers (*run)(const EngineKind& engine, const Task& task);
};

Numbers run_append(const EngineKind& engine, const Task& task);
Numbers run_allocations(const EngineKind& engine, const Task& task);
Numbers run_rotation(const EngineKind& engine, const Task& task);
Numbers run_sync(const EngineKind& engine, const Task& task);
Numbers run_fill(const EngineKind& engine, const Task& task);
Numbers run_scan(const EngineKind& engine, const Task& task);
Numbers run_recovery(const EngineKind& engine, const Task& task);
Numbers run_bandwidth(const EngineKind& engine, const Task& task);
// Of our log alone.
Numbers run_deletion(const EngineKind& engine, const Task& task);
Numbers run_checksum_share(const EngineKind& engine, const Task& task);
Numbers run_codec_share(const EngineKind& engine, const Task& task);

// Bytes that no codec shortens, the same on every machine; a record is `bytes` of them from a place that its
// number tells.
class Records {
 public:
  explicit Records(std::uint64_t bytes);
  [[nodiscard]] std::string_view at(std::uint64_t number) const {
    return std::string_view(text_).substr(number * 131 % kSpread, bytes_);
  }

 private:
  static constexpr std::uint64_t kSpread = 1 << 16;
  std::uint64_t bytes_;
  std::string text_;
};

[[nodiscard]] PeerSetup setup_of(const Task& task);

}  // namespace wallop::bench
