// SPDX-License-Identifier: Apache-2.0
// Recovery of any directory (image.h says how an input stands for one): looked at, salvaged, opened in each
// mode, written to, opened again.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wal/fuzz/memory_world.h"
#include "wal/fuzz/target.h"
#include "wal/salvage.h"
#include "wal/wal.h"

namespace wallop::wal::fuzz {
namespace {

using testing::MemoryFiles;
using testing::MemoryWorld;

struct Shown {
  Lsn lsn;
  Position position;
  std::string key;
  std::string value;

  explicit Shown(const RecordView& view)
      : lsn(view.lsn),
        position(view.position),
        key(text_of(view.record.key)),
        value(text_of(view.record.value)) {}
  bool operator==(const Shown&) const = default;
};

Options options_in(RecoveryMode mode) {
  Options options = testing::memory_options();
  options.recovery = mode;
  if (mode == RecoveryMode::absolute) options.preallocate = Preallocate::zero_fill;
  return options;
}

bool same_but_for_time(RecoveryInfo a, const RecoveryInfo& b) {
  return a.valid_records == b.valid_records && a.tail == b.tail && a.last == b.last &&
         a.last_valid == b.last_valid && a.durable_proven == b.durable_proven && a.lost == b.lost &&
         a.accepted == b.accepted && a.damage == b.damage && a.bytes_discarded == b.bytes_discarded;
}

// One directory, fresh in each world.
class Recovery {
 public:
  Recovery(io::Bytes input, Sentences& sentences) : pieces_(read_image(input)), sentences_(sentences) {}

  void run() {
    if (!look()) return;
    salvage();
    const bool opens = open_and_go_on(RecoveryMode::strict);
    if (has_no_number_left_) return;
    sentences_.expect(opens == !found_.corruption_detected(),
                      "strict opens what is not corrupt, and no more");
    const bool is_whole = found_.tail == TailState::clean;
    sentences_.expect(open_and_go_on(RecoveryMode::absolute) == is_whole, "absolute opens what is clean");
    const bool opens_prefix = open_and_go_on(RecoveryMode::prefix);
    sentences_.expect(opens_prefix || !opens, "prefix opens what strict opens");
  }

 private:
  // False where nothing more can be said.
  bool look() {
    MemoryWorld memory;
    lay_out(pieces_, memory.files());
    const MemoryFiles::Contents before = memory.files().contents();
    const auto first = Wal::inspect(memory.world(), options_in(RecoveryMode::strict));
    const auto second = Wal::inspect(memory.world(), options_in(RecoveryMode::strict));
    sentences_.expect(memory.files().contents() == before, "inspect changes no byte");
    if (!first) {
      sentences_.expect(first.error().code == io::Code::unsupported,
                        "a look fails where a format is unknown");
      sentences_.expect(!second, "two looks see the same");
      return false;
    }
    sentences_.expect(second && same_but_for_time(*first, *second), "two looks see the same");
    found_ = *first;
    return true;
  }

  void salvage() {
    MemoryWorld memory;
    lay_out(pieces_, memory.files());
    const MemoryFiles::Contents before = memory.files().contents();
    auto salvage = Salvage::open(memory.world(), "log");
    if (!sentences_.expect(salvage.has_value(), "what can be looked at can be salvaged")) return;
    std::uint64_t bytes = 0;
    for (const auto& [path, content] : before) bytes += content.size();
    for (std::uint64_t turns = 0;; ++turns) {
      if (!sentences_.expect(turns <= 2 * bytes + 2, "salvage ends")) return;
      auto next = salvage->next();
      if (!sentences_.expect(next.has_value(), "salvage shows all that is left")) return;
      if (!*next) break;
      const auto* view = std::get_if<RecordView>(&**next);
      if (view != nullptr && view->standing == Standing::live) salvaged_.emplace_back(*view);
    }
    sentences_.expect(memory.files().contents() == before, "salvage changes no byte");
    std::ranges::sort(salvaged_, {}, &Shown::position);
  }

  bool open_and_go_on(RecoveryMode mode) {
    MemoryWorld memory;
    lay_out(pieces_, memory.files());
    const MemoryFiles::Contents before = memory.files().contents();
    auto opened = Wal::open(memory.world(), options_in(mode));
    if (!opened) {
      sentences_.expect(memory.files().contents() == before, "an open that fails changes no byte");
      const io::Code code = opened.error().code;
      has_no_number_left_ = mode == RecoveryMode::strict && code == io::Code::unsupported;
      sentences_.expect(
          code == io::Code::corrupt || code == io::Code::invalid || code == io::Code::unsupported,
          "an open fails for what it found");
      return false;
    }
    sentences_.expect(opened->info.valid_records == found_.valid_records && opened->info.last == found_.last,
                      "an open finds what a look had found");
    const auto records = read(opened->wal, found_.valid_records);
    for (const Shown& record : records) {
      const auto at = std::ranges::lower_bound(salvaged_, record.position, {}, &Shown::position);
      sentences_.expect(at != salvaged_.end() && *at == record, "salvage shows what a reader shows");
    }
    go_on(memory, std::move(*opened), records);
    return true;
  }

  // All that the log shows, each record once; fewer than `count` only behind a failure that says why.
  std::vector<Shown> read(Wal& wal, std::uint64_t count) {
    std::vector<Shown> records;
    auto reader = wal.read_from(Position::start());
    if (!sentences_.expect(reader.has_value(), "an open log is read")) return records;
    for (;;) {
      auto next = reader->next();
      if (!next) {
        sentences_.expect(next.error().code == io::Code::corrupt, "reading fails for damage only");
        return records;
      }
      if (!*next) break;
      if (!records.empty()) sentences_.expect(records.back().lsn < (*next)->lsn, "LSNs rise");
      if (!sentences_.expect(records.size() < count, "a reader shows no more than was recovered"))
        return records;
      records.emplace_back(**next);
    }
    sentences_.expect(records.size() == count, "a reader shows all that was recovered");
    return records;
  }

  void go_on(MemoryWorld& memory, Opened opened, const std::vector<Shown>& records) {
    const auto placed = opened.wal.append(Record::put("one", "more"));
    if (!sentences_.expect(placed.has_value(), "an open log takes a record")) return;
    sentences_.expect(placed->lsn > opened.info.last, "a new record stands behind all that was recovered");
    sentences_.expect(opened.wal.close().has_value(), "an open log is closed");
    {
      const Opened gone = std::move(opened);
    }

    const auto again = Wal::inspect(memory.world(), options_in(RecoveryMode::strict));
    if (!sentences_.expect(again.has_value(), "a closed log can be looked at")) return;
    sentences_.expect(again->tail == TailState::clean, "a closed log is clean");
    sentences_.expect(again->last == placed->lsn, "what was acknowledged is found");
    sentences_.expect(again->valid_records == found_.valid_records + 1, "what was recovered stays");
    auto reopened = Wal::open(memory.world(), options_in(RecoveryMode::strict));
    // The open before may have taken the last segment's id or the last epoch that there was.
    if (!reopened && reopened.error().code == io::Code::unsupported) return;
    if (!sentences_.expect(reopened.has_value(), "a closed log opens")) return;
    auto both = read(reopened->wal, found_.valid_records + 1);
    if (both.size() == found_.valid_records + 1) both.pop_back();
    sentences_.expect(both == records, "what was recovered is shown again, and alike");
  }

  const std::vector<Piece> pieces_;
  Sentences& sentences_;
  RecoveryInfo found_;
  bool has_no_number_left_ = false;  // Strict refused to count on.
  std::vector<Shown> salvaged_;      // Live ones, by position.
};

void run_recovery(io::Bytes input, Sentences& sentences) {
  Recovery(input, sentences).run();
}

}  // namespace

const Target kRecoveryTarget{"recovery", run_recovery, mutate_image};

}  // namespace wallop::wal::fuzz
