// SPDX-License-Identifier: Apache-2.0
// The list of kinds, and reading a fault by its kind.
#include "faults/catalogue.h"

#include <array>

#include "base/suggest.h"
#include "faults/kinds/bit_rot.h"
#include "faults/kinds/dead_disk.h"
#include "faults/kinds/failed_sync.h"
#include "faults/kinds/io_error.h"
#include "faults/kinds/late_error.h"
#include "faults/kinds/lost_sync.h"
#include "faults/kinds/lost_write.h"
#include "faults/kinds/no_space.h"
#include "faults/kinds/read_only.h"
#include "faults/kinds/short_write.h"
#include "faults/kinds/slow_disk.h"
#include "faults/kinds/stall.h"
#include "faults/kinds/torn_write.h"

namespace wallop::faults {
namespace {

using base::json::Value;

// Where the value at `key` ("when/nth") stands, or what holds it where it is absent.
base::json::Place place_of(const Value& fault, std::string_view key) {
  const Value* at = &fault;
  while (!key.empty()) {
    const std::size_t slash = key.find('/');
    const Value* next = at->find(key.substr(0, slash));
    if (next == nullptr) break;
    at = next;
    key.remove_prefix(slash == std::string_view::npos ? key.size() : slash + 1);
  }
  return at->place();
}

template <Kind K>
void read_kind(const Value& from, Fault& into, base::Reading& reading) {
  Written<K> written;
  base::json::Problems problems;
  base::Reading trial(problems);
  base::read(from, written, trial);
  // What could not be read would only look senseless as well: say the one thing that is wrong.
  if (!problems.empty()) return base::read(from, written, reading);
  Fault fault(std::move(written.kind), std::move(written.name));
  for (Flaw& flaw : fault.flaws()) {
    reading.within(flaw.key, [&] { reading.problem(place_of(from, flaw.key), flaw.what, flaw.hint); });
  }
  into = std::move(fault);
}

template <Kind K>
Value kind_schema() {
  return base::schema<Written<K>>().set("description", K::kAbout);
}

template <Kind K>
constexpr KindInfo info() {
  return {K::kName, K::kAbout, K::kFacts, K::kTargets, allows_of<K>(), read_kind<K>, kind_schema<K>};
}

constexpr std::array kKinds{
    info<TornWrite>(),   //
    info<LostSync>(),    //
    info<FailedSync>(),  //
    info<SlowDisk>(),    //
    info<Stall>(),       //
    info<IoError>(),     //
    info<NoSpace>(),     //
    info<ShortWrite>(),  //
    info<ReadOnly>(),    //
    info<DeadDisk>(),    //
    info<BitRot>(),      //
    info<LostWrite>(),   //
    info<LateError>(),   //
};

std::string suggestion(std::string_view unknown) {
  std::vector<std::string_view> names;
  for (const KindInfo& kind : kKinds) names.push_back(kind.name);
  return base::did_you_mean(unknown, names);
}

}  // namespace

std::span<const KindInfo> kinds() {
  return kKinds;
}

const KindInfo* find_kind(std::string_view name) {
  for (const KindInfo& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

void Fault::read_json(const Value& from, Fault& into, base::Reading& reading) {
  if (from.get<base::json::Object>() == nullptr) return reading.mismatch(from, "an object");
  const Value* kind = from.find("kind");
  if (kind == nullptr) return reading.problem(from.place(), "missing key \"kind\"", suggestion(""));
  const auto* name = kind->get<std::string>();
  const KindInfo* info = name == nullptr ? nullptr : find_kind(*name);
  if (info != nullptr) return info->read(from, into, reading);
  reading.within("kind", [&] {
    if (name == nullptr) return reading.mismatch(*kind, "a string", suggestion(""));
    reading.problem(kind->place(), "unknown fault kind \"" + *name + "\"", suggestion(*name));
  });
}

Value Fault::schema_json() {
  Value forms{base::json::Array{}};
  for (const KindInfo& kind : kKinds) forms.push(kind.schema());
  return Value().set("oneOf", std::move(forms));
}

}  // namespace wallop::faults
