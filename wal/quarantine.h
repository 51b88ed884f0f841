// SPDX-License-Identifier: Apache-2.0
// Quarantine: copies of the files that show a damage, kept for whoever wants to know what happened, or to get
// more out of them than recovery may.
//
//   quarantine/0000000000000003.wal.00000005    segment 3, as the open that began epoch 5 found it
//
// They are durable, names included, before that open's seal is written; until then an open that fails removes
// its own again. Zeros are left out of the copies, as holes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/examine.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

inline constexpr std::string_view kQuarantineName = "quarantine";

class Quarantine {
 public:
  Quarantine(io::World& world, std::string directory, std::uint32_t epoch_counter);

  // Copies every file that is not wholly covered by the chain: the one in which the chain ends, the damaged,
  // and the dead that hold anything. A copy that a cut attempt left under the same name is replaced: its
  // original is still there. After a failure undo() is the caller's to call.
  io::Status fill(const Examination& found);
  // Removes what fill() made, as far as the world lets it.
  void undo();

  // What fill() made: "quarantine/0000000000000003.wal.00000005".
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  io::Status make_directory();
  io::Status copy(const FoundSegment& segment);

  io::World& world_;
  std::string directory_;
  std::uint32_t epoch_counter_;
  bool made_directory_ = false;
  std::vector<std::string> names_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
