// SPDX-License-Identifier: Apache-2.0
// A set of verbs.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "faults/op.h"

namespace wallop::faults {

class VerbSet {
 public:
  constexpr VerbSet() = default;
  constexpr VerbSet(std::initializer_list<Verb> verbs) {
    for (const Verb verb : verbs) bits_ |= bit(verb);
  }
  static constexpr VerbSet all() {
    VerbSet set;
    for (const auto& entry : enum_names(Verb{})) set.bits_ |= bit(entry.value);
    return set;
  }

  [[nodiscard]] constexpr bool has(Verb verb) const { return (bits_ & bit(verb)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint32_t bit(Verb verb) { return std::uint32_t{1} << static_cast<unsigned>(verb); }
  std::uint32_t bits_ = 0;
};
static_assert(kVerbCount <= 32);

// Those that the device itself must serve before they return. A plain write ends in the page cache: it waits
// for the device only through the sync that follows.
inline constexpr VerbSet kDeviceVerbs{Verb::read, Verb::read_stored, Verb::write_durable,
                                      Verb::sync, Verb::sync_all,    Verb::sync_directory};

// Those that change something, and those that make changes last. An open changes something where it makes a
// file.
inline constexpr VerbSet kChangingVerbs{Verb::open,     Verb::write,          Verb::write_durable,
                                        Verb::sync,     Verb::sync_all,       Verb::truncate,
                                        Verb::allocate, Verb::rename,         Verb::link,
                                        Verb::remove,   Verb::make_directory, Verb::sync_directory};

// Which operations a fault kind can hit; a trigger that names others is refused.
struct Targets {
  VerbSet usual;     // Where the trigger has no "op". Empty: it must have one.
  VerbSet possible;  // What "op" may name.
};

}  // namespace wallop::faults
