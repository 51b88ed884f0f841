// SPDX-License-Identifier: Apache-2.0
// How the measurements open the log and what they append.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checklist/profile.h"
#include "io/world.h"
#include "wal/wal.h"

namespace wallop::checklist {

[[nodiscard]] wal::Options log_options(const scenarios::EngineOptions& log, std::string directory);

// "always", "batch 5ms", "os".
[[nodiscard]] std::string describe(const wal::SyncPolicy& policy);

// The key of one writer's records, written anew for each.
class Key {
 public:
  explicit Key(std::uint64_t bytes) : bytes_(bytes) {}
  [[nodiscard]] io::Bytes of(std::uint64_t writer, std::uint64_t sequence);

 private:
  std::vector<std::byte> bytes_;
};

// Values that do not compress: some devices store zeros for free.
class Values {
 public:
  explicit Values(io::Entropy& entropy);
  static constexpr std::uint64_t kBytesMax = 1 << 20;
  // `bytes` bytes, at most kBytesMax, others for each sequence. Valid as long as this. Any thread may ask.
  [[nodiscard]] io::Bytes of(std::uint64_t sequence, std::uint64_t bytes) const;

 private:
  std::vector<std::byte> noise_;
};

// Appends records of `value_bytes` until `bytes` of keys and values are in, exactly where `bytes` is not
// below the key.
[[nodiscard]] io::Status append_bytes(wal::Wal& log, Key& key, const Values& values,
                                      std::uint64_t value_bytes, std::uint64_t bytes);

// Keeps the log's space bounded: once kSegmentsMax segments have been begun, all but the newest go.
class Trimmer {
 public:
  // A cheap question where there is nothing to do.
  [[nodiscard]] io::Status trim(wal::Wal& log);

 private:
  std::uint64_t oldest_ = 0;
};
inline constexpr std::uint64_t kSegmentsMax = 6;

}  // namespace wallop::checklist
