// SPDX-License-Identifier: Apache-2.0
// No image loses what was synced, and the proof is not blind: a medium that is told of less than happened, or
// that follows another model than it says, is caught.
#include "sim/truth/synced_data_proof.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "sim/truth/proof_fixture.h"

namespace wallop::sim {
namespace {

// So many that every model must have shown all that it names.
constexpr std::uint64_t kEnough = 400'000;

// The failure of a medium that takes `changed` for `name`.
std::string failure_with_model(std::string_view name, const ModelSpec& changed) {
  const PlantedInMedium planted{
      .model = [&](const ModelSpec& model) { return &model == find_model(name) ? &changed : &model; }};
  return prove_synced_data(cases(kEnough), planted).failure.value_or("");
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("no image of a random trace loses synced data, and each fate that a model names is seen") {
  const Finding finding = prove_synced_data(cases(kEnough));
  INFO(finding.failure.value_or(""));
  REQUIRE_FALSE(finding.failure);
  REQUIRE(finding.counts.at(0).value == kEnough);
  REQUIRE(finding.counts.at(2).value > kEnough);
}

TEST_CASE("the proof of synced data catches a sync that forgets the size") {
  const PlantedInMedium planted{.entry = [](Entry& entry) {
    auto* begin = std::get_if<OpBegin>(&entry.what);
    if (begin != nullptr && begin->verb == faults::Verb::write) begin->size_after.reset();
  }};
  const auto failure = prove_synced_data(cases(2000), planted).failure;
  REQUIRE(failure);
  INFO(*failure);
  REQUIRE(has(*failure, "since it was last made durable"));
  REQUIRE(has(*failure, R"("op":"sync)"));
}

TEST_CASE("the proof of synced data catches a sync that never reaches the medium") {
  const PlantedInMedium planted{.entry = [](Entry& entry) {
    if (auto* end = std::get_if<OpEnd>(&entry.what)) end->os_error = 5;
  }};
  REQUIRE(prove_synced_data(cases(2000), planted).failure);
}

TEST_CASE("the proof of synced data catches a rename that is not atomic") {
  const PlantedInMedium planted{.entry = [](Entry& entry) {
    auto* begin = std::get_if<OpBegin>(&entry.what);
    if (begin != nullptr && begin->verb == faults::Verb::rename) begin->names.erase(begin->names.begin());
  }};
  const std::string failure = prove_synced_data(cases(20'000), planted).failure.value_or("");
  INFO(failure);
  REQUIRE(has(failure, R"("op":"rename")"));
}

TEST_CASE("the proof of synced data catches names that are durable too early") {
  ModelSpec early = *find_model("posix");
  early.names_order.value = NamesOrder::journal;
  early.sync_commits.value = SyncCommits::prefix;
  early.file_sync_names.value = true;
  REQUIRE_FALSE(problem_of(early));
  REQUIRE(has(failure_with_model("posix", early), "none shows a synced new file without its name"));
}

TEST_CASE("the proof of synced data catches overwrites in an order that need not be") {
  const std::string failure = failure_with_model("ext4-ordered", *find_model("ext4-journal"));
  REQUIRE(has(failure, "none shows a later overwrite without an earlier one"));
}

TEST_CASE("the proof of synced data catches names that a model with a journal would not lose") {
  ModelSpec late = *find_model("ext4-ordered");
  late.file_sync_names.value = false;
  REQUIRE(has(failure_with_model("ext4-ordered", late), "the name"));
}

TEST_CASE("the proof of synced data catches garbage where the model has none") {
  ModelSpec dirty = *find_model("ext4-ordered");
  dirty.size_before_data.value = SizeBeforeData::zeros_or_garbage;
  dirty.size_before_data_across_units.value = SizeBeforeData::zeros_or_garbage;
  REQUIRE(has(failure_with_model("ext4-ordered", dirty), "garbage"));
}

}  // namespace
}  // namespace wallop::sim
