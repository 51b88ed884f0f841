// SPDX-License-Identifier: Apache-2.0
// Sentences about records: each says what stands where, and what it breaks.
#include "wal/stress/judge.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace wallop::wal::stress {

void Findings::add(std::string sentence) {
  if (sentence.empty()) return;
  const std::unique_lock lock(*mutex_);
  sentences_.push_back(std::move(sentence));
}

std::vector<std::string> Findings::all() const {
  const std::unique_lock lock(*mutex_);
  return sentences_;
}

std::string Sequence::judge(const RecordView& view, const Name& name) const {
  const std::uint64_t lsn = view.lsn.value();
  if (has_gap_ ? view.lsn <= last_ : view.lsn != last_.next())
    return fmt::format("record {} follows record {}", lsn, last_.value());
  const Writer& writer = last_of_[name.writer];
  const std::uint64_t expected = writer.found.number + 1;
  if (writer.is_followed ? name.number != expected : name.number < expected) {
    return fmt::format("record {} is number {} of writer {}, behind its number {}", lsn, name.number,
                       name.writer, writer.found.number);
  }
  const bool goes_on = previous_.place + 1 < previous_.count;
  const Name next{previous_.writer, previous_.number + 1, previous_.place + 1, previous_.count};
  if (!has_gap_ && (goes_on ? name != next : name.place != 0))
    return fmt::format("record {}, \"{}\", follows \"{}\": a batch is not whole", lsn, key_of(name),
                       key_of(previous_));
  return "";
}

std::string Sequence::take(const RecordView& view) {
  const std::optional<Name> name = name_of(view.record);
  if (!name || name->writer >= last_of_.size())
    return fmt::format("record {} is none that was written: key \"{}\", value of {} bytes", view.lsn.value(),
                       text_of(view.record.key), view.record.value.size());
  std::string broken = judge(view, *name);
  if (first_ == Lsn{}) first_ = view.lsn;
  last_ = view.lsn;
  last_of_[name->writer] = {{name->number, view.lsn}, true};
  previous_ = *name;
  has_gap_ = false;
  return broken;
}

void Sequence::skip() {
  has_gap_ = true;
  for (Writer& writer : last_of_) writer.is_followed = false;
}

std::string Sequence::end() const {
  if (has_gap_ || previous_.place + 1 == previous_.count) return "";
  return fmt::format("nothing follows record {}, \"{}\": a batch is not whole", last_.value(),
                     key_of(previous_));
}

std::string judge_survival(const Sequence& log, Lsn oldest, std::uint64_t writer, const Written& written,
                           Ending ending) {
  const Found& found = log.last_of(writer);
  const Found& least = ending == Ending::closed ? written.appended : written.acknowledged;
  if (least.lsn >= oldest && found.number < least.number) {
    return fmt::format(
        "writer {}: number {}, record {}, was promised and is lost; the last one found is number {}", writer,
        least.number, least.lsn.value(), found.number);
  }
  if (ending == Ending::closed && found.number > written.appended.number) {
    return fmt::format("writer {}: number {} was refused and is there, as record {}", writer, found.number,
                       found.lsn.value());
  }
  return "";
}

}  // namespace wallop::wal::stress
