// SPDX-License-Identifier: Apache-2.0
// Faults that never match leave no trace, and the proof is not blind: one that matches once is caught.
#include "sim/truth/calm_proof.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "base/fields.h"
#include "faults/catalogue.h"
#include "faults/fault.h"
#include "sim/truth/proof_fixture.h"

namespace wallop::sim {
namespace {

faults::Plan plan_of(std::string_view text) {
  faults::Fault fault;
  REQUIRE(base::read_document(text, fault).empty());
  return faults::Plan({fault}, 1);
}

TEST_CASE("with faults that never match, none draws and the journal is that of a world without faults") {
  const Finding finding = prove_calm(cases(24));
  INFO(finding.failure.value_or(""));
  REQUIRE_FALSE(finding.failure);
  REQUIRE(finding.counts.at(0).value == 72);
  REQUIRE(finding.counts.at(1).value > 1000);
  REQUIRE(finding.counts.at(2).value == 0);
}

TEST_CASE("the plan that never fires has every kind of fault") {
  REQUIRE(plan_that_never_fires(1).faults().size() == faults::kinds().size());
}

TEST_CASE("the proof of calm catches a fault that looks at an operation, though it never comes true") {
  const auto failure = prove_calm(cases(24), [](std::uint64_t) {
                         return plan_of(R"({"kind": "stall", "for": "1ms",
                                            "when": {"op": "write", "during": {"from": "90s", "to": "91s"}}})");
                       }).failure;
  REQUIRE(failure);
  REQUIRE(failure->find("must not match") != std::string::npos);
}

}  // namespace
}  // namespace wallop::sim
