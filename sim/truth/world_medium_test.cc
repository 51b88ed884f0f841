// SPDX-License-Identifier: Apache-2.0
// Two views of one world: what it shows while it runs, and what the medium makes of its journal. They are
// computed apart from each other and must agree, whatever the faults.
#include <rapidcheck.h>

#include "sim/medium.h"
#include "sim/truth/random_calls.h"
#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

// Everything that lies or fails, often.
faults::Plan many_faults(std::uint64_t seed) {
  std::vector<faults::Fault> faults;
  for (
      const std::string_view text : {
          R"({"kind": "failed_sync", "when": {"op": ["sync", "sync_all", "sync_directory"], "chance": "1/3"}})",
          R"({"kind": "lost_sync", "when": {"chance": "1/4"}})",
          R"({"kind": "torn_write", "when": {"chance": "1/4"}})",
          R"({"kind": "io_error", "errno": "EIO", "when": {"op": ["read", "write", "write_durable"], "chance": "1/10"}})",
          R"({"kind": "no_space", "when": {"op": ["write", "open", "rename", "truncate"], "chance": "1/10"}})",
      }) {
    faults.emplace_back();
    REQUIRE(base::read_document(text, faults.back()).empty());
  }
  return faults::Plan(std::move(faults), seed);
}

// Runs the steps and follows their journal with a medium of its own. Memory is short now and then.
void views_agree(const ModelSpec& spec, faults::Plan plan, const std::vector<Step>& steps) {
  WorldFixture f({.model = &spec, .plan = std::move(plan)});
  Medium medium(spec, f.world.start());
  Player player(f.files);
  std::size_t applied = 0;
  for (const Step& step : steps) {
    player.play(step);
    if (step.bytes % 5 == 0) f.world.evict(kPaths.at(step.other_path));
    if (step.bytes % 11 == 0) f.world.drop_caches();
    for (; applied < f.world.journal().count(); ++applied) medium.apply(f.world.journal().entries()[applied]);
    RC_ASSERT(medium.visible().hash_with_extents() == f.world.visible().hash_with_extents());
  }
  for (const auto& [path, id] : f.world.visible().paths()) {
    auto file = f.files.open(path, {.read_only = true});
    if (!file.has_value()) continue;  // A directory, or a fault.
    std::string of_world(f.world.visible().find(id)->size, '?'), of_medium = of_world;
    const auto got = (*file)->read_stored_at(0, std::as_writable_bytes(std::span(of_world)));
    if (!got.has_value()) continue;
    medium.read_stored(id, 0, std::as_writable_bytes(std::span(of_medium)));
    RC_ASSERT(of_world == of_medium);
  }
}

TEST_CASE("without faults the medium shows what the world shows") {
  for (const std::string_view name : model_names()) {
    INFO(name);
    REQUIRE(rc::check([&] { views_agree(model(name), {}, *any_steps()); }));
  }
}

TEST_CASE("with faults of every kind the medium shows what the world shows") {
  for (const std::string_view name : model_names()) {
    INFO(name);
    REQUIRE(rc::check([&] {
      const auto seed = *rc::gen::arbitrary<std::uint64_t>();
      views_agree(model(name), many_faults(seed), *any_steps());
    }));
  }
}

}  // namespace
}  // namespace wallop::sim
