// SPDX-License-Identifier: Apache-2.0
// Reading all that was asked for, or all there is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "io/posix_calls.h"
#include "io/result.h"

namespace wallop::io {

// File::read_at on a descriptor. The range must lie within off_t; `action` and `name` are for the error.
Result<std::size_t> read_until_end(const PosixCalls& calls, int fd, std::uint64_t offset,
                                   std::span<std::byte> into, std::string_view action, std::string_view name);

}  // namespace wallop::io
