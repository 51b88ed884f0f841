// SPDX-License-Identifier: Apache-2.0
// One disk that the model allows, by asking: names and sizes first, then units and sectors (medium_units.cc).
//
// A question whose answers would all leave the same bytes is not asked.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {
namespace {

using medium::Metadata;
using medium::PendingFile;
using medium::SizeChange;
using medium::Tick;
using medium::Version;

constexpr std::uint64_t kKept = 0;

class Imager {
 public:
  Imager(const Medium::State& state, base::Chooser& chooser, const Alphabet& alphabet)
      : state_(state), chooser_(chooser), alphabet_(alphabet), disk_(state.durable) {}

  Disk build() {
    if (state_.is_journalled()) {
      choose_prefix();
      if (state_.is_logged()) replay_log();
    } else {
      choose_names();
    }
    disk_.collect_garbage();
    for (const auto& [object, file] : state_.files) {
      if (disk_.find(object) != nullptr) choose_size(object, file);
    }
    for (const auto& [object, file] : state_.files) {
      if (disk_.find(object) != nullptr)
        medium::choose_units({state_, chooser_, alphabet_, disk_, data_horizon_}, object, file);
    }
    disk_.reserve_ids(state_.visible.next_id());
    return std::move(disk_);
  }

 private:
  std::uint64_t ask(std::string_view site, std::uint64_t subject, std::uint64_t ordinal,
                    std::uint64_t option_count) {
    return medium::ask(chooser_, {site, subject, ordinal}, option_count);
  }

  void choose_names() {
    for (const Metadata& change : state_.metadata) {
      if (!change.is_lost && ask("crash.name", change.op, 0, 2) == kKept)
        medium::apply_names(disk_, change.names);
    }
  }

  // Up to the first that is lost.
  void choose_prefix() {
    const Tick needed = needed_by_torn_writes();
    for (const Metadata& change : state_.metadata) {
      if (change.when > needed && (change.is_lost || ask(site_of(change), change.op, 0, 2) != kKept)) {
        horizon_ = data_horizon_ = change.when;
        return;
      }
      medium::apply_names(disk_, change.names);
    }
  }

  [[nodiscard]] std::string_view site_of(const Metadata& change) const {
    if (!change.names.empty()) return "crash.name";
    const bool is_data = change.verb == faults::Verb::write || change.verb == faults::Verb::write_durable;
    return is_data && state_.is_in_order() ? "crash.write" : "crash.resize";
  }

  // The newest metadata of a record, by the inode that it is of; kNever where the horizon sees to it.
  using Logged = std::map<ObjectId, Tick>;

  // What the log holds that the prefix does not have: synced names, and names that went once their object was
  // in it. In the order of their issue.
  void replay_log() {
    const bool is_none_committed = state_.metadata.empty() || horizon_ == state_.metadata.front().when;
    Logged logged = is_none_committed ? state_.settled_log : Logged();
    auto change = std::ranges::lower_bound(state_.metadata, horizon_, {}, &Metadata::when);
    const auto first = std::ranges::lower_bound(state_.log, horizon_, {}, &medium::LogRecord::when);
    for (auto record = first; record != state_.log.end(); ++record) {
      for (; change != state_.metadata.end() && change->when <= record->when; ++change)
        choose_halves(*change, logged);
      for (const NameChange& name : record->taken) take_name(name, record->object);
      medium::apply_names(disk_, record->names);
      logged[record->object] = medium::kNever;
    }
    for (; change != state_.metadata.end(); ++change) choose_halves(*change, logged);
  }

  void take_name(const NameChange& name, ObjectId object) {
    const auto& names = disk_.find(name.directory)->names;
    const auto at = names.find(*name.name);
    if (at != names.end() && at->second == object) disk_.change(name.directory).names.erase(*name.name);
  }

  // A change of names that is not in the prefix. Where its object is in the log it may last whole, where the
  // object that loses its name is, that loss alone.
  void choose_halves(const Metadata& change, const Logged& logged) {
    if (!state_.model.rename_halves.value || change.names.empty() || change.is_lost) return;
    const auto renamed = std::ranges::find_if(
        change.names, [&](const NameChange& name) { return logged.contains(name.object); });
    if (change.verb == faults::Verb::rename && renamed != change.names.end()) {
      if (ask("crash.name", change.op, 1, 2) != kKept) return;
      medium::apply_names(disk_, change.names);
      return rely_on(logged.at(renamed->object));
    }
    std::uint64_t ordinal = 1;
    for (const NameChange& name : change.names) {
      const auto& names = disk_.find(name.directory)->names;
      const auto at = names.find(*name.name);
      if (at == names.end() || !logged.contains(at->second) || at->second == name.object) continue;
      if (ask("crash.name", change.op, ordinal++, 2) != kKept) continue;
      rely_on(logged.at(at->second));
      disk_.change(name.directory).names.erase(*name.name);
    }
  }

  // The log is there as long as what it holds was not committed: so nothing was that came later.
  void rely_on(Tick last_metadata) { data_horizon_ = std::min(data_horizon_, last_metadata); }

  // A fault says that part of a write lasts: so does the metadata without which it could not.
  [[nodiscard]] Tick needed_by_torn_writes() const {
    Tick needed = 0;
    for (const auto& [object, file] : state_.files) {
      for (const SizeChange& change : file.sizes) {
        if (change.lasting_size) needed = std::max(needed, change.when);
      }
      for (const auto& [index, unit] : file.units) {
        if (unit.births.empty()) continue;
        for (const Version& version : unit.versions) {
          if (version.torn) needed = std::max(needed, version.when);
        }
      }
    }
    return needed;
  }

  // ---- Sizes ----

  // What the size could be: `lost` if nothing lasts, else one of `grown`, in order of issue.
  struct Sizes {
    std::uint64_t lost;
    std::vector<std::uint64_t> grown;
    std::uint64_t largest = 0;  // Of those.

    // The newest stands last, wherever it was before.
    void add(std::uint64_t size) {
      if (size <= largest) std::erase(grown, size);
      largest = std::max(largest, size);
      grown.push_back(size);
    }
    // The newest, what is left if all is lost, the others from the oldest on.
    [[nodiscard]] std::vector<std::uint64_t> options() const {
      if (grown.empty()) return {lost};
      std::vector<std::uint64_t> found{grown.back()};
      if (lost != found.front()) found.push_back(lost);
      for (const std::uint64_t size : grown) {
        if (size != lost && size != found.front()) found.push_back(size);
      }
      return found;
    }
  };

  void choose_size(ObjectId object, const PendingFile& file) {
    if (file.sizes.empty()) return;
    Inode& inode = disk_.change(object);
    Sizes sizes{inode.size, {}, 0};
    for (const SizeChange& change : file.sizes) {
      if (change.when >= data_horizon_) break;
      if (change.is_torn) {
        if (change.lasting_size) sizes = {*change.lasting_size, {}, 0};
      } else if (change.joins == SizeChange::Joins::in_order) {
        medium::apply_size(inode, change, state_.model);
        sizes = {change.size, {}, 0};
      } else {
        const std::uint64_t unit = state_.unit_bytes();
        for (std::uint64_t edge = (change.edges_from / unit + 1) * unit; edge < change.size; edge += unit)
          sizes.add(edge);
        sizes.add(change.size);
      }
    }
    const std::vector<std::uint64_t> options = sizes.options();
    const std::uint64_t size = options[ask("crash.size", object.value(), 0, options.size())];
    if (size < inode.size) medium::cut(inode, size, state_.unit_bytes());
    inode.size = size;
    inode.content.zero(size, medium::kNever - size);
  }

  const Medium::State& state_;
  base::Chooser& chooser_;
  const Alphabet& alphabet_;
  Disk disk_;
  Tick horizon_ = medium::kNever;       // Metadata from here on is lost.
  Tick data_horizon_ = medium::kNever;  // And so are sizes and new units.
};

std::uint64_t times(std::uint64_t one, std::uint64_t other) {
  return other != 0 && one > ~std::uint64_t{0} / other ? ~std::uint64_t{0} : one * other;
}

}  // namespace

Disk Medium::image(Crash crash, base::Chooser& chooser, const Alphabet& alphabet) const {
  if (crash == Crash::process_crash) return state_->visible;
  return Imager(*state_, chooser, alphabet).build();
}

std::uint64_t Medium::image_count_max() const {
  const State& state = *state_;
  std::uint64_t count = 1;
  if (state.is_journalled()) {
    count = state.metadata.size() + 1;
  } else {
    for (std::size_t i = 0; i < state.metadata.size(); ++i) count = times(count, 2);
  }
  if (!state.log.empty() && state.model.rename_halves.value) {
    for (const medium::Metadata& change : state.metadata) count = times(count, 1 + change.names.size());
  }
  const bool has_garbage = state.model.size_before_data.value == SizeBeforeData::zeros_or_garbage;
  for (const auto& [object, file] : state.files) {
    std::uint64_t sizes = 1;
    for (const medium::SizeChange& change : file.sizes)
      sizes += 1 + (change.size - change.edges_from) / state.unit_bytes();
    count = times(count, sizes);
    for (const auto& [index, unit] : file.units) {
      if (state.is_in_order()) continue;
      if (state.model.new_unit.value == NewUnit::whole) count = times(count, unit.births.size() + 1);
      for (std::uint64_t sector = 0; sector < state.sectors_per_unit(); ++sector) {
        const auto versions =
            static_cast<std::uint64_t>(std::ranges::count(unit.versions, sector, &Version::sector));
        if (versions != 0) count = times(count, versions + 1 + (has_garbage ? 2 : 0));
        if (versions == 0 && state.sectors_per_unit() > 1 && !state.model.powersafe_overwrite.value)
          count = times(count, 2);
      }
    }
  }
  return count;
}

}  // namespace wallop::sim
