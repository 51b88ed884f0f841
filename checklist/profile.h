// SPDX-License-Identifier: Apache-2.0
// A profile: the workload that a machine is to carry, and the limits that it must keep.
//
// One load serves several items (append.p99, disk, memory), so measurements are described once each, and
// items say only what is judged. docs/checklist.md has the format with an example.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "io/file_system.h"
#include "scenarios/run/engine_options.h"
#include "scenarios/run/metric.h"
#include "scenarios/run/values.h"

namespace wallop::checklist {

using scenarios::Bytes;
using scenarios::Count;

inline constexpr std::uint64_t kDirtyBytesMax = 64ULL << 20;
inline constexpr std::uint64_t kRecoveryBytesMax = 64ULL << 30;

// Appends that fall due at a fixed rate, answered or not. Latency counts from the due time.
struct LoadPart {
  base::Duration duration = std::chrono::seconds(10);
  Count<1, 256> writers{8};
  base::Rate rate{1000};
  Bytes<16, 64 << 10> key_bytes{16};
  Bytes<1, 1 << 20> value_bytes{1024};

  template <class Visitor>
  void fields(Visitor& v) {
    v("duration", duration, "How long appends fall due.");
    v("writers", writers, "How many append.");
    v("rate", rate, "Appends of each writer that fall due in a second.");
    v("key_bytes", key_bytes, "Size of a key.");
    v("value_bytes", value_bytes, "Size of a value.");
  }
};

// Explicit syncs after so many bytes, in turns with the same on a plain file: the device's floor.
struct SyncPart {
  Bytes<1, kDirtyBytesMax> dirty_bytes{64 << 10};
  Count<1, 1'000'000> count{2000};
  std::vector<Bytes<0, kDirtyBytesMax>> curve;
  Count<1, 100'000> curve_count{50};
  base::Duration time_max = std::chrono::seconds(30);

  template <class Visitor>
  void fields(Visitor& v) {
    v("dirty_bytes", dirty_bytes, "What the workload leaves unsynced between two syncs.");
    v("count", count, "Syncs at that size; p99 needs 1,000.");
    v("curve", curve, "Other sizes to show beside it; 0 is a clean file.");
    v("curve_count", curve_count, "Syncs at each of them.");
    v("time_max", time_max, "Ends sooner after this time, with fewer samples.");
  }
};

// As many appends as go, under each sync policy in turn.
struct ThroughputPart {
  Bytes<1 << 20, 1ULL << 40> bytes_max{64 << 20};
  base::Duration time_max = std::chrono::seconds(2);

  template <class Visitor>
  void fields(Visitor& v) {
    v("bytes_max", bytes_max, "Ends a policy's turn after so many bytes of keys and values...");
    v("time_max", time_max, "...or after this time.");
  }
};

// One writer fills small segments, and waits after each rotation as a real workload would fill its segment.
struct RotationPart {
  Bytes<256 << 10, 1ULL << 32> segment_bytes{256 << 10};
  Count<1, 100'000> count{1000};
  base::Duration pause = std::chrono::milliseconds(4);
  base::Duration time_max = std::chrono::seconds(30);

  template <class Visitor>
  void fields(Visitor& v) {
    v("segment_bytes", segment_bytes, "Size of the segments.");
    v("count", count, "Rotations; p99 needs 1,000.");
    v("pause", pause, "After each rotation, so that the log can prepare its next segment.");
    v("time_max", time_max, "Ends sooner after this time, with fewer samples.");
  }
};

// A log that ends uncleanly and is opened again, at each size, warm and cold. The largest size is judged.
struct RecoveryPart {
  std::vector<Bytes<1'000'000, kRecoveryBytesMax>> sizes{{100'000'000}};
  Count<1, 1000> repeat{3};

  template <class Visitor>
  void fields(Visitor& v) {
    v("sizes", sizes, "Bytes of log, rising; the last is judged.");
    v("repeat", repeat, "Opens at each size, warm and cold each.");
  }
};

enum class Severity : std::uint8_t { fail, warn };
constexpr auto enum_names(Severity) {
  using base::EnumName;
  return std::array{EnumName{"fail", Severity::fail}, EnumName{"warn", Severity::warn}};
}

struct Item {
  std::string id;  // Of check.h's catalogue.
  std::optional<scenarios::MetricLimit> expect;
  Severity severity = Severity::fail;

  template <class Visitor>
  void fields(Visitor& v) {
    v("id", id, "Which check.", base::Need::required);
    v("expect", expect, "The limit: a metric expression.");
    v("severity", severity, "What a breach is: fail, or warn only.");
  }
};

struct Profile {
  std::uint32_t version = 1;
  std::string name;
  std::string about;
  scenarios::EngineOptions log;
  LoadPart load;
  SyncPart sync;
  ThroughputPart throughput;
  RotationPart rotation;
  RecoveryPart recovery;
  std::vector<Item> items;

  template <class Visitor>
  void fields(Visitor& v) {
    v("version", version, "Of this format: 1.", base::Need::required);
    v("name", name, "What reports call it.", base::Need::required);
    v("about", about, "For which machine it is.");
    v("log", log, "How the log is opened, as in a scenario's engine options.");
    v("load", load, "The workload.");
    v("sync", sync, "How syncs are measured.");
    v("throughput", throughput, "How throughput is measured.");
    v("rotation", rotation, "How rotations are measured.");
    v("recovery", recovery, "How recovery is measured.");
    v("items", items, "What is judged, in this order.", base::Need::required);
  }
};

// Each with line, column and hint; none where the profile is whole and makes sense.
[[nodiscard]] std::expected<Profile, base::json::Problems> parse_profile(std::string_view text);

// A built-in profile by its name, or a file (anything with a slash or ending in .json). On failure one line
// for each problem, ready to print.
[[nodiscard]] std::expected<Profile, std::vector<std::string>> load_profile(io::FileSystem& files,
                                                                            std::string_view name_or_file);
// "ci-quick", "default".
[[nodiscard]] std::vector<std::string_view> profile_names();

// The profile with only those of its items. On failure a sentence: which id is not there, and what was meant.
[[nodiscard]] std::expected<Profile, std::string> only(Profile profile, std::span<const std::string> ids);

}  // namespace wallop::checklist
