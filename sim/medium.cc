// SPDX-License-Identifier: Apache-2.0
// Medium: following the journal, and the small questions.
#include "sim/medium.h"

#include <algorithm>
#include <utility>

#include "sim/medium_state.h"

namespace wallop::sim {

using faults::Verb;
using medium::Freeze;
using medium::PendingFile;

Medium::Medium(const ModelSpec& model, Disk start, std::uint64_t entry_count)
    : state_(std::make_unique<State>(model, std::move(start))) {
  state_->entry_count = entry_count;
}
Medium::~Medium() = default;
Medium::Medium(const Medium& other) : state_(std::make_unique<State>(*other.state_)) {}
Medium& Medium::operator=(const Medium& other) {
  state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Medium::Medium(Medium&&) noexcept = default;
Medium& Medium::operator=(Medium&&) noexcept = default;

std::uint64_t Medium::revision() const {
  return state_->revision;
}

const Disk& Medium::visible() const {
  return state_->visible;
}

void Medium::apply(const Entry& entry) {
  ++state_->entry_count;
  if (!state_->lies.empty()) state_->end_lies(entry.at);
  if (const auto* begin = entry.get<OpBegin>()) {
    state_->begin(*begin);
  } else if (const auto* end = entry.get<OpEnd>()) {
    state_->end(*end, entry.at);
  } else if (const auto* evicted = entry.get<Evicted>()) {
    state_->evict(evicted->object, {evicted->begin, evicted->end});
  }
}

bool Medium::forget(ObjectId file) {
  State& state = *state_;
  if (state.can_be_left(file)) return false;
  state.visible.drop(file);
  state.durable.drop(file);
  state.files.erase(file);
  state.relevant.erase(file);
  state.settled_log.erase(file);
  return true;
}

void Medium::end_process() {
  state_->syncs.clear();
  state_->allocations.clear();
  state_->entry_count = 0;  // The next process's journal counts anew.
}

std::vector<ObjectId> Medium::unsettled() const {
  std::set<ObjectId> objects;
  for (const auto& [object, pending] : state_->files) {
    if (!pending.is_empty()) objects.insert(object);
  }
  for (const medium::Metadata& change : state_->metadata) {
    if (change.sized != kNoObject) objects.insert(change.sized);
    for (const NameChange& name : change.names) objects.insert(name.directory);
  }
  return {objects.begin(), objects.end()};
}

std::vector<ObjectId> Medium::nameless() const {
  const std::vector<ObjectId> reachable = state_->visible.reachable();
  std::vector<ObjectId> nameless = state_->visible.all();
  std::erase_if(nameless, [&](ObjectId id) { return std::ranges::binary_search(reachable, id); });
  return nameless;
}

// Whether an image may have it: by a durable name, one that is pending, or what a sync puts in the log.
bool Medium::State::can_be_left(ObjectId object) const {
  const auto is_about = [&](const auto& change) {
    return std::ranges::any_of(change.names, [&](const NameChange& name) { return name.object == object; });
  };
  return std::ranges::binary_search(durable.reachable(), object) || std::ranges::any_of(metadata, is_about) ||
         std::ranges::any_of(metadata, [&](const auto& change) { return change.sized == object; }) ||
         std::ranges::any_of(log, is_about) ||
         std::ranges::any_of(log, [&](const auto& record) { return record.object == object; }) ||
         std::ranges::any_of(syncs, [&](const auto& sync) { return sync.second.object == object; }) ||
         std::ranges::any_of(lies, [&](const auto& lie) { return lie.frozen.object == object; });
}

// Clean sectors are what memory shows; those that are clean in error alone differ.
void Medium::read_stored(ObjectId file, std::uint64_t offset, std::span<std::byte> into) const {
  const State& state = *state_;
  state.visible.find(file)->content.read(offset, into);
  const auto found = state.files.find(file);
  if (found == state.files.end()) return;
  const std::uint64_t bytes = state.sector_bytes();
  const medium::Range range = state.sectors_of(offset, offset + into.size());
  std::vector<std::byte> sector(bytes);
  for (auto at = found->second.stale.lower_bound(range.begin);
       at != found->second.stale.end() && *at < range.end; ++at) {
    state.stored_sector(file, *at, sector);
    const std::uint64_t begin = std::max(offset, *at * bytes);
    const std::uint64_t end = std::min(offset + into.size(), (*at + 1) * bytes);
    std::copy_n(sector.begin() + static_cast<std::ptrdiff_t>(begin - *at * bytes), end - begin,
                into.begin() + static_cast<std::ptrdiff_t>(begin - offset));
  }
}

Medium::State::State(const ModelSpec& the_model, Disk start)
    : model(the_model), visible(start), durable(std::move(start)) {}

void Medium::State::begin(const OpBegin& op) {
  switch (op.verb) {
    case Verb::open:
    case Verb::make_directory:
    case Verb::rename:
    case Verb::link:
    case Verb::remove:
      return change_names(op);
    case Verb::write:
    case Verb::write_durable:
      return write(op);
    case Verb::truncate:
      return resize(op);
    case Verb::allocate:
      resize(op);
      allocations[op.op] = {
          units_of(op.offset, op.offset + op.bytes), now,
          op.effect != nullptr && op.effect->os_error != 0 && op.effect->reach == faults::Reach::whole};
      return;
    case Verb::sync:
    case Verb::sync_all:
    case Verb::sync_directory:
      return freeze(op);
    case Verb::read:
      if (op.past_cache) mark_sent(op.object, {op.offset, op.offset + op.bytes}, now);
      return;
    case Verb::read_stored:  // What is dirty is sent first, as the kernel does for a direct read.
      return mark_sent(op.object, {op.offset, op.offset + op.bytes}, now);
    case Verb::list:
    case Verb::stat:
    case Verb::lock:
      return;
  }
}

void Medium::State::end(const OpEnd& op, io::Instant at) {
  if (const auto allocation = allocations.find(op.op); allocation != allocations.end()) {
    if (op.os_error == 0 || allocation->second.is_done) end_allocation(op.object, allocation->second);
    allocations.erase(allocation);
  }
  const auto found = syncs.find(op.op);
  if (found == syncs.end()) return;
  const Freeze frozen = std::move(found->second);
  syncs.erase(found);
  if (op.os_error != 0 && !frozen.fails) return told(frozen);
  if (frozen.lies) return lie(frozen, at);
  if (frozen.reaches_disk) return commit(frozen);
  if (frozen.verb == Verb::sync_directory) return;  // Names stay pending.
  if (frozen.fails) return lose(frozen);
  mark_sent(frozen.object, {frozen.offset, frozen.end}, frozen.when);
  files[frozen.object].lied_entry = frozen.entry;
  forget_if_settled(frozen.object);
}

void Medium::State::end_allocation(ObjectId object, const medium::Allocation& allocation) {
  visible.change(object).allocated.add(allocation.units.begin, allocation.units.end);
  if (!is_journalled()) return;
  medium::Relevant& of_file = relevant[object];
  of_file = {std::max(of_file.to_sync, allocation.when), std::max(of_file.to_sync_all, allocation.when)};
}

// Of an error before it, without a flush: the device has been sent what was dirty and promises nothing. Where
// a sync of the same file is failing meanwhile it is that one's pages that were not sent.
void Medium::State::told(const Freeze& frozen) {
  if (frozen.verb == Verb::sync_directory) return;
  const bool is_failing = std::ranges::any_of(
      syncs, [&](const auto& sync) { return sync.second.object == frozen.object && sync.second.fails; });
  if (!is_failing) mark_sent(frozen.object, {frozen.offset, frozen.end}, frozen.when);
  forget_if_settled(frozen.object);
}

// Memory forgets what it takes for clean of those bytes, and shows what the device has.
void Medium::State::evict(ObjectId object, medium::Range bytes) {
  const auto found = files.find(object);
  if (found == files.end()) return;
  std::set<std::uint64_t>& stale = found->second.stale;
  const medium::Range sectors = sectors_of(bytes.begin, bytes.end);
  const auto first = stale.lower_bound(sectors.begin), behind = stale.lower_bound(sectors.end);
  if (first == behind) return;
  std::vector<std::byte> sector(sector_bytes());
  for (auto at = first; at != behind; ++at) {
    stored_sector(object, *at, sector);
    visible.change(object).content.write(*at * sector_bytes(), sector);
  }
  stale.erase(first, behind);
  tick();
  forget_if_settled(object);
}

// What the device has of a sector: the newest that is pending, else what is durable.
void Medium::State::stored_sector(ObjectId object, std::uint64_t sector, std::span<std::byte> into) const {
  durable.find(object)->content.read(sector * sector_bytes(), into);
  const PendingFile& file = files.at(object);
  const auto unit = file.units.find(sector / sectors_per_unit());
  if (unit == file.units.end()) return;
  for (const medium::Version& version : unit->second.versions) {
    if (version.is_stray || version.sector != sector % sectors_per_unit()) continue;
    if (version.bytes == nullptr) {
      std::ranges::fill(into, std::byte{0});
    } else {
      std::copy_n(version.bytes.get(), into.size(), into.begin());
    }
  }
}

}  // namespace wallop::sim
