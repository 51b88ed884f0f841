// SPDX-License-Identifier: Apache-2.0
// Copying files: piece by piece, and what is zero stays a hole.
#pragma once

#include <cstdint>

#include "io/file.h"
#include "io/result.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// The bytes begin .. end of `from`, fewer where it ends before, to the same place of `to`, which holds zeros
// there. Not synced.
io::Status copy_bytes(io::File& from, io::File& to, std::uint64_t begin, std::uint64_t end);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
