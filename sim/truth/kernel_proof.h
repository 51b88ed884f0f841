// SPDX-License-Identifier: Apache-2.0
// Proof: random calls do on the simulated file system what they do in a real directory: results, errno,
// sizes, bytes, listings, and the whole tree at the end.
//
// Left out is what the two need not agree on: ".." of the root, blocks, sizes and links of directories,
// direct calls that are not aligned.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "io/file_system.h"
#include "sim/truth/proof.h"
#include "sim/truth/random_calls.h"

namespace wallop::sim {

// A directory of a kernel's file system.
struct KernelPlace {
  std::string name;                 // For people: "ext4".
  std::string_view model;           // Of a world that it is held against: "ext4-ordered".
  io::FileSystem* files = nullptr;  // An empty directory, as its root; outlives the proof, which empties it.
  Direct direct = Direct::supported;  // Whether a file there can be opened past the page cache.
};

// Cases are sequences of calls, shared out evenly among the places. A sequence that differs is shrunk.
[[nodiscard]] Finding prove_kernel(const ProofRequest& request, std::span<const KernelPlace> places);

}  // namespace wallop::sim
