// SPDX-License-Identifier: Apache-2.0
// Random short traces of operations that succeed, for holding every image of one model against another.
//
// On purpose mean: few names, sizes around the edges of sectors and units, and now and then something durable
// to start from.
#pragma once

#include <cstddef>

#include "base/choices.h"
#include "sim/truth/trace.h"

namespace wallop::sim {

// The n-th of its kind.
[[nodiscard]] Trace short_trace(base::Draws& draws, std::uint64_t number, std::size_t op_max);

}  // namespace wallop::sim
