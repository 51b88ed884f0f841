// SPDX-License-Identifier: Apache-2.0
// Proof: at every single cut of a short trace, and in the union of them, the simulator's images are those of
// the reference model of durability, no more and no less; and each is an image of posix, save where the model
// may halve a rename or its cache lies.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "sim/journal.h"
#include "sim/model.h"
#include "sim/truth/plain_image.h"
#include "sim/truth/proof.h"

namespace wallop::sim {

// What the simulator leaves after the first so many entries; nothing where that is more than `image_max`. A
// test hands in one with an error.
using ImagesOf = std::function<std::optional<std::set<PlainImage>>(
    const ModelSpec& model, std::span<const Entry> entries, std::size_t image_max)>;

[[nodiscard]] std::optional<std::set<PlainImage>> images_by_medium(const ModelSpec& model,
                                                                   std::span<const Entry> entries,
                                                                   std::size_t image_max);

// Cases are traces, each under every shipped model. A trace that shows a difference is made small.
[[nodiscard]] Finding prove_reference(const ProofRequest& request);
[[nodiscard]] Finding prove_reference(const ProofRequest& request, const ImagesOf& images_of_simulator);

}  // namespace wallop::sim
