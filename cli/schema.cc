// SPDX-License-Identifier: Apache-2.0
// wallop schema: JSON Schemas of what Wallop reads and writes, made from the same field lists that read and
// write it.
#include <string_view>

#include "base/fields.h"
#include "checklist/profile.h"
#include "cli/commands.h"
#include "reports/result_json.h"
#include "scenarios/run/explore.h"
#include "scenarios/run/scenario.h"
#include "sim/device_spec.h"
#include "sim/model.h"

namespace wallop::cli {
namespace {

using base::json::Value;

template <class T>
Value titled(std::string_view title) {
  Value schema = Value().set("$schema", "https://json-schema.org/draft/2020-12/schema").set("title", title);
  const Value body = base::schema<T>();
  for (const base::json::Member& member : *body.get<base::json::Object>())
    schema.set(member.key, member.value);
  return schema;
}

Value schema_of(std::string_view what) {
  if (what == "result") return reports::result_schema();
  if (what == "repro") return titled<scenarios::Repro>("Wallop counterexample, version 1");
  if (what == "model") return titled<sim::ModelSpec>("Wallop persistence model");
  if (what == "disk") return titled<sim::DeviceSpec>("Wallop disk");
  if (what == "profile") return titled<checklist::Profile>("Wallop checklist profile, version 1");
  return scenarios::scenario_schema();
}

}  // namespace

Exit schema(const SchemaRequest& request, Session& session) {
  session.output.data(base::json::to_text(schema_of(request.of), base::json::Layout::indented) + "\n");
  return Exit::passed;
}

}  // namespace wallop::cli
