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

namespace detail {
// What is senseless about a fault that was read from `from`, with places.
void report_flaws(const base::json::Value& from, const Fault& fault, base::Reading& reading);

template <Kind K>
void read_kind(const base::json::Value& from, Fault& into, base::Reading& reading) {
  Written<K> written;
  base::json::Problems problems;
  base::Reading trial(problems);
  base::read(from, written, trial);
  // What could not be read would only look senseless as well: say the one thing that is wrong.
  if (!problems.empty()) return base::read(from, written, reading);
  Fault fault(std::move(written.kind), std::move(written.name));
  report_flaws(from, fault, reading);
  into = std::move(fault);
}

template <Kind K>
base::json::Value kind_schema() {
  return base::schema<Written<K>>().set("description", K::kAbout);
}
}  // namespace detail

// What the catalogue knows of a kind.
template <Kind K>
constexpr KindInfo kind_info() {
  return {K::kName,
          K::kAbout,
          K::kFacts,
          K::kTargets,
          allows_of<K>(),
          detail::read_kind<K>,
          detail::kind_schema<K>};
}

// In the order in which they are explained: what a write may suffer, then syncs, time, errors; then those
// that were added.
[[nodiscard]] std::span<const KindInfo> kinds();
// Adds kinds of somebody else's for the rest of the process; their names must be free. To be called before
// the first fault is read, on one thread: spans of kinds() from before end here.
void add_kinds(std::span<const KindInfo> more);
// Null where there is none of that name.
[[nodiscard]] const KindInfo* find_kind(std::string_view name);

}  // namespace wallop::faults
