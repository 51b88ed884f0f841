// SPDX-License-Identifier: Apache-2.0
// ensure(): an assertion that is always on and means "our bug", never "bad disk" or "bad input".
#pragma once

#include <source_location>

namespace wallop::base {

// Prints where and what, then aborts.
[[noreturn]] void ensure_failed(const char* what, std::source_location where);

// `what` says the rule that was broken, in the words of the reader: "a sealed segment has a footer".
inline void ensure(bool holds, const char* what = "an invariant",
                   std::source_location where = std::source_location::current()) {
  if (!holds) [[unlikely]]
    ensure_failed(what, where);
}

}  // namespace wallop::base
