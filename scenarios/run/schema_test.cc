// SPDX-License-Identifier: Apache-2.0
// The shipped JSON Schema, held by somebody else's validator: it takes every bundled scenario, and refuses
// what our own reader refuses for its shape. The only file that includes valijson, which is slow to compile.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "io/posix_world.h"
#include "scenarios/run/fixture.h"
#include "scenarios/run/load.h"

namespace wallop::scenarios {
namespace {

nlohmann::json document(std::string_view text) {
  constexpr bool kThrow = false;
  constexpr bool kIgnoreComments = true;
  return nlohmann::json::parse(text, nullptr, kThrow, kIgnoreComments);
}

// The first thing that the schema has against a text, "" where it has nothing.
std::string objection(std::string_view text) {
  static const nlohmann::json written =
      document(base::json::to_text(scenario_schema(), base::json::Layout::compact));
  static const valijson::Schema* const schema = [] {
    static valijson::Schema parsed;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(written), parsed);
    return &parsed;
  }();
  const nlohmann::json target = document(text);
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(*schema, valijson::adapters::NlohmannJsonAdapter(target), &results)) return "";
  valijson::ValidationResults::Error error;
  return results.popError(error) ? error.description : "refused";
}

TEST_CASE("the schema takes every bundled scenario") {
  io::PosixWorld world(WALLOP_SOURCE_DIR);
  const Library library = load(world.world().files, {"scenarios"}, testing::few_names());
  REQUIRE(library.scenarios.size() >= 14);
  for (const LoadedScenario& loaded : library.scenarios) {
    INFO(loaded.file);
    REQUIRE(objection(read_text(world.world().files, loaded.file).value()).empty());
  }
}

TEST_CASE("the schema refuses the shapes that our reader refuses") {
  using testing::kOneAppend;
  const auto with = [](std::string_view more) {
    return testing::scenario_with(std::string(kOneAppend) + (more.empty() ? "" : ", ") + std::string(more));
  };
  REQUIRE(objection(with("")).empty());
  for (const char* wrong :
       {R"("explor": {})", R"("seed": -1)", R"("seed": "1")", R"("world": { "capacity": "1 GiB" })",
        R"("world": { "cpus": 1000 })", R"("crash": {})", R"("crash": { "kind": "power_los" })",
        R"("crash": { "kind": "power_loss", "at": "1 s" })",
        R"("expect": { "metrics": [ "append.latency.p99" ] })", R"("expect": { "oracles": "some" })",
        R"("faults": [ { "kind": "stal", "for": "1s" } ])",
        R"("faults": [ { "kind": "stall", "fr": "1s" } ])", R"("explore": { "recovery_depth": 9 })"}) {
    INFO(wrong);
    CHECK_FALSE(objection(with(wrong)).empty());
    CHECK_FALSE(testing::complaints(with(wrong)).empty());
  }
}

}  // namespace
}  // namespace wallop::scenarios
