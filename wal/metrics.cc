// SPDX-License-Identifier: Apache-2.0
// Counting spans, and saying so as Prometheus reads it.
#include "wal/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr auto kBounds = [] {
  std::array<std::uint64_t, 25> bounds{};
  std::uint64_t decade = 100;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    constexpr std::uint64_t kSteps[] = {1, 2, 5};
    bounds[i] = decade * kSteps[i % 3];
    if (i % 3 == 2) decade *= 10;
  }
  return bounds;
}();
static_assert(kBounds.back() == 10'000'000'000);

struct Named {
  std::string_view name, help;
};
// By stage.
constexpr std::array<Named, kStageCount> kHistograms = {{
    {"wal_append_duration_seconds", "Calls of append, until what the policy promises holds."},
    {"wal_append_serialize_duration_seconds", "Laying out one record."},
    {"wal_append_crc_duration_seconds", "Checksumming one record."},
    {"wal_write_duration_seconds", "Handing one group of records to the operating system."},
    {"wal_fsync_duration_seconds", "Making what was written durable."},
    {"wal_segment_rotation_duration_seconds", "Switching to the next segment."},
    {"wal_recovery_duration_seconds", "Opening the log, up to where it serves."},
    {"wal_delete_duration_seconds", "Deleting segments."},
}};

// "0.0000001", "0.005", "10".
std::string seconds(std::uint64_t ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  std::string text = fmt::format("{}.{:09}", ns / kSecond, ns % kSecond);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void put_number(std::string& text, const Named& named, std::string_view type, std::uint64_t value) {
  fmt::format_to(std::back_inserter(text), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", named.name,
                 named.help, type, value);
}

}  // namespace

void Metrics::span(Stage stage, io::Instant begin, io::Instant end, std::uint64_t) {
  const auto ns = static_cast<std::uint64_t>(std::max(io::Duration::zero(), end - begin).count());
  const auto bucket = std::ranges::lower_bound(kBounds, ns) - kBounds.begin();
  Durations& durations = by_stage_[static_cast<std::size_t>(stage)];
  durations.counts[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  durations.sum_ns.fetch_add(ns, std::memory_order_relaxed);
}

void Metrics::segment_bytes(std::uint64_t bytes) {
  segment_bytes_.store(bytes, std::memory_order_relaxed);
}

std::uint64_t Metrics::count(Stage stage) const {
  std::uint64_t count = 0;
  for (const auto& bucket : durations(stage).counts) count += bucket.load(std::memory_order_relaxed);
  return count;
}

io::Duration Metrics::quantile(Stage stage, std::uint64_t parts_per_million) const {
  constexpr std::uint64_t kAll = 1'000'000;
  const std::uint64_t wanted = (count(stage) * parts_per_million + kAll - 1) / kAll;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBoundCount; ++i) {
    seen += durations(stage).counts[i].load(std::memory_order_relaxed);
    if (seen >= wanted) return io::Duration(wanted == 0 ? 0 : kBounds[i]);
  }
  return io::Duration::max();
}

// Buckets are read once and summed: what is added meanwhile is in the next scrape, and none contradicts
// another.
void Metrics::put_histogram(std::string& text, Stage stage) const {
  const Named& named = kHistograms[static_cast<std::size_t>(stage)];
  auto out = std::back_inserter(text);
  fmt::format_to(out, "# HELP {0} {1}\n# TYPE {0} histogram\n", named.name, named.help);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < kBoundCount; ++i) {
    count += durations(stage).counts[i].load(std::memory_order_relaxed);
    fmt::format_to(out, "{}_bucket{{le=\"{}\"}} {}\n", named.name, seconds(kBounds[i]), count);
  }
  count += durations(stage).counts[kBoundCount].load(std::memory_order_relaxed);
  const std::uint64_t sum_ns = durations(stage).sum_ns.load(std::memory_order_relaxed);
  fmt::format_to(out, "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", named.name, count,
                 seconds(sum_ns));
}

std::string Metrics::text() const {
  std::string text;
  for (std::size_t i = 0; i < kStageCount; ++i) put_histogram(text, static_cast<Stage>(i));
  put_number(text, {"wal_append_total", "Calls of append that were accepted."}, "counter",
             count(Stage::append));
  put_number(text, {"wal_segment_rotations_total", "Switches to the next segment."}, "counter",
             count(Stage::rotate));
  put_number(text, {"wal_active_segment_bytes", "How far the segment that is being written is filled."},
             "gauge", segment_bytes_.load(std::memory_order_relaxed));
  return text;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
