// SPDX-License-Identifier: Apache-2.0
// How a scenario opens its engine. What is left out is the engine's own default: no default stands here a
// second time.
//
//   "sync": "always" | "batch" | "os"
//         | { "batch": { "window": "5ms", "bytes": "1MiB", "stall_max": "5ms" } }
//         | { "os": { "buffer_bytes": "64KiB", "buffer_time": "5ms" } }
#pragma once

#include <optional>
#include <variant>

#include "base/fields.h"
#include "scenarios/run/values.h"

namespace wallop::scenarios {

struct AlwaysSync {
  bool operator==(const AlwaysSync&) const = default;
};

struct BatchSync {
  std::optional<base::Duration> window;
  std::optional<Bytes<1, 1ULL << 40>> bytes;
  std::optional<base::Duration> stall_max;
  bool operator==(const BatchSync&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("window", window,
      "A sync that covers a record starts at most this long after the record was accepted.");
    v("bytes", bytes, "Accepted and not durable bytes at most; append blocks beyond.");
    v("stall_max", stall_max,
      "Append blocks while the oldest record that is not durable is older than window and this.");
  }
};

struct OsSync {
  std::optional<Bytes<0, 1ULL << 40>> buffer_bytes;
  std::optional<base::Duration> buffer_time;
  bool operator==(const OsSync&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("buffer_bytes", buffer_bytes,
      "Kept back from the operating system at most. With 0 each append hands over at once.");
    v("buffer_time", buffer_time, "Handed over at most this much later.");
  }
};

struct SyncPolicy {
  std::variant<AlwaysSync, BatchSync, OsSync> kind;
  bool operator==(const SyncPolicy&) const = default;

  static void read_json(const base::json::Value& from, SyncPolicy& into, base::Reading& reading);
  static base::json::Value print_json(const SyncPolicy& policy);
  static base::json::Value schema_json();
};

enum class Preallocation : std::uint8_t { none, allocate, zero_fill };
constexpr auto enum_names(Preallocation) {
  using base::EnumName;
  return std::array{EnumName{"none", Preallocation::none}, EnumName{"allocate", Preallocation::allocate},
                    EnumName{"zero_fill", Preallocation::zero_fill}};
}

enum class ValueCompression : std::uint8_t { none, lz4, zstd };
constexpr auto enum_names(ValueCompression) {
  using base::EnumName;
  return std::array{EnumName{"none", ValueCompression::none}, EnumName{"lz4", ValueCompression::lz4},
                    EnumName{"zstd", ValueCompression::zstd}};
}

enum class RecoveryChoice : std::uint8_t { strict, absolute, prefix };
constexpr auto enum_names(RecoveryChoice) {
  using base::EnumName;
  return std::array{EnumName{"strict", RecoveryChoice::strict},
                    EnumName{"absolute", RecoveryChoice::absolute},
                    EnumName{"prefix", RecoveryChoice::prefix}};
}

enum class EvidenceLevel : std::uint8_t { lagged, sealed_idle, synchronous };
constexpr auto enum_names(EvidenceLevel) {
  using base::EnumName;
  return std::array{EnumName{"lagged", EvidenceLevel::lagged},
                    EnumName{"sealed_idle", EvidenceLevel::sealed_idle},
                    EnumName{"synchronous", EvidenceLevel::synchronous}};
}

enum class SectorUse : std::uint8_t { fresh, packed };
constexpr auto enum_names(SectorUse) {
  using base::EnumName;
  return std::array{EnumName{"fresh", SectorUse::fresh}, EnumName{"packed", SectorUse::packed}};
}

struct EngineOptions {
  std::optional<SyncPolicy> sync;
  std::optional<Bytes<8 << 10, 1ULL << 40>> segment_bytes;
  std::optional<Count<16, 1 << 20>> segment_blocks;
  std::optional<Count<0, 16>> spare_segments;
  std::optional<Count<0, 64>> recycle_segments;
  std::optional<Preallocation> preallocate;
  std::optional<Bytes<64, 1ULL << 30>> record_bytes_max;
  std::optional<RecoveryChoice> recovery;
  std::optional<Count<1, 64>> recovery_threads;
  std::optional<ValueCompression> compression;
  std::optional<EvidenceLevel> evidence;
  std::optional<SectorUse> sectors;
  std::optional<Bytes<512, 1ULL << 30>> frame_bytes_max;

  template <class Visitor>
  void fields(Visitor& v) {
    v("sync", sync, "When what append accepts becomes durable.");
    v("segment_bytes", segment_bytes, "Size of a segment: at least 16 of the world's write units.");
    v("segment_blocks", segment_blocks, "The same in write units of the world, whichever it is.");
    v("spare_segments", spare_segments,
      "Segments prepared ahead. With 0 the append that needs one prepares it.");
    v("recycle_segments", recycle_segments,
      "Deleted segments that are kept beside those, to be used again; the rest is unlinked.");
    v("preallocate", preallocate, "How a segment's space is made ready.");
    v("record_bytes_max", record_bytes_max, "The largest record that append takes, encoded.");
    v("recovery", recovery,
      "What recovery does about damage: refuse it, refuse a torn end too, or give up what is lost and say "
      "so.");
    v("recovery_threads", recovery_threads, "Files that recovery reads at once.");
    v("compression", compression, "How values are stored.");
    v("evidence", evidence,
      "How far behind the acknowledged records the proof may lie that they were durable.");
    v("sectors", sectors, "Whether what follows a sync begins on a fresh block, or right behind.");
    v("frame_bytes_max", frame_bytes_max, "A batch that is larger takes several frames.");
  }
};

}  // namespace wallop::scenarios
