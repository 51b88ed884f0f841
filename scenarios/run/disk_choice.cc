// SPDX-License-Identifier: Apache-2.0
// Reading and printing a scenario's disk.
#include "scenarios/run/disk_choice.h"

#include <utility>

namespace wallop::scenarios {

void DiskChoice::read_json(const base::json::Value& from, DiskChoice& into, base::Reading& reading) {
  if (const auto* name = from.get<std::string>()) {
    into = {*name, nullptr};
    return;
  }
  if (from.get<base::json::Object>() == nullptr)
    return reading.mismatch(from, "a disk's name, its file, or its figures");
  sim::DeviceSpec spec;
  base::read(from, spec, reading);
  if (auto problem = sim::problem_of(spec)) reading.problem(from.place(), std::move(*problem));
  into = {"of the scenario", std::make_shared<const sim::DeviceSpec>(std::move(spec))};
}

base::json::Value DiskChoice::print_json(const DiskChoice& choice) {
  return choice.own ? base::print(*choice.own) : base::json::Value(choice.name);
}

base::json::Value DiskChoice::schema_json() {
  base::json::Value forms;
  forms.push(base::schema<std::string>()).push(base::schema<sim::DeviceSpec>());
  return base::json::Value().set("anyOf", std::move(forms));
}

}  // namespace wallop::scenarios
