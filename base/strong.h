// SPDX-License-Identifier: Apache-2.0
// Strong<Tag, Rep>: a number that cannot be mistaken for another one (an Lsn for a SegmentId).
//
// It compares, hashes by value and steps by one; it has no arithmetic with other tags, and none with itself
// but distance. Construction is explicit.
#pragma once

#include <compare>
#include <cstdint>

namespace wallop::base {

template <class Tag, class Rep = std::uint64_t>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(value) {}

  [[nodiscard]] constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;

  [[nodiscard]] constexpr Strong next() const { return Strong(value_ + 1); }
  [[nodiscard]] constexpr Strong previous() const { return Strong(value_ - 1); }
  // The number `steps` further on.
  [[nodiscard]] constexpr Strong plus(Rep steps) const { return Strong(value_ + steps); }
  // How many steps lie between `from` and this one. `from` must not be larger.
  [[nodiscard]] constexpr Rep since(Strong from) const { return value_ - from.value_; }

 private:
  Rep value_{};
};

}  // namespace wallop::base
