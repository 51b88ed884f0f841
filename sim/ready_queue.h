// SPDX-License-Identifier: Apache-2.0
// ReadyQueue: the fibres that could run, in the order in which they became runnable. A ring that grows and
// never shrinks, so that a steady state allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wallop::sim {

using FibreId = std::uint32_t;

class ReadyQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // The one with `index` before it.
  [[nodiscard]] FibreId operator[](std::size_t index) const {
    return ring_[(head_ + index) & (ring_.size() - 1)];
  }

  void push(FibreId id) {
    if (size_ == ring_.size()) grow();
    at(size_++) = id;
  }
  // Must not be empty.
  FibreId pop() {
    const FibreId id = ring_[head_];
    head_ = (head_ + 1) & (ring_.size() - 1);
    --size_;
    return id;
  }
  // Takes the one with `index` before it out; the others keep their order.
  FibreId take(std::size_t index) {
    const FibreId id = at(index);
    for (std::size_t i = index; i > 0; --i) at(i) = at(i - 1);
    pop();
    return id;
  }

 private:
  static constexpr std::size_t kFirstSize = 16;  // A power of two, as all sizes.

  FibreId& at(std::size_t index) { return ring_[(head_ + index) & (ring_.size() - 1)]; }
  void grow() {
    std::vector<FibreId> larger(ring_.empty() ? kFirstSize : ring_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = at(i);
    ring_.swap(larger);
    head_ = 0;
  }

  std::vector<FibreId> ring_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace wallop::sim
