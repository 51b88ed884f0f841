// SPDX-License-Identifier: Apache-2.0
// The syntax of a sync policy: a word, or an object with one member.
#include "scenarios/run/engine_options.h"

#include <array>

namespace wallop::scenarios {
namespace {

constexpr std::array<std::string_view, 3> kPolicies{"always", "batch", "os"};

// The policy of that name with the engine's own bounds; false where there is none.
bool read_name(std::string_view name, SyncPolicy& into) {
  if (name == "always") into.kind = AlwaysSync{};
  if (name == "batch") into.kind = BatchSync{};
  if (name == "os") into.kind = OsSync{};
  return name == "always" || name == "batch" || name == "os";
}

template <class Policy>
void read_bounds(const base::json::Member& member, SyncPolicy& into, base::Reading& reading) {
  Policy policy;
  reading.within(member.key, [&] { base::read(member.value, policy, reading); });
  into.kind = policy;
}

base::json::Value one_member(std::string_view name, base::json::Value bounds) {
  base::json::Value object = base::json::Value().set("type", "object").set("additionalProperties", false);
  return object.set("properties", base::json::Value().set(name, std::move(bounds)))
      .set("required", base::json::Value().push(name));
}

}  // namespace

void SyncPolicy::read_json(const base::json::Value& from, SyncPolicy& into, base::Reading& reading) {
  if (const auto* name = from.get<std::string>()) {
    if (!read_name(*name, into)) {
      reading.problem(from.place(), "unknown sync policy \"" + *name + "\"",
                      base::did_you_mean(*name, kPolicies));
    }
    return;
  }
  const auto* members = from.get<base::json::Object>();
  if (members == nullptr) return reading.mismatch(from, "a sync policy", "\"always\", \"batch\" or \"os\"");
  if (members->size() != 1) {
    return reading.problem(from.place(), "a sync policy is one word or an object with one key",
                           "like {\"batch\": {\"window\": \"5ms\"}}");
  }
  const base::json::Member& member = members->front();
  if (member.key == "batch") return read_bounds<BatchSync>(member, into, reading);
  if (member.key == "os") return read_bounds<OsSync>(member, into, reading);
  if (member.key == "always")
    return reading.problem(member.place, "\"always\" has no bounds", "write \"sync\": \"always\"");
  reading.problem(member.place, "unknown sync policy \"" + member.key + "\"",
                  base::did_you_mean(member.key, kPolicies));
}

base::json::Value SyncPolicy::print_json(const SyncPolicy& policy) {
  if (const auto* batch = std::get_if<BatchSync>(&policy.kind)) {
    return base::json::Value().set("batch", base::print(*batch));
  }
  if (const auto* os = std::get_if<OsSync>(&policy.kind))
    return base::json::Value().set("os", base::print(*os));
  return base::json::Value("always");
}

base::json::Value SyncPolicy::schema_json() {
  base::json::Value names;
  for (const std::string_view name : kPolicies) names.push(name);
  base::json::Value forms;
  forms.push(base::json::Value().set("enum", std::move(names)));
  forms.push(one_member("batch", base::schema<BatchSync>()));
  forms.push(one_member("os", base::schema<OsSync>()));
  return base::json::Value().set("anyOf", std::move(forms));
}

}  // namespace wallop::scenarios
