// SPDX-License-Identifier: Apache-2.0
// The checks on one record, and on its place among the others.
#include "scenarios/run/shown.h"

#include <fmt/format.h>

namespace wallop::scenarios {
namespace {

Breach breach(std::string_view oracle, std::string what) {
  return {oracle, std::move(what)};
}

std::string said(const RecordId& id) {
  return fmt::format("record {} of writer {}", id.sequence, id.writer);
}

}  // namespace

std::optional<Breach> Shown::add(std::uint64_t lsn, const KeyValue& record) {
  const std::optional<RecordId> id = records_.id_of(record.key);
  std::optional<Breach> wrong = check(lsn, id, record);
  if (id) next_sequence_[id->writer] = id->sequence + 1;
  previous_ = id;
  last_ = lsn;
  ++count_;
  bytes_ += record.key.size() + record.value.size();
  return wrong;
}

std::optional<Breach> Shown::check(std::uint64_t lsn, const std::optional<RecordId>& id,
                                   const KeyValue& record) const {
  if (last_ != 0 && lsn != last_ + 1)
    return breach("prefix", fmt::format("LSN {} follows LSN {}", lsn, last_));
  if (!id) {
    const bool was_appended = promises_ != nullptr && promises_->accepted_at(lsn).has_value();
    return was_appended ? breach("intact", fmt::format("LSN {} has a damaged key", lsn))
                        : breach("prefix", fmt::format("LSN {} holds a record that nobody appended", lsn));
  }
  if (auto wrong = check_place(lsn, *id)) return wrong;
  if (auto wrong = check_batch(lsn, *id)) return wrong;
  if (records_.intact(*id, record)) return std::nullopt;
  return breach("intact", fmt::format("LSN {} holds {}, and not as it was appended", lsn, said(*id)));
}

std::optional<Breach> Shown::check_place(std::uint64_t lsn, const RecordId& id) const {
  const auto wrong = [&](std::string_view why) {
    return breach("prefix", fmt::format("LSN {} holds {}, {}", lsn, said(id), why));
  };
  if (id.sequence < next_sequence_[id.writer]) return wrong("which came before, or should have");
  if (promises_ == nullptr) return std::nullopt;
  if (id.sequence >= promises_->issued_count(id.writer)) return wrong("which was not appended yet");
  if (promises_->refused(id.writer, id.sequence)) return wrong("whose append said that it was not appended");
  const auto accepted = promises_->accepted_at(lsn);
  if (accepted && RecordId{accepted->writer, accepted->sequence} != id) {
    return wrong(fmt::format("where {} was accepted", said({accepted->writer, accepted->sequence})));
  }
  return std::nullopt;
}

// A batch lies in one stretch, from its first record to its last. A log whose beginning was deleted still
// begins with a whole one: what goes, goes by segments.
std::optional<Breach> Shown::check_batch(std::uint64_t lsn, const RecordId& id) const {
  const std::uint64_t batch = records_.group_of(id.writer).batch.value;
  if (id.sequence % batch != 0) {
    if (previous_ == RecordId{id.writer, id.sequence - 1}) return std::nullopt;
    return breach("prefix", fmt::format("LSN {} holds {}, and not behind the record before it in its batch",
                                        lsn, said(id)));
  }
  return end();
}

std::optional<Breach> Shown::end() const {
  if (!previous_) return std::nullopt;
  const std::uint64_t batch = records_.group_of(previous_->writer).batch.value;
  if ((previous_->sequence + 1) % batch == 0) return std::nullopt;
  return breach("prefix",
                fmt::format("LSN {} ends in the midst of a batch, with {}", last_, said(*previous_)));
}

}  // namespace wallop::scenarios
