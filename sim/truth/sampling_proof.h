// SPDX-License-Identifier: Apache-2.0
// Proof: sampling reaches every allowed image of a small trace, and none besides.
//
// Each image's chance is known from the questions that lead to it, and so is how many samples it takes until
// one that was not seen is no accident: the proof draws so many that a sound sampler misses an image once in
// 10^13.
#pragma once

#include <functional>
#include <memory>

#include "base/choices.h"
#include "sim/truth/proof.h"

namespace wallop::sim {

// Makes the chooser of one sample; a test hands in one that has a blind spot.
using MakeSampler = std::function<std::unique_ptr<base::Chooser>(std::uint64_t seed)>;

// Cases are small random traces, all models in turn.
[[nodiscard]] Finding prove_sampling(const ProofRequest& request);
[[nodiscard]] Finding prove_sampling(const ProofRequest& request, const MakeSampler& make_sampler);

}  // namespace wallop::sim
