// SPDX-License-Identifier: Apache-2.0
// Lines from the journals, the disk from the medium. What changed nothing and promised nothing is left out.
#include "scenarios/run/story.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

#include "base/ensure.h"
#include "base/units.h"
#include "faults/errno_name.h"

namespace wallop::scenarios {
namespace {

using faults::Verb;
using reports::StoryLine;

// What each object is called, as names come and go.
class Names {
 public:
  explicit Names(const sim::Disk& start) {
    for (const auto& [path, object] : start.paths()) names_[object] = path;
  }
  void apply(const sim::OpBegin& begin) {
    for (const sim::NameChange& change : begin.names) {
      if (change.object != sim::kNoObject) names_[change.object] = joined(change.directory, *change.name);
    }
  }
  [[nodiscard]] std::string of(sim::ObjectId object) const {
    if (object == sim::kRootDirectory) return ".";
    const auto found = names_.find(object);
    return found == names_.end() ? "" : found->second;
  }

 private:
  [[nodiscard]] std::string joined(sim::ObjectId directory, const std::string& name) const {
    return directory == sim::kRootDirectory ? name : of(directory) + "/" + name;
  }
  std::map<sim::ObjectId, std::string> names_;
};

// The lines of one world, up to its cut.
class Chapter {
 public:
  Chapter(const Subject& subject, sim::World& world, std::uint64_t cut, std::vector<StoryLine>& lines)
      : subject_(subject), world_(world), cut_(cut), lines_(lines), names_(first_disk(world)) {
    for (std::uint64_t i = first(); i < cut; ++i) {
      if (const auto* end = entry(i).get<sim::OpEnd>()) ends_[end->op] = end;
      if (const auto* accepted = entry(i).get<sim::Accepted>())
        returned_.insert({accepted->writer, accepted->sequence});
      if (const auto* refused = entry(i).get<sim::Refused>())
        returned_.insert({refused->writer, refused->sequence});
    }
  }

  void tell() {
    for (std::uint64_t i = first(); i < cut_; ++i) {
      number_ = i + 1;
      std::visit([this](const auto& what) { tell(what); }, entry(i).what);
      if (const auto* begin = entry(i).get<sim::OpBegin>()) calls_[entry(i).fibre] = call(*begin);
    }
  }

  // The last seam call of a fibre that has an entry: "in sync of log/1.wal", "after sync of ..." once told.
  [[nodiscard]] std::string last_call(sim::FibreId fibre) const {
    const auto found = calls_.find(fibre);
    return found == calls_.end() ? "" : found->second;
  }

 private:
  // A long run keeps the end of its journal alone.
  [[nodiscard]] std::uint64_t first() const { return world_.journal().first(); }
  [[nodiscard]] const sim::Entry& entry(std::uint64_t i) const { return world_.journal().entry(i); }
  static sim::Disk first_disk(sim::World& world) {
    const auto medium = world.medium_at(world.journal().first());
    base::ensure(medium.has_value(), "where the kept part of a journal begins, the medium is known");
    return medium->visible();
  }

  void add(std::string verb, std::string subject, std::string extent, std::string note) {
    lines_.push_back({number_, std::move(verb), std::move(subject), std::move(extent), std::move(note),
                      world_.scheduler().name(entry(number_ - 1).fibre)});
  }

  void tell(const sim::OpBegin& begin) {
    const std::string old_name = names_.of(begin.object);
    names_.apply(begin);
    const std::string name = names_.of(begin.object);
    switch (begin.verb) {
      case Verb::open:
        if (begin.creates) add("create", name, "", how(begin, ""));
        return;
      case Verb::make_directory:
        return add("make dir", name, "", how(begin, ""));
      case Verb::write:
      case Verb::write_durable:
        return add(begin.verb == Verb::write ? "write" : "write durable", name,
                   fmt::format("[{}, {})", begin.offset, begin.offset + begin.bytes),
                   how(begin, begin.verb == Verb::write ? "" : "durable"));
      case Verb::sync:
      case Verb::sync_all:
        return add("sync", name, "", how(begin, "durable"));
      case Verb::sync_directory:
        return add("sync dir", name, "", how(begin, "names durable"));
      case Verb::truncate:
        return add("truncate", name, fmt::format("to {}", begin.offset), how(begin, ""));
      case Verb::allocate:
        return add("allocate", name, fmt::format("[{}, {})", begin.offset, begin.offset + begin.bytes),
                   how(begin, ""));
      case Verb::rename:
      case Verb::link:
        return add(begin.verb == Verb::rename ? "rename" : "link", old_name, "to " + name, how(begin, ""));
      case Verb::remove:
        return add("remove", name, "", how(begin, ""));
      case Verb::read:
      case Verb::read_stored:
      case Verb::list:
      case Verb::stat:
      case Verb::lock:
        return;
    }
  }

  [[nodiscard]] std::string call(const sim::OpBegin& begin) const {
    return fmt::format("{} {} of {}", ends_.contains(begin.op) ? "after" : "in", faults::name(begin.verb),
                       names_.of(begin.object));
  }

  // What came of an operation before the power went.
  [[nodiscard]] std::string how(const sim::OpBegin& begin, std::string_view if_well) const {
    const auto end = ends_.find(begin.op);
    if (end == ends_.end()) return "in flight";
    if (end->second->os_error != 0)
      return fmt::format("failed: {}", faults::errno_name(end->second->os_error));
    if (begin.effect == nullptr) return std::string(if_well);
    if (begin.effect->elsewhere) return "reported success, landed elsewhere";
    if (begin.effect->reach == faults::Reach::nothing) return "reported success, reached nothing";
    if (!begin.effect->unreadable.empty()) return "written, and a sector cannot be read again";
    if (!begin.effect->lasting) return std::string(if_well);
    return begin.effect->lasting->empty() ? "gone if power fails now" : "torn if power fails now";
  }

  void tell(const sim::OpEnd&) {}
  void tell(const sim::Evicted& evicted) { add("evict", names_.of(evicted.object), "", "from memory"); }
  void tell(const sim::FaultFired& fired) {
    const auto& faults = subject_.scenario().faults;
    if (fired.fault < faults.size())
      add("fault", std::string(faults[fired.fault].kind()), "", "strikes what follows");
  }

  static std::string records(std::uint32_t writer, std::uint64_t sequence, std::uint32_t count) {
    if (count == 1) return fmt::format("record {} of writer {}", sequence, writer);
    return fmt::format("records {}..{} of writer {}", sequence, sequence + count - 1, writer);
  }
  static std::string lsns(std::uint64_t first, std::uint64_t last) {
    return first == last ? fmt::format("LSN {}", first) : fmt::format("LSN {}..{}", first, last);
  }

  void tell(const sim::Issued& issued) {
    const bool has_returned = returned_.contains({issued.writer, issued.sequence});
    add("append", records(issued.writer, issued.sequence, issued.count), "", has_returned ? "" : "in flight");
  }
  void tell(const sim::Accepted& accepted) {
    add("accepted", lsns(accepted.first_lsn, accepted.first_lsn + accepted.count - 1), "",
        records(accepted.writer, accepted.sequence, accepted.count));
  }
  void tell(const sim::Refused& refused) {
    add("refused", records(refused.writer, refused.sequence, refused.count), "",
        refused.unknown ? "may be there all the same" : "");
  }
  void tell(const sim::Promised& promised) {
    if (promised_ == 0 && first() > 0) promised_ = promised.lsn - 1;
    add("promise", lsns(promised_ + 1, promised.lsn), "", "acknowledged");
    promised_ = promised.lsn;
  }
  void tell(const sim::Delivered&) {}
  void tell(const sim::Mark& mark) { add(std::string(mark.what), "", "", fmt::format("{}", mark.value)); }

  const Subject& subject_;
  sim::World& world_;
  std::uint64_t cut_;
  std::vector<StoryLine>& lines_;
  Names names_;
  std::map<sim::OpId, const sim::OpEnd*> ends_;
  std::set<std::pair<std::uint32_t, std::uint64_t>> returned_;  // Appends, by writer and first sequence.
  std::map<sim::FibreId, std::string> calls_;                   // The last one of each.
  std::uint64_t number_ = 0;
  std::uint64_t promised_ = 0;
};

constexpr std::ptrdiff_t kStoryLinesMax = 60;

std::string lsn_range(std::uint64_t first, std::uint64_t last) {
  return last < first ? "nothing" : fmt::format("LSN {}..{}", first, last);
}

}  // namespace

reports::Story tell(const Subject& subject, sim::World& workload, const Reached& reached,
                    std::uint64_t shrunk_from) {
  const Finding& finding = reached.finding();
  reports::Story story;
  story.oracle = finding.oracle;
  story.finding = finding.what;
  story.promised = lsn_range(1, finding.promised_lsn);
  story.found = finding.refused ? "refused: " + io::describe(*finding.refused)
                                : lsn_range(finding.found_first, finding.found_last);
  story.model = subject.scenario().world.model;
  story.shrunk_from = shrunk_from;
  sim::World* world = &workload;
  for (std::size_t level = 0; level < reached.losses.size(); ++level) {
    const std::uint64_t cut = reached.losses[level].cut;
    Chapter(subject, *world, cut, story.lines).tell();
    story.lines.push_back({.number = cut, .verb = "POWER LOSS", .note = level == 0 ? "" : "during recovery"});
    if (level + 1 < reached.losses.size()) story.lines.push_back({.number = 0, .verb = "RECOVERY"});
    world = reached.recoveries[level].world.get();
  }
  const Lost& last = reached.losses.back();
  for (sim::Fate& fate : last.medium.fates(last.left))
    story.disk.push_back(
        {std::move(fate.path), std::move(fate.before), std::move(fate.after), std::move(fate.why)});
  return story;
}

reports::Story tell_ending(const Subject& subject, sim::World& workload, const Finding& end) {
  reports::Story story;
  story.oracle = end.oracle;
  story.finding = end.what;
  story.model = subject.scenario().world.model;
  const std::uint64_t cut = workload.journal().count();
  Chapter chapter(subject, workload, cut, story.lines);
  chapter.tell();
  for (const sim::FibreState& state : workload.scheduler().states())
    story.fibres.push_back({state.name, state.doing, chapter.last_call(state.id)});
  clip(story);
  return story;
}

void clip(reports::Story& story) {
  if (std::ssize(story.lines) <= kStoryLinesMax) return;
  const auto kept = story.lines.end() - kStoryLinesMax;
  const std::string before = base::with_commas(static_cast<std::uint64_t>(kept - story.lines.begin()));
  story.lines.erase(story.lines.begin(), kept);
  story.lines.insert(story.lines.begin(), {.number = 0, .verb = "...", .note = before + " lines before"});
}

}  // namespace wallop::scenarios
