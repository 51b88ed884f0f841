// SPDX-License-Identifier: Apache-2.0
// One disk that the model allows, by asking: names and sizes first, then sectors.
//
// A question whose answers would all leave the same bytes is not asked.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/ensure.h"
#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {
namespace {

using medium::Metadata;
using medium::PendingFile;
using medium::PendingUnit;
using medium::SizeChange;
using medium::Tick;
using medium::Version;

constexpr std::uint64_t kKept = 0;
constexpr std::uint64_t kSectorBytesMax = 4096;

constexpr auto kGarbage = [] {
  std::array<std::byte, kSectorBytesMax> bytes{};
  bytes.fill(std::byte{0xA5});
  return bytes;
}();
constexpr std::array<std::byte, kSectorBytesMax> kZeros{};

// What one sector could hold, each content once.
class Fates {
 public:
  explicit Fates(std::uint64_t bytes) : bytes_(bytes) {}
  void add(const std::byte* sector) {
    if (sector == nullptr) sector = kZeros.data();
    for (const std::byte* had : fates_) {
      if (std::memcmp(had, sector, bytes_) == 0) return;
    }
    fates_.push_back(sector);
  }
  [[nodiscard]] std::uint64_t count() const { return fates_.size(); }
  const std::byte* operator[](std::uint64_t index) const { return fates_[index]; }

 private:
  std::uint64_t bytes_;
  std::vector<const std::byte*> fates_;
};

// The life of a unit that an image shows: versions and births in [begin, end).
struct Life {
  Tick begin = 0;
  Tick end = medium::kNever;
  Tick zeroed = 0;  // A shrink zeroed its sectors beyond `kept_bytes`; 0: none did.
  std::uint64_t kept_bytes = 0;
};

class Imager {
 public:
  Imager(const Medium::State& state, base::Chooser& chooser, const Alphabet& alphabet)
      : state_(state), chooser_(chooser), alphabet_(alphabet), disk_(state.durable) {}

  Disk build() {
    if (state_.is_journalled()) {
      choose_prefix();
    } else {
      choose_names();
    }
    disk_.collect_garbage();
    for (const auto& [object, file] : state_.files) {
      if (disk_.find(object) != nullptr) choose_size(object, file);
    }
    for (const auto& [object, file] : state_.files) {
      if (disk_.find(object) != nullptr) choose_sectors(object, file);
    }
    disk_.reserve_ids(state_.visible.next_id());
    return std::move(disk_);
  }

 private:
  std::uint64_t ask(std::string_view site, std::uint64_t subject, std::uint64_t ordinal,
                    std::uint64_t option_count) {
    return option_count == 1 ? 0 : chooser_.choose({site, subject, ordinal}, option_count);
  }

  void choose_names() {
    for (const Metadata& change : state_.metadata) {
      if (ask("crash.name", change.op, 0, 2) == kKept) medium::apply_names(disk_, change.names);
    }
  }

  // Up to the first that is lost.
  void choose_prefix() {
    const Tick needed = needed_by_torn_writes();
    for (const Metadata& change : state_.metadata) {
      const std::string_view site = change.names.empty() ? "crash.resize" : "crash.name";
      if (change.when > needed && ask(site, change.op, 0, 2) != kKept) {
        horizon_ = change.when;
        return;
      }
      medium::apply_names(disk_, change.names);
    }
  }

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
      if (change.when >= horizon_) break;
      if (change.joins == SizeChange::Joins::in_order) {
        medium::apply_size(inode, change, state_.unit_bytes());
        sizes = {change.size, {}, 0};
      } else if (change.is_torn) {
        if (change.lasting_size) sizes = {*change.lasting_size, {}, 0};
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
  }

  // ---- Sectors ----

  void choose_sectors(ObjectId object, const PendingFile& file) {
    const std::uint64_t size = disk_.find(object)->size;
    std::vector<const SizeChange*> shrinks;
    for (const SizeChange& change : file.sizes) {
      if (change.is_shrink && change.joins == SizeChange::Joins::in_order) shrinks.push_back(&change);
    }
    for (const auto& [index, unit] : file.units) {
      if (index * state_.unit_bytes() >= size) break;
      choose_unit(object, index, unit, life_of(shrinks, index));
    }
  }

  [[nodiscard]] Life life_of(const std::vector<const SizeChange*>& shrinks, std::uint64_t unit_index) const {
    Life life;
    const std::uint64_t begin = unit_index * state_.unit_bytes();
    for (const SizeChange* change : shrinks) {
      const bool frees = begin >= change->size;
      if (change->when >= horizon_) {
        if (!frees) continue;
        life.end = change->when;
        break;
      }
      if (frees) {
        life = {.begin = change->when};
      } else if (change->size < begin + state_.unit_bytes() && state_.model.shrink_zeros_first.value) {
        life.zeroed = change->when;
        life.kept_bytes = change->size - begin;
      }
    }
    return life;
  }

  void choose_unit(ObjectId object, std::uint64_t index, const PendingUnit& unit, Life life) {
    Inode& inode = disk_.change(object);
    const bool is_new = state_.model.new_unit.value == NewUnit::whole && !inode.written.has(index);
    if (is_new) {
      const Tick birth = birth_of(unit, life);
      const bool is_torn = std::ranges::any_of(unit.versions, [&](const Version& version) {
        return version.torn && life.begin <= version.when && version.when < life.end;
      });
      if (birth >= horizon_ && !is_torn) return;
      if (!is_torn) life.begin = birth;
      if (!is_torn && shows_anything(unit, life) && ask("crash.unit", object.value(), index, 2) != kKept)
        return;
      inode.written.add(index, 1);
      inode.allocated.add(index, 1);
    }
    for (std::uint32_t sector = 0; sector < state_.sectors_per_unit(); ++sector)
      choose_sector(object, index, unit, sector, life);
  }

  // When the unit first had blocks to be written to.
  static Tick birth_of(const PendingUnit& unit, const Life& life) {
    for (const Tick birth : unit.births) {
      if (life.begin <= birth && birth < life.end) return birth;
    }
    for (const Version& version : unit.versions) {
      if (life.begin <= version.when && version.when < life.end) return version.when;
    }
    return medium::kNever;
  }

  static bool shows_anything(const PendingUnit& unit, const Life& life) {
    return std::ranges::any_of(unit.versions, [&](const Version& version) {
      return version.bytes != nullptr && life.begin <= version.when && version.when < life.end;
    });
  }

  // What a sector went through in one life. Where a write was torn by a fault, what is left of it stands for
  // all before.
  struct Past {
    std::vector<const Version*> versions;
    std::optional<const std::byte*> torn;
  };

  static Past past_of(const PendingUnit& unit, std::uint32_t sector, Tick begin, Tick end) {
    Past past;
    for (const Version& version : unit.versions) {
      if (version.sector != sector || version.when < begin || version.when >= end) continue;
      if (version.torn) {
        past = {{}, version.torn->get()};
      } else {
        past.versions.push_back(&version);
      }
    }
    return past;
  }

  void choose_sector(ObjectId object, std::uint64_t unit_index, const PendingUnit& unit, std::uint32_t sector,
                     const Life& life) {
    const std::uint64_t in_file = unit_index * state_.sectors_per_unit() + sector;
    const std::uint64_t offset = in_file * state_.sector_bytes();
    Inode& inode = disk_.change(object);
    if (offset >= inode.size) return;
    const bool is_zeroed = life.zeroed != 0 && (sector + 1) * state_.sector_bytes() > life.kept_bytes;
    const Tick begin = is_zeroed ? std::max(life.begin, life.zeroed) : life.begin;
    const auto [versions, torn] = past_of(unit, sector, begin, life.end);
    if (versions.empty() && !torn) return;

    const std::uint64_t bytes = std::min(state_.sector_bytes(), inode.size - offset);
    std::array<std::byte, kSectorBytesMax> base;
    inode.content.read(offset, {base.data(), bytes});
    Fates fates(bytes);
    if (!versions.empty()) fates.add(versions.back()->bytes.get());
    // What was there before is no fate where the life of the sector began with something else.
    const bool starts_here = !versions.empty() && versions.front()->when == begin && begin != 0;
    if (torn) {
      fates.add(*torn);
    } else if (!starts_here) {
      fates.add(base.data());
    }
    if (alphabet_.older) {
      for (const Version* version : versions) fates.add(version->bytes.get());
    }
    if (!torn && can_be_garbage(object, offset)) {
      if (alphabet_.zeros) fates.add(nullptr);
      if (alphabet_.garbage) fates.add(kGarbage.data());
    }
    const std::uint64_t fate = ask("crash.sector", object.value(), in_file, fates.count());
    medium::put_sector(inode, offset, fates[fate], bytes);
    inode.written.add(unit_index, 1);
    inode.allocated.add(unit_index, 1);
  }

  [[nodiscard]] bool can_be_garbage(ObjectId object, std::uint64_t offset) const {
    return state_.model.size_before_data.value == SizeBeforeData::zeros_or_garbage &&
           offset >= state_.durable.find(object)->size;
  }

  const Medium::State& state_;
  base::Chooser& chooser_;
  const Alphabet& alphabet_;
  Disk disk_;
  Tick horizon_ = medium::kNever;  // Metadata from here on is lost.
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
  const bool has_garbage = state.model.size_before_data.value == SizeBeforeData::zeros_or_garbage;
  for (const auto& [object, file] : state.files) {
    std::uint64_t sizes = 1;
    for (const medium::SizeChange& change : file.sizes)
      sizes += 1 + (change.size - change.edges_from) / state.unit_bytes();
    count = times(count, sizes);
    for (const auto& [index, unit] : file.units) {
      if (state.model.new_unit.value == NewUnit::whole) count = times(count, unit.births.size() + 1);
      for (std::uint64_t sector = 0; sector < state.sectors_per_unit(); ++sector) {
        const auto versions =
            static_cast<std::uint64_t>(std::ranges::count(unit.versions, sector, &Version::sector));
        if (versions != 0) count = times(count, versions + 1 + (has_garbage ? 2 : 0));
      }
    }
  }
  return count;
}

}  // namespace wallop::sim
