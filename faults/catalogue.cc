// SPDX-License-Identifier: Apache-2.0
// The list of kinds, and reading a fault by its kind.
#include "faults/catalogue.h"

#include <array>
#include <vector>

#include "base/ensure.h"
#include "base/suggest.h"
#include "faults/kinds/bit_rot.h"
#include "faults/kinds/clock_freeze.h"
#include "faults/kinds/clock_jump.h"
#include "faults/kinds/dead_disk.h"
#include "faults/kinds/failed_sync.h"
#include "faults/kinds/io_error.h"
#include "faults/kinds/late_error.h"
#include "faults/kinds/latent_sector_error.h"
#include "faults/kinds/lost_name.h"
#include "faults/kinds/lost_sync.h"
#include "faults/kinds/lost_write.h"
#include "faults/kinds/misdirected_read.h"
#include "faults/kinds/misdirected_write.h"
#include "faults/kinds/no_space.h"
#include "faults/kinds/read_only.h"
#include "faults/kinds/short_read.h"
#include "faults/kinds/short_write.h"
#include "faults/kinds/slow_disk.h"
#include "faults/kinds/stale_read.h"
#include "faults/kinds/stall.h"
#include "faults/kinds/torn_sequence.h"
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

constexpr std::array kOwnKinds{
    kind_info<TornWrite>(),          //
    kind_info<LostSync>(),           //
    kind_info<FailedSync>(),         //
    kind_info<SlowDisk>(),           //
    kind_info<Stall>(),              //
    kind_info<IoError>(),            //
    kind_info<NoSpace>(),            //
    kind_info<ShortWrite>(),         //
    kind_info<ReadOnly>(),           //
    kind_info<DeadDisk>(),           //
    kind_info<BitRot>(),             //
    kind_info<LostWrite>(),          //
    kind_info<LateError>(),          //
    kind_info<TornSequence>(),       //
    kind_info<LostName>(),           //
    kind_info<MisdirectedWrite>(),   //
    kind_info<MisdirectedRead>(),    //
    kind_info<StaleRead>(),          //
    kind_info<LatentSectorError>(),  //
    kind_info<ShortRead>(),          //
    kind_info<ClockJump>(),          //
    kind_info<ClockFreeze>(),        //
};

std::vector<KindInfo>& all_kinds() {
  static std::vector<KindInfo> all(kOwnKinds.begin(), kOwnKinds.end());
  return all;
}

std::string suggestion(std::string_view unknown) {
  std::vector<std::string_view> names;
  for (const KindInfo& kind : kinds()) names.push_back(kind.name);
  return base::did_you_mean(unknown, names);
}

}  // namespace

namespace detail {

void report_flaws(const Value& from, const Fault& fault, base::Reading& reading) {
  for (Flaw& flaw : fault.flaws()) {
    reading.within(flaw.key, [&] { reading.problem(place_of(from, flaw.key), flaw.what, flaw.hint); });
  }
}

}  // namespace detail

std::span<const KindInfo> kinds() {
  return all_kinds();
}

void add_kinds(std::span<const KindInfo> more) {
  for (const KindInfo& kind : more) {
    base::ensure(find_kind(kind.name) == nullptr, "a kind of fault that is added has a name of its own");
    all_kinds().push_back(kind);
  }
}

const KindInfo* find_kind(std::string_view name) {
  for (const KindInfo& kind : kinds()) {
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
  for (const KindInfo& kind : kinds()) forms.push(kind.schema());
  return Value().set("oneOf", std::move(forms));
}

}  // namespace wallop::faults
