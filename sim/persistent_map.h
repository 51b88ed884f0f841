// SPDX-License-Identifier: Apache-2.0
// PersistentMap<T>: a map from numbers to T that is copied in constant time and changed at the cost of one
// path.
//
// A radix tree of 16-way nodes, as high as its largest key needs. A copy shares every node; who changes
// something copies the nodes on the way to it that others share, and changes the rest in place:
//
//   a: root - inner - leaf            b = a; b.change(7)
//   b: root'- inner - leaf            what b shares with a stays as it was
//             inner'- leaf'
//
// A node remembers the digest of all that is below it until that changes: the digest of a copy costs the
// paths on which it differs.
//
// The surprising thing: a T inside a shared leaf is shared too, though its own reference count may be 1. Only
// after change() are counts inside T the truth. Not to be shared between OS threads (counts are read without
// ordering).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>

#include "base/ensure.h"
#include "sim/block_pool.h"
#include "sim/summary.h"

namespace wallop::sim {

template <class T>
class PersistentMap {
 public:
  // Null where there is none. Valid until the map changes.
  [[nodiscard]] const T* find(std::uint64_t key) const {
    if (!covers(key)) return nullptr;
    const Node* node = root_.get();
    for (unsigned level = height_; level > 0; --level) {
      if (node == nullptr) return nullptr;
      node = static_cast<const Inner*>(node)->children[slot(key, level)].get();
    }
    if (node == nullptr || (node->present & bit(key)) == 0) return nullptr;
    return &static_cast<const Leaf*>(node)->values[slot(key, 0)];
  }

  // The value to change, this map's own from now on; made from T() where there was none.
  T& change(std::uint64_t key) {
    grow_to(key);
    std::shared_ptr<Node>* at = &root_;
    for (unsigned level = height_; level > 0; --level) {
      Inner& inner = own<Inner>(*at);
      inner.present |= std::uint32_t{1} << slot(key, level);
      at = &inner.children[slot(key, level)];
    }
    Leaf& leaf = own<Leaf>(*at);
    leaf.present |= bit(key);
    return leaf.values[slot(key, 0)];
  }

  void set(std::uint64_t key, T value) { change(key) = std::move(value); }

  // Nothing happens where there is none.
  void erase(std::uint64_t key) {
    if (find(key) == nullptr) return;
    std::array<Inner*, kHeightMax> path{};
    std::shared_ptr<Node>* at = &root_;
    for (unsigned level = height_; level > 0; --level) {
      path[level - 1] = &own<Inner>(*at);
      at = &path[level - 1]->children[slot(key, level)];
    }
    Leaf& leaf = own<Leaf>(*at);
    leaf.values[slot(key, 0)] = T();
    leaf.present &= ~bit(key);
    bool is_empty = leaf.present == 0;
    for (unsigned level = 1; level <= height_ && is_empty; ++level) {
      Inner& inner = *path[level - 1];
      inner.children[slot(key, level)].reset();
      inner.present &= ~(std::uint32_t{1} << slot(key, level));
      is_empty = inner.present == 0;
    }
    if (is_empty) *this = PersistentMap();
  }

  [[nodiscard]] bool empty() const { return root_ == nullptr; }

  // The smallest key that is at least `from`, with its value; {0, nullptr} where there is none.
  [[nodiscard]] std::pair<std::uint64_t, const T*> first_from(std::uint64_t from) const {
    std::uint64_t key = from;
    while (root_ != nullptr && covers(key)) {
      const Node* node = root_.get();
      unsigned level = height_;
      while (level > 0 && has(*node, key, level)) {
        node = static_cast<const Inner*>(node)->children[slot(key, level)].get();
        --level;
      }
      if (level == 0 && has(*node, key, 0))
        return {key, &static_cast<const Leaf*>(node)->values[slot(key, 0)]};
      if (!step(*node, level, key)) break;
    }
    return {0, nullptr};
  }

  // Calls visit(key, value) in the order of the keys.
  template <class Visit>
  void for_each(Visit&& visit) const {
    auto [key, value] = first_from(0);
    while (value != nullptr) {
      visit(key, *value);
      if (key == ~std::uint64_t{0}) return;
      std::tie(key, value) = first_from(key + 1);
    }
  }

  // The digest of a value that counts as not there.
  static constexpr std::uint64_t kNothing = 1;
  // A number for all keys below `end` with their values: equal for equal contents, however they came about.
  // `of_value` gives a value's digest: not 0, and the same in every call on this map and its copies.
  template <class OfValue>
  [[nodiscard]] std::uint64_t digest(std::uint64_t end, const OfValue& of_value) const {
    return digest(root_.get(), height_, end, of_value);
  }

 private:
  static constexpr unsigned kBits = 4;
  static constexpr unsigned kFanOut = 1U << kBits;
  static constexpr unsigned kHeightMax = 64 / kBits;  // Levels above the leaves are at most one less.

  struct Node {
    std::uint32_t present = 0;         // Which slots are in use.
    mutable std::uint64_t digest = 0;  // Of all that is below; 0: not yet known.
  };
  struct Inner : Node {
    std::array<std::shared_ptr<Node>, kFanOut> children;
  };
  struct Leaf : Node {
    std::array<T, kFanOut> values{};
  };

  static unsigned slot(std::uint64_t key, unsigned level) {
    return static_cast<unsigned>(key >> (level * kBits)) & (kFanOut - 1);
  }
  static std::uint32_t bit(std::uint64_t key) { return std::uint32_t{1} << slot(key, 0); }
  static bool has(const Node& node, std::uint64_t key, unsigned level) {
    return ((node.present >> slot(key, level)) & 1U) != 0;
  }
  [[nodiscard]] bool covers(std::uint64_t key) const {
    return height_ + 1 >= kHeightMax || (key >> ((height_ + 1) * kBits)) == 0;
  }

  // Makes `at` a node of this map alone.
  template <class Kind>
  static Kind& own(std::shared_ptr<Node>& at) {
    if (at == nullptr) {
      at = make_pooled<Kind>();
    } else if (at.use_count() != 1) {
      at = make_pooled<Kind>(static_cast<const Kind&>(*at));
    }
    at->digest = 0;
    return static_cast<Kind&>(*at);
  }

  // Of the keys below `end`, counted from the node's first. A node with nothing but its first child is that
  // child, so that a tree's height makes no difference.
  template <class OfValue>
  static std::uint64_t digest(const Node* node, unsigned level, std::uint64_t end, const OfValue& of_value) {
    if (node == nullptr || end == 0) return kNothing;
    const unsigned shift = level * kBits;
    const bool is_whole = (shift + kBits < 64) && (end >> (shift + kBits)) != 0;
    if (is_whole && node->digest != 0) return node->digest;
    std::array<std::uint64_t, kFanOut + 1> below;
    below.fill(kNothing);
    for (std::uint64_t slot = 0; slot < kFanOut && (slot << shift) < end; ++slot) {
      if (((node->present >> slot) & 1U) != 0)
        below[slot] = of_slot(*node, level, slot, end - (slot << shift), of_value);
    }
    const bool has_others =
        std::any_of(below.begin() + 1, below.end(), [](auto one) { return one != kNothing; });
    const bool is_first = !has_others && (level > 0 || below[0] == kNothing);
    below[kFanOut] = level;
    const std::uint64_t found =
        is_first ? below[0] : std::max(XXH3_64bits(below.data(), sizeof below), kNothing + 1);
    if (is_whole) node->digest = found;
    return found;
  }

  template <class OfValue>
  static std::uint64_t of_slot(const Node& node, unsigned level, std::uint64_t slot, std::uint64_t end,
                               const OfValue& of_value) {
    if (level == 0) return of_value(static_cast<const Leaf&>(node).values[slot]);
    return digest(static_cast<const Inner&>(node).children[slot].get(), level - 1, end, of_value);
  }

  void grow_to(std::uint64_t key) {
    while (!covers(key)) {
      if (root_ != nullptr) {
        auto above = make_pooled<Inner>();
        above->children[0] = std::move(root_);
        above->present = 1;
        root_ = std::move(above);
      }
      ++height_;
    }
  }

  // Moves `key` to the start of the next slot in use: of `node` at `level`, or else of what follows `node`.
  // False at the end of all keys.
  bool step(const Node& node, unsigned level, std::uint64_t& key) const {
    const unsigned at = slot(key, level);
    const std::uint32_t later = node.present & ~((std::uint32_t{2} << at) - 1);
    const unsigned shift = level * kBits;
    const std::uint64_t below =
        shift + kBits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (shift + kBits)) - 1;
    if (later != 0) {
      key = (key & ~below) | (static_cast<std::uint64_t>(std::countr_zero(later)) << shift);
      return true;
    }
    if ((key | below) == ~std::uint64_t{0}) return false;
    key = (key | below) + 1;
    return true;
  }

  std::shared_ptr<Node> root_;
  unsigned height_ = 0;  // Levels above the leaves.
};

}  // namespace wallop::sim
