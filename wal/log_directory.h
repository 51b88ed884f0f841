// SPDX-License-Identifier: Apache-2.0
// The directory of a log: its lock, its block, and what makes one anew or away.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/world.h"
#include "wal/format.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Makes the lock's file where there is none. locked: somebody has it.
io::Result<std::unique_ptr<io::Lock>> take_lock(io::World& world, const std::string& directory);

// What the file system writes at once there, as far as a log's block may be that.
io::Result<std::uint32_t> block_bytes_of(io::World& world, const std::string& directory);

LogUuid new_uuid(io::Entropy& entropy);

// Without '/' at its end.
std::string trimmed(std::string directory);

// Removes a directory that holds a log and nothing else, as one that was begun and left does. Nothing happens
// where it is missing.
io::Status remove_log(io::FileSystem& files, const std::string& directory);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
