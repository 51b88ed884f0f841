// SPDX-License-Identifier: Apache-2.0
// What a scenario does to the log: writers, readers, deletion, and how it ends.
//
// A workload ends after a number of appends or after a time, never after both. Exploration needs the number:
// a run that ends by the clock has as many crash states as the disk was fast.
#pragma once

#include <optional>
#include <vector>

#include "base/fields.h"
#include "scenarios/run/engine.h"
#include "scenarios/run/values.h"

namespace wallop::scenarios {

inline constexpr std::uint64_t kValueBytesMax = 16ULL << 20;
// The runner puts writer and sequence into the key, so that the oracles know every record that they find.
inline constexpr std::uint64_t kKeyBytesMin = 16;

// Sizes of values: one for all, or a distribution by its median and its 99th percentile.
struct ValueBytes {
  std::uint64_t p50 = 100;
  std::uint64_t p99 = 100;
  bool operator==(const ValueBytes&) const = default;

  // The size at that quantile. From half the median evenly up to the median; above, with the eighth power of
  // the rank up to p99, which gives about the mean of a log-normal distribution without floats; the last
  // hundredth are of p99 bytes.
  [[nodiscard]] std::uint64_t at(std::uint64_t parts_per_million) const;

  static void read_json(const base::json::Value& from, ValueBytes& into, base::Reading& reading);
  static base::json::Value print_json(const ValueBytes& sizes);
  static base::json::Value schema_json();
};

struct Writers {
  Count<1, 1024> count{1};
  std::optional<base::Rate> rate;
  std::optional<Count<1, 1'000'000'000>> operations;
  Bytes<kKeyBytesMin, 64 << 10> key_bytes{kKeyBytesMin};
  ValueBytes value_bytes;
  Count<1, 65'536> batch{1};
  bool compressible = false;

  template <class Visitor>
  void fields(Visitor& v) {
    v("count", count, "How many of this kind.");
    v("rate", rate,
      "Appends that fall due in a second, for each writer, answered or not; without it a writer appends as "
      "soon as the last append has returned.");
    v("operations", operations, "Appends of each writer, instead of the workload's number.");
    v("key_bytes", key_bytes, "Size of a key. It carries the writer and its count, hence at least 16.");
    v("value_bytes", value_bytes, "Size of a value: a number, or {\"p50\": .., \"p99\": ..}.");
    v("batch", batch, "Records in one append; more than one are an append_batch, all or nothing.");
    v("compressible", compressible, "Values repeat themselves, so that compression finds something.");
  }
};

struct Readers {
  Count<1, 1024> count{1};
  bool follow = false;
  Visibility visibility = Visibility::visible;

  template <class Visitor>
  void fields(Visitor& v) {
    v("count", count, "How many of this kind.");
    v("follow", follow, "Read on as records appear. Else read everything once, when the writers are done.");
    v("visibility", visibility,
      "What one that follows is shown: what is visible, or only what is durable, which no crash may then "
      "take.");
  }
};

struct Deletion {
  Count<1, 1'000'000> keep_segments{1};
  base::Duration every = std::chrono::seconds(1);

  template <class Visitor>
  void fields(Visitor& v) {
    v("keep_segments", keep_segments, "Segments that stay, the one being written included.",
      base::Need::required);
    v("every", every, "How often older ones are deleted.", base::Need::required);
  }
};

struct Workload {
  std::optional<Count<1, 1'000'000'000>> operations;
  std::optional<base::Duration> duration;
  std::vector<Writers> writers;
  std::vector<Readers> readers;
  std::optional<Deletion> deletion;
  bool close = true;
  Count<0, 1000> after_recovery{0};

  // Appends that all writers make together, each batch counted once; nothing where the clock ends the
  // workload.
  [[nodiscard]] std::optional<std::uint64_t> append_count() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("operations", operations, "Appends of each writer; the workload ends when all have made theirs.");
    v("duration", duration, "The workload ends after this time.");
    v("writers", writers, "Who appends.", base::Need::required);
    v("readers", readers, "Who reads meanwhile.");
    v("delete", deletion, "How old segments go.");
    v("close", close, "Close the log at the end. Else the run ends as if the process had ended there.");
    v("after_recovery", after_recovery,
      "Appends of the first writer after each recovery: what they promise, a later crash may not take.");
  }
};

}  // namespace wallop::scenarios
