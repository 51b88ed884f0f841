// SPDX-License-Identifier: Apache-2.0
// Follower: a medium that follows a world's journal as it grows, at its end or where its tail begins. It
// stays as small as the disk is, however long the run.
//
// But for a cache that lies for ever: any write since the start may be lost, so that each stays pending. A
// run that is long bounds the lie (`lies_up_to_bytes`, `lies_up_to_milliseconds`).
//
// What surprises: the journal does not say when a file is gone, as no crash image hangs on the last close. So
// the world says it apart (gone()), or the bytes of every file ever removed would stay.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/medium.h"

namespace wallop::sim {

class Follower {
 public:
  explicit Follower(Medium start) : medium_(std::move(start)) {}

  // The next entry of the journal.
  void apply(const Entry& entry);
  // A file has neither names nor handles from entry `count` of the journal on.
  void gone(ObjectId file, std::uint64_t count) { gone_.push_back({file, count}); }
  // Goes on from what the medium is after `count` entries.
  void jump(Medium there, std::uint64_t count);

  [[nodiscard]] const Medium& medium() const { return medium_; }

 private:
  struct Gone {
    ObjectId file;
    std::uint64_t count;
  };

  Medium medium_;
  std::uint64_t applied_count_ = 0;
  std::vector<Gone> gone_;  // And not forgotten.
};

}  // namespace wallop::sim
