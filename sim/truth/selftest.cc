// SPDX-License-Identifier: Apache-2.0
// The list of proofs, and their shares of the time.
#include "sim/truth/selftest.h"

#include "sim/truth/calm_proof.h"
#include "sim/truth/reference_proof.h"
#include "sim/truth/sampling_proof.h"
#include "sim/truth/synced_data_proof.h"
#include "sim/truth/time_proof.h"

namespace wallop::sim {

std::vector<Proof> all_proofs(std::span<const KernelPlace> places, io::Clock& host) {
  return {
      {.id = "kernel",
       .what = "random calls do what they do in a real directory: results, errno, sizes, bytes, listings",
       .share = 8,
       .cases_min = 20,
       .run = [places](const ProofRequest& request) { return prove_kernel(request, places); }},
      {.id = "durability",
       .what =
           "at every cut the images of each model are those of a reference by brute force, no more, no less",
       .share = 6,
       .cases_min = 8,
       .run = [](const ProofRequest& request) { return prove_reference(request); }},
      {.id = "synced-data",
       .what =
           "no crash image loses synced data or holds what was never there, and each fate of a model is seen",
       .share = 4,
       .cases_min = 2000,
       .run = [](const ProofRequest& request) { return prove_synced_data(request); }},
      {.id = "sampling",
       .what = "sampling reaches every allowed crash image of a small trace, and none besides",
       .share = 2,
       .cases_min = 40,
       .run = [](const ProofRequest& request) { return prove_sampling(request); }},
      {.id = "calm",
       .what = "with no fault armed no fault draws, and a run is byte-equal to one without faults",
       .share = 1,
       .cases_min = 8,
       .run = [](const ProofRequest& request) { return prove_calm(request); }},
      {.id = "time",
       .what =
           "virtual time is what the disk's file says: latencies, tails, depth, limits, stalls; never the "
           "host's",
       .share = 2,
       .cases_min = 6,
       .run = [&host](const ProofRequest& request) { return prove_time(request, host); }},
  };
}

void run_proofs(const std::vector<Proof>& proofs, const SelftestRequest& request) {
  const io::Instant deadline = request.clock.now() + request.budget;
  std::uint64_t shares = 0;
  for (const Proof& proof : proofs) shares += proof.share;
  for (const Proof& proof : proofs) {
    if (request.interrupted()) return;
    const io::Instant begin = request.clock.now();
    const auto left = begin < deadline ? deadline - begin : io::Duration::zero();
    const io::Instant end =
        begin + left / static_cast<std::int64_t>(shares) * static_cast<std::int64_t>(proof.share);
    shares -= proof.share;
    const Finding finding = proof.run({.seed = request.seed,
                                       .goes_on =
                                           [&] {
                                             request.goes_on(proof);
                                             return !request.interrupted() && request.clock.now() < end;
                                           },
                                       .cases_min = proof.cases_min});
    request.ended(proof, finding, request.clock.now() - begin);
  }
}

}  // namespace wallop::sim
