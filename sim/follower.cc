// SPDX-License-Identifier: Apache-2.0
// Following, and forgetting now and then.
#include "sim/follower.h"

namespace wallop::sim {
namespace {

// Entries between two looks at what is gone: looking costs as much as the disk has names.
constexpr std::uint64_t kForgetsEvery = 256;

}  // namespace

void Follower::apply(const Entry& entry) {
  medium_.apply(entry);
  ++applied_count_;
  if (gone_.empty() || applied_count_ % kForgetsEvery != 0) return;
  std::erase_if(gone_,
                [&](const Gone& gone) { return gone.count < applied_count_ && medium_.forget(gone.file); });
}

// What was gone by then is not on that medium.
void Follower::jump(Medium there, std::uint64_t count) {
  medium_ = std::move(there);
  applied_count_ = count;
  std::erase_if(gone_, [count](const Gone& gone) { return gone.count < count; });
}

}  // namespace wallop::sim
