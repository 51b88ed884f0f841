// SPDX-License-Identifier: Apache-2.0
// Sampling reaches every image, and the proof is not blind: a sampler with a blind spot is caught.
#include "sim/truth/sampling_proof.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string_view>

#include "sim/truth/proof_fixture.h"

namespace wallop::sim {
namespace {

// Never gives the last answer to questions of one site.
class NeverTheLast final : public base::Chooser {
 public:
  NeverTheLast(std::uint64_t seed, std::string_view site) : seeded_(seed), site_(site) {}
  std::uint64_t choose(const base::Question& what, std::uint64_t option_count) override {
    const bool is_blind = what.site == site_ && option_count > 1;
    return seeded_.choose(what, is_blind ? option_count - 1 : option_count);
  }

 private:
  base::Seeded seeded_;
  std::string_view site_;
};

MakeSampler blind_for(std::string_view site) {
  return [site](std::uint64_t seed) { return std::make_unique<NeverTheLast>(seed, site); };
}

TEST_CASE("sampling reaches every image of a small trace, of every model") {
  const Finding finding = prove_sampling(cases(160));
  INFO(finding.failure.value_or(""));
  REQUIRE_FALSE(finding.failure);
  REQUIRE(finding.counts.at(0).value + finding.counts.at(3).value == 160);
  REQUIRE(finding.counts.at(0).value > 80);
  REQUIRE(finding.counts.at(1).value > 2 * finding.counts.at(0).value);
}

TEST_CASE("the proof of sampling catches a sampler that never picks one fate") {
  for (const std::string_view site : {"crash.name", "crash.size", "crash.sector"}) {
    INFO(site);
    const auto failure = prove_sampling(cases(160), blind_for(site)).failure;
    REQUIRE(failure);
    REQUIRE(failure->find("samples reached") != std::string::npos);
  }
}

}  // namespace
}  // namespace wallop::sim
