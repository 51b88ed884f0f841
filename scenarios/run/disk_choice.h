// SPDX-License-Identifier: Apache-2.0
// Which disk a scenario runs on: one that is shipped, by its name; a file of one's own, by its path
// ("./mine.disk.json", as `wallop calibrate` writes it); or figures that stand in the scenario itself.
//
// A file is read with the scenario, once; from then on its figures belong to it: a counterexample carries
// them and needs the file no more.
#pragma once

#include <memory>
#include <string>

#include "base/fields.h"
#include "sim/device_spec.h"

namespace wallop::scenarios {

struct DiskChoice {
  std::string name = "nvme-consumer";  // What reports call it.
  // Null for one that is shipped, and for a file that nobody has read. Shared with every copy: worlds point
  // to it.
  std::shared_ptr<const sim::DeviceSpec> own;

  [[nodiscard]] bool is_file() const { return name.ends_with(".json"); }
  // Null where nothing is known by that name.
  [[nodiscard]] const sim::DeviceSpec* spec() const { return own ? own.get() : sim::find_disk(name); }

  static void read_json(const base::json::Value& from, DiskChoice& into, base::Reading& reading);
  static base::json::Value print_json(const DiskChoice& choice);
  static base::json::Value schema_json();
};

}  // namespace wallop::scenarios
