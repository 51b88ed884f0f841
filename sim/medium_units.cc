// SPDX-License-Identifier: Apache-2.0
// The bytes of one image, once its names and sizes are chosen: which version of each pending unit or sector
// is there.
//
// A question whose answers would all leave the same bytes is not asked.
#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <cstring>
#include <ranges>
#include <utility>
#include <vector>

#include "sim/medium.h"
#include "sim/medium_state.h"

namespace wallop::sim {
namespace {

using medium::PendingFile;
using medium::PendingUnit;
using medium::Readable;
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
  struct Fate {
    const std::byte* bytes;
    Readable readable;
  };

  explicit Fates(std::uint64_t bytes) : bytes_(bytes) {}
  void add(const std::byte* sector, Readable readable = Readable::yes) {
    if (sector == nullptr) sector = kZeros.data();
    for (const Fate& had : fates_) {
      if (had.readable == readable && std::memcmp(had.bytes, sector, bytes_) == 0) return;
    }
    fates_.push_back({sector, readable});
  }
  void add(const Version& version) { add(version.bytes.get(), version.readable); }
  [[nodiscard]] std::uint64_t count() const { return fates_.size(); }
  const Fate& operator[](std::uint64_t index) const { return fates_[index]; }

 private:
  std::uint64_t bytes_;
  boost::container::small_vector<Fate, 8> fates_;
};

// What a whole unit could hold.
struct UnitState {
  std::vector<std::byte> bytes;
  std::uint64_t unreadable = 0;  // A bit for each sector.
  bool operator==(const UnitState&) const = default;
};

// The life of a unit that an image shows: versions and births in [begin, end).
struct Life {
  Tick begin = 0;
  Tick end = medium::kNever;
  Tick zeroed = 0;  // A shrink zeroed its sectors beyond `kept_bytes`; 0: none did.
  std::uint64_t kept_bytes = 0;
  Tick holds = 0;  // The size that lasts came with all that was written up to here; 0: with nothing.

  [[nodiscard]] bool has(Tick when) const { return begin <= when && when < end; }
};

class UnitChooser {
 public:
  explicit UnitChooser(const medium::Imaging& imaging)
      : state_(imaging.state),
        chooser_(imaging.chooser),
        alphabet_(imaging.alphabet),
        disk_(imaging.disk),
        horizon_(imaging.horizon) {}

  void choose(ObjectId object, const PendingFile& file) {
    const std::uint64_t size = disk_.find(object)->size;
    std::vector<const SizeChange*> shrinks;
    for (const SizeChange& change : file.sizes) {
      if (change.is_shrink && change.joins == SizeChange::Joins::in_order) shrinks.push_back(&change);
    }
    const bool waits = state_.model.size_before_data.value == SizeBeforeData::no && !state_.is_in_order();
    const Tick made = waits ? made_size(file, size) : 0;
    for (const auto& [index, unit] : file.units) {
      if (index * state_.unit_bytes() >= size) break;
      Life life = life_of(shrinks, index);
      if (made != 0 && index == (size - 1) / state_.unit_bytes()) life.holds = made;
      if (state_.is_in_order()) {
        put_newest(object, index, unit, life);
      } else {
        choose_unit(object, index, unit, life);
      }
    }
  }

 private:
  std::uint64_t ask(std::string_view site, std::uint64_t subject, std::uint64_t ordinal,
                    std::uint64_t option_count) {
    return medium::ask(chooser_, {site, subject, ordinal}, option_count);
  }

  // The write that made a size that waited for its data.
  [[nodiscard]] Tick made_size(const PendingFile& file, std::uint64_t size) const {
    Tick made = 0;
    for (const SizeChange& change : file.sizes) {
      if (change.when >= horizon_) break;
      if (change.joins == SizeChange::Joins::in_order) {
        made = 0;
      } else if (change.edges_from < size && size <= change.size) {
        made = change.when;
      }
    }
    return made;
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

  // Where everything lasts in order: the newest within the horizon.
  void put_newest(ObjectId object, std::uint64_t index, const PendingUnit& unit, const Life& life) {
    Inode& inode = disk_.change(object);
    const std::uint64_t offset = index * state_.unit_bytes();
    for (const Version& version : unit.versions) {
      if (!life.has(version.when) || version.when >= horizon_) continue;
      const std::uint64_t at = offset + version.sector * state_.sector_bytes();
      put(inode, at, version.torn ? version.torn->get() : version.bytes.get());
      mark(inode, at, version.torn ? Readable::yes : version.readable);
    }
    const Tick birth = birth_of(unit, life);
    if (birth < horizon_) mark_written(inode, index);
  }

  void put(Inode& inode, std::uint64_t offset, const std::byte* sector) const {
    if (offset >= inode.size) return;
    medium::put_sector(inode, offset, sector, std::min(state_.sector_bytes(), inode.size - offset));
  }

  void mark(Inode& inode, std::uint64_t offset, Readable readable) const {
    if (offset < inode.size) medium::mark_sector(inode, {offset, offset + state_.sector_bytes()}, readable);
  }

  static void mark_written(Inode& inode, std::uint64_t index) {
    inode.written.add(index, index + 1);
    inode.allocated.add(index, index + 1);
  }

  void choose_unit(ObjectId object, std::uint64_t index, const PendingUnit& unit, Life life) {
    Inode& inode = disk_.change(object);
    const bool is_new = state_.model.new_unit.value == NewUnit::whole && !inode.written.has(index);
    const bool is_torn = std::ranges::any_of(
        unit.versions, [&](const Version& version) { return version.torn && life.has(version.when); });
    const bool is_atomic = !is_torn && state_.model.atomic_bytes.value > state_.sector_bytes();
    if (is_new) {
      const Tick birth = birth_of(unit, life);
      if (birth > horizon_ && !is_torn) return;
      if (!is_torn) life.begin = birth;
      const bool can_be_lost = !is_torn && !is_atomic && life.holds == 0 && shows_anything(unit, life);
      if (can_be_lost && ask("crash.unit", object.value(), index, 2) != kKept) return;
    }
    if (is_atomic) return choose_state(object, index, unit, life);
    if (is_new) mark_written(inode, index);
    for (std::uint32_t sector = 0; sector < state_.sectors_per_unit(); ++sector)
      choose_sector(object, index, unit, sector, life);
  }

  using States = std::vector<UnitState>;

  // One of the states that memory held of a whole unit, or what was there before.
  void choose_state(ObjectId object, std::uint64_t index, const PendingUnit& unit, const Life& life) {
    Inode& inode = disk_.change(object);
    const std::uint64_t offset = index * state_.unit_bytes();
    const bool is_new = !inode.written.has(index);
    const UnitState base = read_unit(inode, index);
    UnitState state = base;
    States states{base};  // From the oldest that is allowed on.
    const auto versions = std::ranges::subrange(
        std::ranges::find_if(unit.versions, [&](const Version& version) { return life.has(version.when); }),
        unit.versions.end());
    bool can_be_lost = true;
    for (auto at = versions.begin(); at != versions.end() && life.has(at->when);) {
      const Tick when = at->when;
      for (; at != versions.end() && at->when == when; ++at) overlay(state, *at);
      // A shrink's zeros come before its size, where old bytes could come back; and before a size that waited
      // for it all that was written till then.
      if (when == life.zeroed || when <= life.holds) {
        can_be_lost = is_new && when > life.holds;
        states.resize(can_be_lost ? 1 : 0);
      }
      states.push_back(state);
    }
    const States options = order_of(states, can_be_lost);
    const UnitState& chosen = options[ask("crash.unit", object.value(), index, options.size())];
    if (chosen == base) return;
    inode.content.write(offset, chosen.bytes);
    for (std::uint64_t sector = 0; sector < state_.sectors_per_unit(); ++sector) {
      const bool is_bad = (chosen.unreadable >> sector & 1) != 0;
      mark(inode, offset + sector * state_.sector_bytes(), is_bad ? Readable::no : Readable::yes);
    }
    mark_written(inode, index);
  }

  [[nodiscard]] UnitState read_unit(const Inode& inode, std::uint64_t index) const {
    const std::uint64_t offset = index * state_.unit_bytes();
    UnitState unit;
    unit.bytes.resize(std::min(state_.unit_bytes(), inode.size - offset));
    inode.content.read(offset, unit.bytes);
    if (inode.unreadable.empty()) return unit;
    for (std::uint64_t sector = 0; sector < state_.sectors_per_unit(); ++sector) {
      const std::uint64_t begin = offset + sector * state_.sector_bytes();
      if (inode.unreadable.count_in(begin, begin + state_.sector_bytes()) != 0)
        unit.unreadable |= std::uint64_t{1} << sector;
    }
    return unit;
  }

  void overlay(UnitState& unit, const Version& version) const {
    const std::uint64_t begin = version.sector * state_.sector_bytes();
    if (begin >= unit.bytes.size()) return;
    const std::uint64_t size = std::min(state_.sector_bytes(), unit.bytes.size() - begin);
    std::memcpy(unit.bytes.data() + begin, version.bytes == nullptr ? kZeros.data() : version.bytes.get(),
                size);
    const std::uint64_t bit = std::uint64_t{1} << version.sector;
    unit.unreadable = version.readable == Readable::no ? unit.unreadable | bit : unit.unreadable & ~bit;
  }

  // As they are asked about, from states that go from the oldest to the newest; each content once.
  [[nodiscard]] States order_of(const States& states, bool can_be_lost) const {
    States ordered;
    const auto add = [&](const UnitState& state) {
      if (std::ranges::find(ordered, state) == ordered.end()) ordered.push_back(state);
    };
    add(states.back());
    if (can_be_lost) add(states.front());
    if (alphabet_.older) std::ranges::for_each(states, add);
    return ordered;
  }

  // When the unit first had blocks to be written to.
  static Tick birth_of(const PendingUnit& unit, const Life& life) {
    for (const Tick birth : unit.births) {
      if (life.has(birth)) return birth;
    }
    for (const Version& version : unit.versions) {
      if (life.has(version.when)) return version.when;
    }
    return medium::kNever;
  }

  static bool shows_anything(const PendingUnit& unit, const Life& life) {
    return std::ranges::any_of(unit.versions, [&](const Version& version) {
      const bool is_zeros = version.bytes == nullptr && version.readable == Readable::yes;
      return !is_zeros && life.has(version.when);
    });
  }

  // What a sector went through in one life. Where a write was torn by a fault, what is left of it stands for
  // all before.
  using Versions = boost::container::small_vector<const Version*, 8>;
  struct Past {
    Versions versions;
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
    auto [versions, torn] = past_of(unit, sector, begin, life.end);
    if (versions.empty() && !torn) return choose_neighbour(object, unit_index, unit, offset, life);
    const bool is_held = hold(versions, life.holds);

    const std::uint64_t bytes = std::min(state_.sector_bytes(), inode.size - offset);
    std::array<std::byte, kSectorBytesMax> base;
    inode.content.read(offset, {base.data(), bytes});
    Fates fates(bytes);
    if (!versions.empty()) fates.add(*versions.back());
    // What was there before is no fate where the life of the sector began with something else.
    const bool starts_here = is_held || (!versions.empty() && versions.front()->when == begin && begin != 0);
    if (torn) {
      fates.add(*torn);
    } else if (!starts_here) {
      const bool is_bad = inode.unreadable.count_in(offset, offset + bytes) != 0;
      fates.add(base.data(), is_bad ? Readable::no : Readable::yes);
    }
    if (alphabet_.older) {
      for (const Version* version : versions) fates.add(*version);
    }
    const bool is_written =
        std::ranges::any_of(versions, [](const Version* version) { return !version->is_exposed; });
    if (!torn && !is_held && is_written && can_be_garbage(object, offset)) {
      if (alphabet_.zeros) fates.add(nullptr);
      if (alphabet_.garbage) fates.add(kGarbage.data());
    }
    const Fates::Fate& fate = fates[ask("crash.sector", object.value(), in_file, fates.count())];
    medium::put_sector(inode, offset, fate.bytes, bytes);
    mark(inode, offset, fate.readable);
    mark_written(inode, unit_index);
  }

  // Only the newest that came with the size, and what is newer; whether there is such a one.
  static bool hold(Versions& versions, Tick holds) {
    const auto newer =
        std::ranges::find_if(versions, [&](const Version* version) { return version->when > holds; });
    if (newer == versions.begin()) return false;
    versions.erase(versions.begin(), std::prev(newer));
    return true;
  }

  // A sector that nobody wrote, in a unit that somebody did: spoilt where a torn unit spoils its neighbours.
  void choose_neighbour(ObjectId object, std::uint64_t unit_index, const PendingUnit& unit,
                        std::uint64_t offset, const Life& life) {
    if (state_.model.powersafe_overwrite.value || !alphabet_.garbage) return;
    const bool is_torn =
        std::ranges::any_of(unit.versions, [&](const Version& version) { return life.has(version.when); });
    if (!is_torn) return;
    const std::uint64_t in_file = offset / state_.sector_bytes();
    if (ask("crash.sector", object.value(), in_file, 2) == kKept) return;
    put(disk_.change(object), offset, kGarbage.data());
    mark_written(disk_.change(object), unit_index);
  }

  [[nodiscard]] bool can_be_garbage(ObjectId object, std::uint64_t offset) const {
    return state_.model.size_before_data.value == SizeBeforeData::zeros_or_garbage &&
           offset >= state_.durable.find(object)->size;
  }

  const Medium::State& state_;
  base::Chooser& chooser_;
  const Alphabet& alphabet_;
  Disk& disk_;
  Tick horizon_;
};

}  // namespace

void medium::choose_units(const Imaging& imaging, ObjectId object, const PendingFile& file) {
  UnitChooser(imaging).choose(object, file);
}

}  // namespace wallop::sim
