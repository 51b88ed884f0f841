// SPDX-License-Identifier: Apache-2.0
// Following a journal, one past for each cell, size and name.
#include "sim/truth/synced_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace wallop::sim {

using faults::Verb;

namespace {

constexpr std::uint64_t kSectorBytes = 512;
constexpr std::uint64_t kPageBytes = 4096;

// Of an object in a past of names.
std::uint64_t bit_of(ObjectId object) {
  return object == kNoObject ? 0 : object.value() - 1;
}
std::uint64_t past_of(std::uint64_t bit) {
  return std::uint64_t{1} << bit;
}

bool lies(const ModelSpec& model) {
  return model.device_cache.value == DeviceCache::lying;
}

}  // namespace

std::string_view in_words(Seen seen) {
  switch (seen) {
    case Seen::lost_bytes:
      return "written bytes that did not last";
    case Seen::lost_size:
      return "a size that did not last";
    case Seen::lost_name:
      return "a name that did not last";
    case Seen::synced_nameless:
      return "a synced new file without its name";
    case Seen::zeros:
      return "zeros below a size that lasted";
    case Seen::garbage:
      return "garbage";
    case Seen::later_overwrite:
      return "a later overwrite without an earlier one";
    case Seen::half_rename:
      break;
  }
  return "half a rename";
}

Duty duty(const ModelSpec& model, Seen seen) {
  const auto must_if = [](bool has) { return has ? Duty::must : Duty::never; };
  if (lies(model) && seen >= Seen::synced_nameless) return Duty::may;
  switch (seen) {
    case Seen::lost_bytes:
    case Seen::lost_size:
    case Seen::lost_name:
      return Duty::must;
    case Seen::synced_nameless:
      return must_if(!model.file_sync_names.value);
    case Seen::zeros:
      return model.size_before_data_across_units.value == SizeBeforeData::no ? Duty::may : Duty::must;
    case Seen::garbage:
      return must_if(model.size_before_data_across_units.value == SizeBeforeData::zeros_or_garbage);
    case Seen::later_overwrite:
      return must_if(model.overwrite.value == DataOrder::any);
    case Seen::half_rename:
      break;
  }
  return must_if(model.rename_halves.value);
}

SyncedOracle::SyncedOracle(const ModelSpec& model) : model_(model) {}

// ---- Following the journal ----

void SyncedOracle::apply(const Entry& entry) {
  if (const auto* op = entry.get<OpBegin>()) begin(*op);
  if (const auto* op = entry.get<OpEnd>()) end(*op);
}

void SyncedOracle::begin(const OpBegin& op) {
  switch (op.verb) {
    case Verb::sync:
    case Verb::sync_all:
    case Verb::sync_directory:
      return begin_sync(op);
    case Verb::write:
    case Verb::write_durable:
      return write(op);
    case Verb::truncate:
    case Verb::allocate:
      if (op.size_after) resize(op.object, *op.size_after);
      return;
    default:
      return change_names(op);
  }
}

template <class Change>
void SyncedOracle::each_floor(ObjectId object, Change change) {
  change(file(object).floor);
  for (Sync& sync : syncs_) {
    if (sync.object == object) change(sync.floor);
  }
}

void SyncedOracle::change_names(const OpBegin& op) {
  if (op.creates) files_.emplace_back().floor.cells.fill(past_of(0));  // Durable as an empty file.
  if (op.verb == Verb::rename) note_rename(op);
  for (const NameChange& change : op.names) {
    const std::size_t at = find_name(change.directory, *change.name);
    Name& name = names_[at];
    name.object = bit_of(change.object);
    ++name.change_count;
    add_past(at, name.object);
    if (op.creates) file(op.object).first_name = at;
  }
}

void SyncedOracle::note_rename(const OpBegin& op) {
  const std::size_t from = find_name(op.names[0].directory, *op.names[0].name);
  const std::size_t to = find_name(op.names[1].directory, *op.names[1].name);
  Name& replaced = names_[to];
  const Past object = past_of(bit_of(op.object));
  if (names_[from].past == object && (replaced.past & object) == 0) {
    renames_.push_back({.object = bit_of(op.object),
                        .from = from,
                        .to = to,
                        .replaces = (replaced.past & past_of(0)) == 0,
                        .from_count = names_[from].change_count + 1,
                        .to_count = replaced.change_count + 1});
  }
  if (model_.rename_halves.value) add_past(to, 0);
}

// Also what has been since syncs began that are under way.
void SyncedOracle::add_past(std::size_t name, std::uint64_t object) {
  names_[name].past |= past_of(object);
  for (Sync& sync : syncs_) {
    sync.names.resize(names_.size(), past_of(0));  // A name that was not there before meant nobody.
    sync.names[name] |= past_of(object);
  }
}

std::size_t SyncedOracle::find_name(ObjectId directory, std::string_view name) {
  const auto found = std::ranges::find_if(
      names_, [&](const Name& each) { return each.directory == directory && each.name == name; });
  if (found != names_.end()) return static_cast<std::size_t>(std::distance(names_.begin(), found));
  names_.push_back({.directory = directory, .name = std::string(name)});
  return names_.size() - 1;
}

// A write of which the medium never hears is in memory alone.
void SyncedOracle::write(const OpBegin& op) {
  File& written = file(op.object);
  const bool is_lost = op.effect != nullptr && op.effect->reach == faults::Reach::nothing;
  written.had_fault = written.had_fault || op.effect != nullptr;
  const auto content = static_cast<std::uint8_t>(std::to_integer<char>(op.payload.bytes()[0]) - 'A' + 1);
  const std::uint64_t end = op.offset + op.payload.size();
  if (end > written.size) resize(op.object, end);
  for (std::uint64_t cell = op.offset / kCellBytes; cell < end / kCellBytes; ++cell) {
    written.cells[cell] = content;
    written.is_stray[cell] = is_lost;
  }
  each_floor(op.object, [&](FileFloor& floor) {
    for (std::uint64_t cell = op.offset / kCellBytes; cell < end / kCellBytes; ++cell) {
      floor.cells[cell] |= past_of(content);
      floor.is_changed[cell] = true;
      floor.written_sectors |= past_of(cell * kCellBytes / kSectorBytes);
    }
  });
  if (!is_lost) take_along(op.object, op.offset, end);
  if (op.verb == Verb::write_durable) durable_write_ = op;
}

// The kernel writes whole pages: what memory shows of one and a failed sync kept from the device goes along.
void SyncedOracle::take_along(ObjectId object, std::uint64_t begin, std::uint64_t end) {
  const File& written = file(object);
  const std::uint64_t first = begin / kPageBytes * kPageBytes / kCellBytes;
  const std::uint64_t behind =
      std::min((end + kPageBytes - 1) / kPageBytes * kPageBytes / kCellBytes, kCellMax);
  each_floor(object, [&](FileFloor& floor) {
    for (std::uint64_t cell = first; cell < behind; ++cell) {
      if (written.is_stray[cell]) floor.written_sectors |= past_of(cell * kCellBytes / kSectorBytes);
    }
  });
}

void SyncedOracle::resize(ObjectId object, std::uint64_t size) {
  File& sized = file(object);
  const std::uint64_t first_gone = size / kCellBytes;
  const std::uint64_t end = sized.size / kCellBytes;
  sized.size = size;
  for (std::uint64_t cell = first_gone; cell < end; ++cell) {
    sized.cells[cell] = 0;
    sized.is_stray[cell] = false;
  }
  each_floor(object, [&](FileFloor& floor) {
    floor.size_min = std::min(floor.size_min, size);
    floor.size_max = std::max(floor.size_max, size);
    for (std::uint64_t cell = first_gone; cell < end; ++cell) {
      floor.cells[cell] |= past_of(0);
      floor.is_changed[cell] = true;
    }
  });
  if (first_gone < end) take_along(object, size, size + 1);
}

// ---- Syncs ----

void SyncedOracle::begin_sync(const OpBegin& op) {
  Sync& sync = syncs_.emplace_back();
  sync.op = op.op;
  sync.object = op.object;
  sync.is_of_directory = op.verb == Verb::sync_directory;
  sync.is_faulty = op.effect != nullptr;
  sync.fails = sync.is_faulty && op.effect->os_error != 0;
  for (const Name& name : names_) sync.names.push_back(past_of(name.object));
  if (sync.is_of_directory) return;
  File& synced = file(op.object);
  synced.had_fault = synced.had_fault || op.effect != nullptr;
  sync.was_stray = synced.is_stray;
  for (std::uint64_t cell = 0; cell < kCellMax; ++cell) sync.floor.cells[cell] = past_of(synced.cells[cell]);
  sync.floor.size = sync.floor.size_min = sync.floor.size_max = synced.size;
}

// What counts is what the device did, not what the caller was told; but where a sync without a fault is told
// of an earlier one's error, the device was sent bytes and flushed nothing.
void SyncedOracle::end(const OpEnd& op) {
  if (op.verb == Verb::write_durable && !lies(model_)) settle_write(op.object);
  const auto found = std::ranges::find(syncs_, op.op, &Sync::op);
  if (found == syncs_.end()) return;
  const Sync sync = std::move(*found);
  syncs_.erase(found);
  if (sync.fails && !sync.is_of_directory) lose(sync);
  const bool was_told = op.os_error != 0;
  if (sync.is_faulty || sync.met_failure || was_told || lies(model_)) return;
  sync.is_of_directory ? settle_names(sync) : settle_file(sync);
}

void SyncedOracle::settle_names(const Sync& sync) {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].directory == sync.object) names_[i].past = i < sync.names.size() ? sync.names[i] : ~Past{0};
  }
}

void SyncedOracle::settle_file(const Sync& sync) {
  File& synced = file(sync.object);
  if (synced.is_distrusted) return;
  const FileFloor before = std::exchange(synced.floor, sync.floor);
  for (std::uint64_t cell = 0; cell < kCellMax; ++cell) {
    if (sync.was_stray[cell]) synced.floor.cells[cell] |= before.cells[cell];
  }
  synced.was_synced = true;
  if (model_.file_sync_names.value) settle_first_name(synced.first_name, sync);
}

// Where it is the name that the file was made with, and it never meant anything else.
void SyncedOracle::settle_first_name(std::size_t name, const Sync& sync) {
  if (names_[name].change_count == 1) names_[name].past = sync.names[name];
}

// What it covered is clean and not on the device. Other syncs of the file that were under way met the same
// error (errseq_t: Linux tells them of it), so that nothing rests on what those say.
void SyncedOracle::lose(const Sync& sync) {
  File& lost = file(sync.object);
  if (model_.after_failed_sync.value == AfterFailedSync::dirty) return;
  for (Sync& other : syncs_) other.met_failure = other.met_failure || other.object == sync.object;
  lost.is_distrusted = lost.is_distrusted || model_.after_failed_sync.value == AfterFailedSync::clean_old;
  for (std::uint64_t cell = 0; cell < kCellMax; ++cell) {
    if (lost.floor.is_changed[cell] && !sync.floor.is_changed[cell]) lost.is_stray[cell] = true;
  }
}

// Its own bytes, and the size without which they could not be read.
void SyncedOracle::settle_write(ObjectId object) {
  const std::uint64_t begin = durable_write_.offset;
  const std::uint64_t end = begin + durable_write_.payload.size();
  const File& written = file(object);
  each_floor(object, [&](FileFloor& floor) {
    for (std::uint64_t cell = begin / kCellBytes; cell < end / kCellBytes; ++cell) {
      floor.cells[cell] = past_of(written.cells[cell]);
      floor.is_changed[cell] = false;
    }
    if (durable_write_.size_after) floor.size_min = floor.size_max = written.size;
    floor.size_min = std::max(floor.size_min, end);
    floor.size = std::min(floor.size, written.size);  // It may have made a cut durable.
  });
}

// ---- Looking at an image ----

std::optional<std::string> SyncedOracle::note(Seen what) {
  count(what);
  if (duty(model_, what) != Duty::never) return std::nullopt;
  return fmt::format("{}, which this model never leaves", in_words(what));
}

std::optional<std::string> SyncedOracle::complaint(const Disk& image) {
  Held held{std::vector<std::uint64_t>(names_.size()), std::vector<bool>(names_.size())};
  if (auto wrong = check_names(image, held)) return wrong;
  if (auto wrong = check_renames(held)) return wrong;
  std::uint64_t checked = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::uint64_t object = held.objects[i];
    if (object == 0 || (checked & past_of(object)) != 0) continue;
    checked |= past_of(object);
    const Inode& inode = *image.find(ObjectId{object + 1});
    if (inode.kind == io::FileKind::directory) continue;
    if (auto wrong = check_file(names_[i], files_[object - 1], inode)) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> SyncedOracle::check_names(const Disk& image, Held& held) {
  std::vector<ObjectId> directories{kRootDirectory};
  for (std::size_t at = 0; at < directories.size(); ++at) {
    const ObjectId directory = directories[at];
    std::size_t known_count = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].directory != directory) continue;
      held.is_reached[i] = true;
      const auto found = image.find(directory)->names.find(names_[i].name);
      if (found == image.find(directory)->names.end()) continue;
      ++known_count;
      held.objects[i] = bit_of(found->second);
      if (image.find(found->second)->kind == io::FileKind::directory) directories.push_back(found->second);
    }
    if (known_count != image.find(directory)->names.size()) return "a name that nobody ever made";
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Name& name = names_[i];
    if (!held.is_reached[i]) continue;
    if ((name.past & past_of(held.objects[i])) == 0)
      return fmt::format("the name '{}' means {}, which it did not since it was last made durable", name.name,
                         held.objects[i] == 0 ? "nothing" : fmt::format("object {}", held.objects[i]));
    synced_count_ += std::has_single_bit(name.past) ? 1U : 0U;
    if (held.objects[i] == name.object) continue;
    count(Seen::lost_name);
    const bool is_nameless = name.change_count == 1 && name.object != 0 && held.objects[i] == 0 &&
                             files_[name.object - 1].was_synced && files_[name.object - 1].first_name == i;
    if (!is_nameless) continue;
    if (auto wrong = note(Seen::synced_nameless)) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> SyncedOracle::check_renames(const Held& held) {
  for (const Rename& rename : renames_) {
    const bool is_last = names_[rename.from].change_count == rename.from_count &&
                         names_[rename.to].change_count == rename.to_count;
    if (!is_last || !held.is_reached[rename.from] || !held.is_reached[rename.to]) continue;
    const bool is_old = held.objects[rename.from] == rename.object;
    const bool is_new = held.objects[rename.to] == rename.object;
    const bool is_replaced_lost = rename.replaces && is_old && held.objects[rename.to] == 0;
    if (is_old != is_new && !is_replaced_lost) continue;
    if (auto wrong = note(Seen::half_rename))
      return fmt::format("'{}' to '{}': {}", names_[rename.from].name, names_[rename.to].name, *wrong);
  }
  return std::nullopt;
}

std::optional<std::string> SyncedOracle::check_file(const Name& name, const File& file, const Inode& inode) {
  const FileFloor& floor = file.floor;
  if (inode.size < floor.size_min || inode.size > floor.size_max)
    return fmt::format("'{}' has {} bytes; since it was last made durable it had {} to {}", name.name,
                       inode.size, floor.size_min, floor.size_max);
  synced_count_ += floor.size_min == floor.size_max ? 1U : 0U;
  if (inode.size != file.size) count(Seen::lost_size);
  std::array<char, kCellMax * kCellBytes> bytes;
  inode.content.read(0, std::as_writable_bytes(std::span(bytes).first(inode.size)));
  std::uint8_t first_lost = 64, last_kept = 0;  // Of overwrites.
  for (std::uint64_t cell = 0; cell < inode.size / kCellBytes; ++cell) {
    const char* const at = &bytes[cell * kCellBytes];
    if (auto wrong = check_cell(file, cell, at))
      return fmt::format("'{}', bytes {} to {}: {}", name.name, cell * kCellBytes, (cell + 1) * kCellBytes,
                         *wrong);
    if (!floor.is_changed[cell] || cell * kCellBytes >= floor.size) continue;
    const std::uint8_t now = file.cells[cell];
    const auto left = static_cast<std::uint8_t>(*at == 0 ? 0 : *at - 'A' + 1);
    if (left != now && now != 0) first_lost = std::min(first_lost, now);
    if (left == now) last_kept = std::max(last_kept, now);
  }
  if (!file.had_fault && last_kept > first_lost) return note(Seen::later_overwrite);
  return std::nullopt;
}

std::optional<std::string> SyncedOracle::check_cell(const File& file, std::uint64_t cell, const char* bytes) {
  if (!std::equal(bytes, bytes + kCellBytes - 1, bytes + 1))
    return "a mixture that no write and no fate left";
  const Past past = file.floor.cells[cell];
  const std::uint8_t now = file.cells[cell];
  const char byte = *bytes;
  if (byte == static_cast<char>(0xA5)) {
    if (!may_be_garbage(file, cell)) return "garbage, where the model has none";
    return note(Seen::garbage);
  }
  const std::uint64_t content = byte == 0 ? 0 : static_cast<std::uint64_t>(byte - 'A' + 1);
  if (content > kRandomOpsMax || (past & past_of(content)) == 0) {
    const std::string_view kind =
        std::has_single_bit(past) ? "synced and not changed since" : "since the last sync";
    return fmt::format("{}, which memory did not hold there ({})",
                       content == 0 ? "zeros" : fmt::format("'{}'", byte), kind);
  }
  synced_count_ += std::has_single_bit(past) ? 1U : 0U;
  if (content == now) return std::nullopt;
  if (content == 0 && cell * kCellBytes >= file.floor.size) count(Seen::zeros);
  count(Seen::lost_bytes);
  return std::nullopt;
}

bool SyncedOracle::may_be_garbage(const File& file, std::uint64_t cell) const {
  const std::uint64_t sector = cell * kCellBytes / kSectorBytes;
  const bool is_named = model_.size_before_data.value == SizeBeforeData::zeros_or_garbage ||
                        model_.size_before_data_across_units.value == SizeBeforeData::zeros_or_garbage;
  return is_named && sector * kSectorBytes >= file.floor.size &&
         (file.floor.written_sectors & past_of(sector)) != 0;
}

}  // namespace wallop::sim
