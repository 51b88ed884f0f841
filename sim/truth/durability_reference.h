// SPDX-License-Identifier: Apache-2.0
// What a file system of a given kind may leave after power loss, found by brute force: slow, small, obviously
// right, and without a line in common with the simulator that it judges.
#pragma once

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "sim/truth/plain_image.h"
#include "sim/truth/trace.h"

namespace wallop::sim {

// Element n: every image that may be left when power fails after n operations of the trace have ended and
// before the next begins; all fates. `model` is the name of a shipped model. Each operation of the trace
// must be one that succeeds. Nothing where some cut has more than `image_max` images.
[[nodiscard]] std::optional<std::vector<std::set<PlainImage>>> reference_images(std::string_view model,
                                                                                const Trace& trace,
                                                                                std::size_t image_max);

}  // namespace wallop::sim
