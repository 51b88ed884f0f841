// SPDX-License-Identifier: Apache-2.0
// Whether somebody holds a lock file, found out without taking it: an open of the log at that moment would be
// refused.
//
// Assumption: /proc/locks shows the holder, so it shares this process's PID namespace. Where it does not, the
// answer is no.
#pragma once

#include <string>

namespace wallop::cli {

[[nodiscard]] bool is_lock_held(const std::string& path);

}  // namespace wallop::cli
