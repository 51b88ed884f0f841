// SPDX-License-Identifier: Apache-2.0
// The reference model of durability: the table of models, and the two kinds of file system that a page each
// explains. The third, with a journal of metadata, has a file of its own.
#include "sim/truth/durability_reference.h"

#include <algorithm>
#include <optional>

#include "sim/truth/reference_journal.h"
#include "sim/truth/reference_memory.h"

namespace wallop::sim {
namespace reference {
namespace {

using Kind = TraceOp::Kind;

// ---- Everything in order: an image is what a prefix of all steps leaves ----

struct Steps {
  std::vector<Memory> states{Memory{}};  // [n]: memory after n steps.
  std::size_t floor = 0;                 // So many steps surely lasted.
  // Steps that changed an inode last: its bytes or its creation, and its names too.
  std::map<Inode, std::size_t> last_change, last_name;
};

// A write is a step for each unit of 4096 bytes.
std::vector<TraceOp> steps_of(const TraceOp& op) {
  constexpr std::uint64_t kUnit = 4096;
  if (op.kind != Kind::write && op.kind != Kind::write_durable) return {op};
  std::vector<TraceOp> steps;
  for (std::uint64_t at = op.offset; at < op.offset + op.bytes;) {
    const std::uint64_t end = std::min((at / kUnit + 1) * kUnit, op.offset + op.bytes);
    steps.push_back(op);
    steps.back().offset = at;
    steps.back().bytes = end - at;
    at = end;
  }
  return steps;
}

void take_step(Steps& steps, const TraceOp& op) {
  Memory next = steps.states.back();
  const Change change = next.apply(op);
  steps.states.push_back(std::move(next));
  const std::size_t now = steps.states.size() - 1;
  steps.last_name[change.inode] = now;
  for (const auto& [slot, inode] : change.names) steps.last_name[slot.directory] = now;
  if (change.names.empty() || op.kind == Kind::create || op.kind == Kind::make_directory)
    steps.last_change[change.inode] = now;
}

// What a sync makes last: everything, or all up to the last step that is about its inode.
std::size_t drained_by(const Steps& steps, const TraceOp& op, Inode inode, bool syncs_all) {
  if (syncs_all || op.kind == Kind::write_durable) return steps.states.size() - 1;
  const auto& last = op.kind == Kind::sync ? steps.last_change : steps.last_name;
  const auto found = last.find(inode);
  return found == last.end() ? 0 : found->second;
}

Cuts cuts_in_order(const Trace& trace, bool syncs_all) {
  Steps steps;
  Cuts cuts;
  const auto look = [&] {
    std::set<PlainImage> images;
    for (std::size_t n = steps.floor; n < steps.states.size(); ++n)
      images.insert(image_of(steps.states[n].names, steps.states[n].directories, steps.states[n].files));
    cuts.push_back(std::move(images));
  };
  look();
  for (const TraceOp& op : trace) {
    const bool is_sync =
        op.kind == Kind::sync || op.kind == Kind::sync_all || op.kind == Kind::sync_directory;
    if (!is_sync) {
      for (const TraceOp& step : steps_of(op)) take_step(steps, step);
    }
    if (is_sync || op.kind == Kind::write_durable) {
      Memory now = steps.states.back();
      const Inode inode = now.apply(op).inode;
      steps.floor = std::max(steps.floor, drained_by(steps, op, inode, syncs_all));
    }
    look();
  }
  return cuts;
}

// ---- POSIX: each sector, size and name by itself ----

// What memory held of a file after one operation: its bytes, and the zeros with which a shrink fills its
// page.
struct Held {
  std::string bytes;
  std::uint64_t end = 0;
};

// One file since its floor.
struct Past {
  std::vector<Held> contents{Held{}};  // From the floor on.
  std::uint64_t floor_size = 0;
  std::set<std::uint64_t> sizes{0};
  std::set<std::uint64_t> written{};  // Sectors.
  // Sectors that a durable write made last by themselves: how many contents before it are gone.
  std::map<std::uint64_t, std::size_t> sector_floors{};

  void hold(const std::string& bytes, std::uint64_t old_size) {
    constexpr std::uint64_t kPage = 4096;
    const std::uint64_t size = bytes.size();
    const std::uint64_t filled = std::min(old_size, (size + kPage - 1) / kPage * kPage);
    contents.push_back({bytes, std::max(size, filled)});
  }
  void grow(std::uint64_t size) {
    std::string bytes = contents.back().bytes;
    bytes.resize(size, '\0');
    contents.push_back({std::move(bytes), size});
  }
  // The newest content is durable.
  void settle() {
    const Held newest = contents.back();
    const std::uint64_t size = newest.bytes.size();
    *this = Past{.contents = {newest}, .floor_size = size, .sizes = {size}};
  }
  [[nodiscard]] std::set<std::string> sector(std::uint64_t at) const {
    std::set<std::string> all;
    const auto floor = sector_floors.find(at);
    const std::size_t first = floor == sector_floors.end() ? 0 : floor->second;
    for (std::size_t i = first; i < contents.size(); ++i) {
      if (i == first || at * kSector < contents[i].end)
        all.insert(piece(contents[i].bytes, at * kSector, kSector));
    }
    if (at * kSector >= floor_size && written.contains(at)) {
      all.insert(std::string(kSector, '\0'));
      all.insert(std::string(kSector, kGarbage));
    }
    return all;
  }
};

// Nothing where there are more than so many.
std::optional<std::set<std::string>> contents_of(const Past& past, std::size_t content_max) {
  std::set<std::string> all;
  for (const std::uint64_t size : past.sizes) {
    std::set<std::string> begun{""};
    for (std::uint64_t at = 0; at * kSector < size; ++at) {
      std::set<std::string> longer;
      for (const std::string& sector : past.sector(at)) {
        for (const std::string& begin : begun)
          longer.insert(begin + sector.substr(0, std::min(kSector, size - at * kSector)));
      }
      if (longer.size() > content_max) return std::nullopt;
      begun = std::move(longer);
    }
    all.merge(begun);
    if (all.size() > content_max) return std::nullopt;
  }
  return all;
}

class Posix {
 public:
  void apply(const TraceOp& op) {
    const Change change = memory_.apply(op);
    if (!change.names.empty()) pending_.push_back({change.names, false});
    if (op.kind == Kind::create) pasts_[change.inode] = {};
    if (op.kind == Kind::sync_directory) commit_names(change.inode);
    if (!memory_.files.contains(change.inode) || !change.names.empty()) return;
    Past& past = pasts_[change.inode];
    // Where a file grows memory holds zeros before it holds anything else.
    if (change.new_size > change.old_size) past.grow(change.new_size);
    past.hold(memory_.files.at(change.inode), change.old_size);
    if (op.kind == Kind::sync || op.kind == Kind::sync_all) return past.settle();
    if (change.new_size != change.old_size) past.sizes.insert(change.new_size);
    if (op.kind == Kind::write || op.kind == Kind::write_durable) note_write(past, change);
    if (op.kind == Kind::write_durable) settle_write(past, change);
  }

  [[nodiscard]] std::optional<std::set<PlainImage>> images(std::size_t image_max) const {
    std::set<PlainImage> all;
    for (std::uint64_t kept = 0; kept < (1ULL << pending_.size()); ++kept) {
      Names names;
      bool is_canonical = true;  // What is committed is kept; each subset of the others once.
      for (std::size_t i = 0; i < pending_.size(); ++i) {
        const bool is_kept = ((kept >> i) & 1) != 0;
        is_canonical = is_canonical && (is_kept || !pending_[i].is_committed);
        if (is_kept) assign(names, pending_[i].names);
      }
      if (is_canonical && !add_images(names, all, image_max)) return std::nullopt;
    }
    return all;
  }

 private:
  struct Pending {
    Assignments names;
    bool is_committed = false;
  };

  static void note_write(Past& past, const Change& change) {
    for (std::uint64_t at = change.begin / kSector; at * kSector < change.end; ++at) past.written.insert(at);
    if (change.new_size == change.old_size) return;
    const std::uint64_t from = std::max(change.begin, change.old_size);
    for (std::uint64_t edge = (from / kSector + 1) * kSector; edge < change.end; edge += kSector)
      past.sizes.insert(edge);
  }

  // Its own sectors last; its size too where they could not be read otherwise.
  static void settle_write(Past& past, const Change& change) {
    const bool needs_size = *past.sizes.begin() < change.end;
    for (std::uint64_t at = change.begin / kSector; at * kSector < change.end; ++at) {
      past.sector_floors[at] = past.contents.size() - 1;
      past.written.erase(at);
    }
    if (!needs_size) return;
    past.floor_size = change.new_size;
    past.sizes = {change.new_size};
  }

  // Whole operations; what they overtake in their slots, in either directory, is gone with it.
  void commit_names(Inode directory) {
    for (Pending& pending : pending_) {
      const bool is_here = std::ranges::any_of(
          pending.names, [&](const auto& name) { return name.first.directory == directory; });
      pending.is_committed = pending.is_committed || is_here;
    }
  }

  bool add_images(const Names& names, std::set<PlainImage>& all, std::size_t image_max) const {
    std::vector<std::map<Inode, std::string>> choices{{}};
    for (const Inode inode : reached(names, memory_.directories)) {
      const auto contents = contents_of(pasts_.at(inode), image_max);
      if (!contents) return false;
      std::vector<std::map<Inode, std::string>> more;
      for (const std::string& content : *contents) {
        for (std::map<Inode, std::string> choice : choices) {
          choice[inode] = content;
          more.push_back(std::move(choice));
        }
      }
      choices = std::move(more);
      if (choices.size() > image_max) return false;
    }
    for (const auto& bytes : choices) all.insert(image_of(names, memory_.directories, bytes));
    return all.size() <= image_max;
  }

  Memory memory_;
  std::vector<Pending> pending_;
  std::map<Inode, Past> pasts_;
};

std::optional<Cuts> cuts_of_posix(const Trace& trace, std::size_t image_max) {
  Posix posix;
  Cuts cuts;
  for (std::size_t n = 0;; ++n) {
    auto images = posix.images(image_max);
    if (!images) return std::nullopt;
    cuts.push_back(std::move(*images));
    if (n == trace.size()) return cuts;
    posix.apply(trace[n]);
  }
}

// Those with a journal or a log of metadata, as their sources have them.
std::optional<Rules> rules_of(std::string_view model) {
  const Rules ext4{.sizes_at_once = true, .rename_flushes = true};
  if (model == "ext4-ordered") return ext4;
  Rules rules = ext4;
  if (model == "ext4-writeback") {
    rules.shrink_zeros_first = false;
    return rules;
  }
  if (model == "lying-cache") {
    rules.lies = true;
    return rules;
  }
  if (model == "xfs") return Rules{.size_waits_for_data = true};
  if (model == "btrfs") return Rules{.whole_units = true, .has_log = true};
  return std::nullopt;
}

}  // namespace
}  // namespace reference

std::optional<std::vector<std::set<PlainImage>>> reference_images(std::string_view model, const Trace& trace,
                                                                  std::size_t image_max) {
  if (model == "posix") return reference::cuts_of_posix(trace, image_max);
  if (model == "ideal") return reference::cuts_in_order(trace, true);
  if (model == "ext4-journal") return reference::cuts_in_order(trace, false);
  const auto rules = reference::rules_of(model);
  return rules ? reference::cuts_with_journal(*rules, trace, image_max) : std::nullopt;
}

}  // namespace wallop::sim
