// SPDX-License-Identifier: Apache-2.0
// The machine, its steps, and what a sync leaves of its states.
#include "sim/truth/reference_journal.h"

#include <algorithm>
#include <compare>
#include <functional>

namespace wallop::sim::reference {
namespace {

using Kind = TraceOp::Kind;

constexpr std::uint64_t kUnit = 4096;
constexpr std::uint64_t kSectorsPerUnit = kUnit / kSector;

std::uint64_t unit_end(std::uint64_t size) {
  return (size + kUnit - 1) / kUnit;
}

// One operation on metadata, in the order of issue.
struct Record {
  Assignments names{};
  Inode sized = kNobody;  // Whose size it sets.
  std::uint64_t size = 0;
  bool is_shrink = false;
  std::string held{};             // Of a shrink: what memory held right after it.
  std::size_t shrink_number = 0;  // Of its file, from 1.
  Inode renamed = kNobody;
};

// A unit of a file in memory. Freed and written again it begins another life.
struct UnitLife {
  std::size_t number = 0;          // 0: not written.
  std::size_t records_before = 0;  // Issued before its first write.
  bool is_surely_written = false;  // A sync has brought it to the disk.
};

// What memory knows of a file besides its bytes.
struct FileFacts {
  std::map<std::uint64_t, UnitLife> units;
  std::size_t life_count = 0, shrink_count = 0;
  std::size_t synced_records = 0;  // Records about its size before this were overtaken by a sync.
  // How many records a sync must commit.
  std::size_t to_sync = 0, to_sync_all = 0;
};

// A sector on the disk.
struct Stored {
  std::string bytes = std::string(kSector, '\0');
  std::size_t shrink_number = 0;  // How many shrinks memory had seen when it was copied.
  auto operator<=>(const Stored&) const = default;
};

struct StoredFile {
  std::uint64_t size = 0;
  std::map<std::uint64_t, std::size_t> lives{};  // Of the units that have blocks.
  std::map<std::uint64_t, Stored> sectors{};
  auto operator<=>(const StoredFile&) const = default;
};

// What is on the disk.
struct State {
  std::size_t committed = 0;  // Records.
  std::map<Inode, StoredFile> files;
  auto operator<=>(const State&) const = default;
};

// Names of an inode, as of so many records; and of those above it.
struct LogRecord {
  std::size_t as_of = 0;
  Inode inode = kNobody;
  Names names{};
  bool is_directory = false;
};

class Machine {
 public:
  Machine(const Rules& rules, std::size_t state_max) : rules_(rules), state_max_(state_max) {}

  // False where there are too many states.
  bool apply(const TraceOp& op);
  [[nodiscard]] std::set<PlainImage> images() const;

 private:
  // ---- What an operation does to memory, and to the list of records ----
  void change_names(const Change& change);
  void write(const Change& change);
  void resize(const Change& change);
  void note_relevant(Inode inode) { facts_[inode].to_sync = facts_[inode].to_sync_all = records_.size(); }

  // ---- What the machine may do by itself ----
  bool run_on();
  void take_steps(const State& state, const std::function<void(State)>& reach) const;
  void take_file_steps(const State& state, Inode inode, const std::function<void(State)>& reach) const;
  void commit_next(State& state) const;
  void shrink(StoredFile& file, const Record& record) const;
  void copy_unit(State& state, Inode inode, std::uint64_t unit) const;
  void copy_sector(State& state, Inode inode, std::uint64_t sector) const;
  [[nodiscard]] bool differs(const State& state, const StoredFile& file, Inode inode,
                             std::uint64_t sector) const;

  // ---- What a sync promises ----
  void sync(const Change& change);
  void sync_write(const Change& change, bool is_first_write);
  void settle(const std::function<void(State&)>& force);
  void commit_up_to(State& state, std::size_t count) const;
  void take_sizes(State& state, Inode inode) const;
  void write_log(Inode inode, std::size_t as_of);
  [[nodiscard]] Names names_as_of(std::size_t count) const;
  void for_all_names(std::size_t committed, const std::function<void(const Names&)>& visit) const;

  const Rules& rules_;
  std::size_t state_max_;
  Memory memory_;
  std::map<Inode, FileFacts> facts_;
  std::vector<Record> records_;
  std::vector<LogRecord> log_;
  std::set<State> states_{State{}};
  // Of the write at hand: sizes that may move, and how many records came before it.
  Inode grown_ = kNobody;
  std::vector<std::uint64_t> grown_sizes_;
};

// ---- Memory ----

bool Machine::apply(const TraceOp& op) {
  grown_sizes_.clear();
  const Change change = memory_.apply(op);
  if (!change.names.empty()) change_names(change);
  bool is_first_write = false;
  if (op.kind == Kind::write || op.kind == Kind::write_durable) {
    const std::size_t lives = facts_[change.inode].life_count;
    write(change);
    is_first_write = facts_[change.inode].life_count != lives;
  }
  if (op.kind == Kind::truncate || op.kind == Kind::allocate) resize(change);
  if (!run_on()) return false;
  grown_ = kNobody;  // A size moves right after its write or not at all.
  const bool is_sync = op.kind == Kind::sync || op.kind == Kind::sync_all || op.kind == Kind::sync_directory;
  if (rules_.lies || !(is_sync || op.kind == Kind::write_durable)) return true;
  if (is_sync) {
    sync(change);
  } else {
    sync_write(change, is_first_write);
  }
  return run_on();
}

void Machine::change_names(const Change& change) {
  Record record{.names = change.names};
  if (change.kind == Kind::rename) {
    record.renamed = change.inode;
    const bool replaces = change.replaced != kNobody && memory_.files.contains(change.inode);
    if (replaces && rules_.rename_flushes) {
      record.sized = change.inode;
      record.size = memory_.files.at(change.inode).size();
    }
  }
  records_.push_back(std::move(record));
  const bool creates = change.kind == Kind::create || change.kind == Kind::make_directory;
  facts_[change.inode].to_sync_all = records_.size();
  if (creates) note_relevant(change.inode);
  for (const auto& [slot, inode] : change.names) note_relevant(slot.directory);
}

void Machine::write(const Change& change) {
  FileFacts& facts = facts_[change.inode];
  bool is_first_write = false;
  for (std::uint64_t unit = change.begin / kUnit; unit * kUnit < change.end; ++unit) {
    UnitLife& life = facts.units[unit];
    if (life.number != 0) continue;
    life = {++facts.life_count, records_.size(), false};
    is_first_write = true;
  }
  const bool grows = change.new_size > change.old_size;
  if (grows) {
    const bool is_at_once =
        rules_.sizes_at_once && facts.units[(change.new_size - 1) / kUnit].is_surely_written;
    if (is_at_once) {
      records_.push_back({.sized = change.inode, .size = change.new_size});
    } else {
      grown_ = change.inode;
      const std::uint64_t from = std::max(change.begin, change.old_size);
      for (std::uint64_t edge = (from / kUnit + 1) * kUnit; edge < change.new_size; edge += kUnit)
        grown_sizes_.push_back(edge);
      grown_sizes_.push_back(change.new_size);
    }
  }
  if (grows || is_first_write) note_relevant(change.inode);
}

void Machine::resize(const Change& change) {
  FileFacts& facts = facts_[change.inode];
  if (change.new_size < change.old_size) {
    ++facts.shrink_count;
    facts.units.erase(facts.units.lower_bound(unit_end(change.new_size)), facts.units.end());
    records_.push_back({.sized = change.inode,
                        .size = change.new_size,
                        .is_shrink = true,
                        .held = memory_.files.at(change.inode),
                        .shrink_number = facts.shrink_count});
  } else if (change.new_size > change.old_size) {
    records_.push_back({.sized = change.inode, .size = change.new_size});
  }
  if (change.new_size != change.old_size || change.kind == Kind::allocate) note_relevant(change.inode);
}

// ---- Steps ----

// Every state that can be reached by any number of steps.
bool Machine::run_on() {
  std::vector<State> open(states_.begin(), states_.end());
  const auto reach = [&](State state) {
    if (states_.insert(state).second) open.push_back(std::move(state));
  };
  while (!open.empty()) {
    const State state = std::move(open.back());
    open.pop_back();
    take_steps(state, reach);
    if (states_.size() > state_max_) return false;
  }
  return true;
}

void Machine::take_steps(const State& state, const std::function<void(State)>& reach) const {
  if (state.committed < records_.size()) {
    State next = state;
    commit_next(next);
    reach(std::move(next));
  }
  for (const auto& [inode, bytes] : memory_.files) take_file_steps(state, inode, reach);
  if (grown_ == kNobody || state.committed < records_.size()) return;
  for (const std::uint64_t size : grown_sizes_) {
    State next = state;
    next.files[grown_].size = size;
    if (rules_.size_waits_for_data) copy_unit(next, grown_, (size - 1) / kUnit);
    reach(std::move(next));
  }
}

void Machine::take_file_steps(const State& state, Inode inode,
                              const std::function<void(State)>& reach) const {
  const auto facts = facts_.find(inode);
  if (facts == facts_.end()) return;
  const auto found = state.files.find(inode);
  const StoredFile stored = found == state.files.end() ? StoredFile{} : found->second;
  for (const auto& [unit, life] : facts->second.units) {
    if (life.number == 0) continue;
    const auto on_disk = stored.lives.find(unit);
    const bool has_blocks = on_disk != stored.lives.end() && on_disk->second == life.number;
    if (!has_blocks) {
      if (state.committed < life.records_before) continue;
      State next = state;
      copy_unit(next, inode, unit);
      reach(std::move(next));
      continue;
    }
    for (std::uint64_t sector = unit * kSectorsPerUnit; sector < (unit + 1) * kSectorsPerUnit; ++sector) {
      if (!differs(state, stored, inode, sector)) continue;
      State next = state;
      if (rules_.whole_units) {
        copy_unit(next, inode, unit);
      } else {
        copy_sector(next, inode, sector);
      }
      reach(std::move(next));
    }
  }
}

// Whether copying it changes anything: its bytes, or what a shrink that is still to come will do to it.
bool Machine::differs(const State& state, const StoredFile& file, Inode inode, std::uint64_t sector) const {
  const auto found = file.sectors.find(sector);
  const Stored stored = found == file.sectors.end() ? Stored{} : found->second;
  if (stored.bytes != piece(memory_.files.at(inode), sector * kSector, kSector)) return true;
  const auto awaits = [&](const Record& record) {
    return record.sized == inode && record.is_shrink && sector >= record.size / kSector &&
           stored.shrink_number < record.shrink_number;
  };
  return std::any_of(records_.begin() + static_cast<std::ptrdiff_t>(state.committed), records_.end(), awaits);
}

void Machine::copy_sector(State& state, Inode inode, std::uint64_t sector) const {
  state.files[inode].sectors[sector] = {piece(memory_.files.at(inode), sector * kSector, kSector),
                                        facts_.at(inode).shrink_count};
}

void Machine::copy_unit(State& state, Inode inode, std::uint64_t unit) const {
  const auto life = facts_.at(inode).units.find(unit);
  if (life == facts_.at(inode).units.end() || life->second.number == 0) return;
  state.files[inode].lives[unit] = life->second.number;
  for (std::uint64_t sector = unit * kSectorsPerUnit; sector < (unit + 1) * kSectorsPerUnit; ++sector)
    copy_sector(state, inode, sector);
}

void Machine::commit_next(State& state) const {
  const Record& record = records_[state.committed++];
  if (record.sized == kNobody || state.committed <= facts_.at(record.sized).synced_records) return;
  StoredFile& file = state.files[record.sized];
  if (record.is_shrink) shrink(file, record);
  file.size = record.size;
}

// Units behind the end go; in the last one the zeros come first, where the rules say so.
void Machine::shrink(StoredFile& file, const Record& record) const {
  const std::uint64_t units = unit_end(record.size);
  file.lives.erase(file.lives.lower_bound(units), file.lives.end());
  file.sectors.erase(file.sectors.lower_bound(units * kSectorsPerUnit), file.sectors.end());
  const bool cuts_unit = record.size % kUnit != 0 && file.lives.contains(units - 1);
  if (rules_.shrink_zeros_first && cuts_unit) {
    const std::uint64_t first = (units - 1) * kSectorsPerUnit;
    const std::uint64_t zeroed = rules_.whole_units ? first : record.size / kSector;
    for (std::uint64_t sector = zeroed; sector < first + kSectorsPerUnit; ++sector) {
      Stored& stored = file.sectors[sector];
      if (stored.shrink_number < record.shrink_number)
        stored.bytes = piece(record.held, sector * kSector, kSector);
    }
  }
  for (auto& [sector, stored] : file.sectors)
    stored.shrink_number = std::max(stored.shrink_number, record.shrink_number);
}

// ---- Syncs ----

void Machine::settle(const std::function<void(State&)>& force) {
  std::set<State> settled;
  for (State state : states_) {
    force(state);
    settled.insert(std::move(state));
  }
  states_ = std::move(settled);
}

void Machine::commit_up_to(State& state, std::size_t count) const {
  while (state.committed < count) commit_next(state);
}

// A file's sizes so far, and what they cut off, without the rest of the journal.
void Machine::take_sizes(State& state, Inode inode) const {
  for (std::size_t i = std::max(state.committed, facts_.at(inode).synced_records); i < records_.size(); ++i) {
    if (records_[i].sized != inode) continue;
    if (records_[i].is_shrink) shrink(state.files[inode], records_[i]);
    state.files[inode].size = records_[i].size;
  }
}

void Machine::sync(const Change& change) {
  FileFacts& facts = facts_[change.inode];
  const std::size_t commits = change.kind == Kind::sync ? facts.to_sync : facts.to_sync_all;
  if (rules_.has_log) {
    write_log(change.inode, commits);
  } else {
    settle([&](State& state) { commit_up_to(state, commits); });
  }
  if (change.kind == Kind::sync_directory) return;
  const std::string& bytes = memory_.files.at(change.inode);
  facts.synced_records = records_.size();
  for (auto& [unit, life] : facts.units) life.is_surely_written = life.number != 0;
  settle([&](State& state) {
    state.files[change.inode] = {.size = bytes.size()};
    for (const auto& [unit, life] : facts.units) copy_unit(state, change.inode, unit);
  });
}

void Machine::sync_write(const Change& change, bool is_first_write) {
  FileFacts& facts = facts_[change.inode];
  const auto could_not_be_read = [&](const State& state) {
    const auto file = state.files.find(change.inode);
    return file == state.files.end() || file->second.size < change.end;
  };
  const bool needs_size = std::ranges::any_of(states_, could_not_be_read);
  const std::size_t commits = needs_size || is_first_write ? records_.size() : 0;
  if (rules_.has_log) {
    if (commits != 0) write_log(change.inode, commits);
  } else {
    settle([&](State& state) { commit_up_to(state, commits); });
  }
  if (needs_size) {
    settle([&](State& state) { take_sizes(state, change.inode); });
    facts.synced_records = records_.size();
  }
  settle([&](State& state) {
    for (std::uint64_t sector = change.begin / kSector; sector * kSector < change.end; ++sector) {
      const std::uint64_t unit = sector / kSectorsPerUnit;
      if (facts.units[unit].is_surely_written && !rules_.whole_units) {
        copy_sector(state, change.inode, sector);
      } else {
        copy_unit(state, change.inode, unit);
      }
    }
    if (needs_size) state.files[change.inode].size = change.new_size;
  });
  for (std::uint64_t unit = change.begin / kUnit; unit * kUnit < change.end; ++unit)
    facts.units[unit].is_surely_written = true;
}

// ---- Names ----

Names Machine::names_as_of(std::size_t count) const {
  Names names;
  for (std::size_t i = 0; i < count; ++i) assign(names, records_[i].names);
  return names;
}

// The inode's names and those of the directories above it; of a directory its entries too.
void Machine::write_log(Inode inode, std::size_t as_of) {
  if (as_of == 0) return;
  const Names then = names_as_of(as_of);
  LogRecord record{.as_of = as_of, .inode = inode, .is_directory = memory_.directories.contains(inode)};
  std::set<Inode> wanted{inode};
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [slot, named] : then) {
      if (wanted.contains(named) && record.names.emplace(slot, named).second) {
        wanted.insert(slot.directory);
        grew = true;
      }
    }
  }
  for (const auto& [slot, named] : then) {
    if (slot.directory == inode) record.names.emplace(slot, named);
  }
  const auto after = std::ranges::upper_bound(log_, record.as_of, {}, &LogRecord::as_of);
  log_.insert(after, std::move(record));
}

// The names that a crash may leave over so many committed records.
void Machine::for_all_names(std::size_t committed, const std::function<void(const Names&)>& visit) const {
  const std::function<void(Names, std::set<Inode>, std::size_t, std::size_t)> go =
      [&](Names names, std::set<Inode> logged, std::size_t record, std::size_t entry) {
        // The log, in the order of its syncs; changes of names between them.
        if (entry < log_.size() && log_[entry].as_of <= record) {
          const LogRecord& synced = log_[entry];
          if (synced.as_of > committed) {
            std::erase_if(names, [&](const auto& name) {
              return name.second == synced.inode ||
                     (synced.is_directory && name.first.directory == synced.inode);
            });
            for (const auto& [slot, inode] : synced.names) names[slot] = inode;
            logged.insert(synced.inode);
          }
          return go(std::move(names), std::move(logged), record, entry + 1);
        }
        if (record == records_.size()) return visit(names);
        const Record& change = records_[record];
        go(names, logged, record + 1, entry);
        if (change.names.empty()) return;
        if (logged.contains(change.renamed)) {
          assign(names, change.names);
          return go(std::move(names), std::move(logged), record + 1, entry);
        }
        for (const auto& [slot, inode] : change.names) {
          const auto had = names.find(slot);
          if (had == names.end() || !logged.contains(had->second) || had->second == inode) continue;
          Names without = names;
          without.erase(slot);
          go(std::move(without), logged, record + 1, entry);
        }
      };
  const Names base = names_as_of(committed);
  if (!rules_.has_log) return visit(base);
  go(base, {}, committed, 0);
}

std::set<PlainImage> Machine::images() const {
  std::set<PlainImage> images;
  for (const State& state : states_) {
    std::map<Inode, std::string> bytes;
    for (const auto& [inode, held] : memory_.files) {
      const auto found = state.files.find(inode);
      const StoredFile file = found == state.files.end() ? StoredFile{} : found->second;
      std::string& content = bytes[inode];
      content.assign(unit_end(file.size) * kUnit, '\0');
      for (const auto& [sector, stored] : file.sectors) {
        if (sector * kSector < content.size()) content.replace(sector * kSector, kSector, stored.bytes);
      }
      content.resize(file.size);
    }
    for_all_names(state.committed,
                  [&](const Names& names) { images.insert(image_of(names, memory_.directories, bytes)); });
  }
  return images;
}

}  // namespace

std::optional<Cuts> cuts_with_journal(const Rules& rules, const Trace& trace, std::size_t image_max) {
  Machine machine(rules, image_max);
  Cuts cuts{machine.images()};
  for (const TraceOp& op : trace) {
    if (!machine.apply(op)) return std::nullopt;
    cuts.push_back(machine.images());
    if (cuts.back().size() > image_max) return std::nullopt;
  }
  return cuts;
}

}  // namespace wallop::sim::reference
