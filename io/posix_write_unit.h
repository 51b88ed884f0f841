// SPDX-License-Identifier: Apache-2.0
// What one small write becomes on the way down to the device.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace wallop::io {

// FileSystem::write_unit_bytes of the file that `info` describes.
std::uint32_t write_unit_of(const struct stat& info);

}  // namespace wallop::io
