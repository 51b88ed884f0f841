// SPDX-License-Identifier: Apache-2.0
// Catalogue: the kinds of fault that JSON may name. A new kind is one file in kinds/ and one line in
// catalogue.cc.
#pragma once

#include <span>
#include <string_view>

#include "base/fields.h"
#include "faults/fault.h"

namespace wallop::faults {

struct KindInfo {
  std::string_view name;
  std::string_view about;
  Facts facts;
  Targets targets;
  Allows allows;
  // Reads an object whose "kind" is `name`; what is wrong with it goes to `reading`.
  void (*read)(const base::json::Value& from, Fault& into, base::Reading& reading);
  base::json::Value (*schema)();
};

// In the order in which they are explained: what a write may suffer, then syncs, time, errors.
[[nodiscard]] std::span<const KindInfo> kinds();
// Null where there is none of that name.
[[nodiscard]] const KindInfo* find_kind(std::string_view name);

}  // namespace wallop::faults
