// SPDX-License-Identifier: Apache-2.0
// Shown: what one reading of a log shows, checked record by record: a prefix of what was issued, each record
// whole.
//
// The same check serves recovery, which knows from the journal what was accepted where, and a reader in the
// midst of the run, which must not know better than the log (a record may be shown before its append has
// returned).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/run/oracle.h"
#include "scenarios/run/record.h"

namespace wallop::scenarios {

// A promise that was broken.
struct Breach {
  std::string_view oracle;  // One of oracle_names().
  std::string what;
};

class Shown {
 public:
  // Both outlive this; without promises only what holds for every log is checked. The first record may have
  // any LSN.
  explicit Shown(const Records& records, const Promises* promises = nullptr)
      : records_(records), promises_(promises), next_sequence_(records.writer_count()) {}

  // Takes the next record, and says what is wrong with it, if anything.
  std::optional<Breach> add(std::uint64_t lsn, const KeyValue& record);
  // What is wrong with ending here.
  [[nodiscard]] std::optional<Breach> end() const;
  // The next record may have a higher LSN: what lay between was deleted.
  void skip() {
    last_ = 0;
    previous_.reset();
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // Of keys and values.

 private:
  [[nodiscard]] std::optional<Breach> check(std::uint64_t lsn, const std::optional<RecordId>& id,
                                            const KeyValue& record) const;
  [[nodiscard]] std::optional<Breach> check_place(std::uint64_t lsn, const RecordId& id) const;
  [[nodiscard]] std::optional<Breach> check_batch(std::uint64_t lsn, const RecordId& id) const;

  const Records& records_;
  const Promises* promises_;
  std::vector<std::uint64_t> next_sequence_;  // By writer: the lowest that may still come.
  std::optional<RecordId> previous_;          // The record before, where it is the LSN before.
  std::uint64_t last_ = 0, count_ = 0, bytes_ = 0;
};

}  // namespace wallop::scenarios
