// SPDX-License-Identifier: Apache-2.0
// The records of a workload: a function of (seed, writer, sequence), so that whoever finds one knows whether
// it is whole, and nobody keeps copies.
//
//   key    +--------+-------+----------+-------- - -
//          | writer | check | sequence | filler          u32, u32, u64, little-endian
//          +--------+-------+----------+-------- - -
//   value  filler of another stream
//
// `check` is drawn from the seed: a key that was never issued does not carry it by accident.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/run/engine.h"
#include "scenarios/run/workload.h"

namespace wallop::scenarios {

// Writers are counted from 0 over all groups, in the scenario's order; each counts its records from 0.
struct RecordId {
  std::uint32_t writer = 0;
  std::uint64_t sequence = 0;
  auto operator<=>(const RecordId&) const = default;
};

class Records {
 public:
  // `workload` outlives this.
  Records(const Workload& workload, std::uint64_t seed);

  [[nodiscard]] std::uint32_t writer_count() const { return static_cast<std::uint32_t>(groups_.size()); }
  [[nodiscard]] const Writers& group_of(std::uint32_t writer) const { return *groups_[writer]; }

  // Of key and value together.
  [[nodiscard]] std::uint64_t bytes_of(const RecordId& id) const;
  // Puts the record at the end of `buffer`, which may move what is there: take views when all is made.
  void make(const RecordId& id, std::vector<std::byte>& buffer) const;
  // The key and the value of a record that make() put at `offset` of `buffer`.
  [[nodiscard]] KeyValue view(const RecordId& id, const std::vector<std::byte>& buffer,
                              std::size_t offset) const;

  // `count` records from `first` on, made in `buffer`, whose earlier content goes, and shown by `views`.
  void make(const RecordId& first, std::uint64_t count, std::vector<std::byte>& buffer,
            std::vector<KeyValue>& views) const;

  // Which record a key says it is; nothing where no writer of this workload and seed makes such a key.
  [[nodiscard]] std::optional<RecordId> id_of(io::Bytes key) const;
  // Whether every byte is as it was made.
  [[nodiscard]] bool intact(const RecordId& id, const KeyValue& found) const;

 private:
  [[nodiscard]] std::uint64_t value_bytes(const RecordId& id) const;

  std::vector<const Writers*> groups_;  // By writer.
  std::uint64_t seed_;
};

}  // namespace wallop::scenarios
