// SPDX-License-Identifier: Apache-2.0
// Passing an operation by its libfiu point.
//
// libfiu calls back with the name that was armed and nothing else, so the operation that is passing stands in
// a thread_local: set right before fiu_fail and cleared right after, on one OS thread and without a fibre
// switch in between. The callback never writes the failnum and failinfo that it is handed: all threads share
// them.
#define FIU_ENABLE 1
#include "faults/points.h"

#include <fiu-control.h>
#include <fiu.h>

#include <array>
#include <cstddef>
#include <set>
#include <utility>

#include "base/ensure.h"

namespace wallop::faults {
namespace {

struct PointName {
  Verb verb;
  const char* name;
};

// README.md says which of these the preload has.
constexpr std::array<PointName, kVerbCount> kPoints{{
    {Verb::open, "posix/io/oc/open"},
    {Verb::read, "posix/io/rw/pread"},
    {Verb::read_stored, "posix/io/rw/pread"},
    {Verb::write, "posix/io/rw/pwrite"},
    {Verb::write_durable, "posix/io/rw/pwrite"},
    {Verb::sync, "posix/io/sync/fdatasync"},
    {Verb::sync_all, "posix/io/sync/fsync"},
    {Verb::truncate, "posix/io/rw/ftruncate"},
    {Verb::allocate, "posix/io/rw/fallocate"},
    {Verb::rename, "posix/io/dir/rename"},
    {Verb::link, "posix/io/dir/link"},
    {Verb::remove, "posix/io/dir/unlink"},
    {Verb::make_directory, "posix/io/dir/mkdir"},
    {Verb::sync_directory, "posix/io/sync/fsync"},
    {Verb::list, "posix/io/dir/opendir"},
    {Verb::stat, "posix/io/dir/stat"},
    {Verb::lock, "posix/io/oc/flock"},
}};

constexpr bool in_order_of_verbs() {
  for (std::size_t i = 0; i < kPoints.size(); ++i) {
    if (static_cast<std::size_t>(kPoints[i].verb) != i) return false;
  }
  return true;
}
static_assert(in_order_of_verbs());

constexpr const char* armed_name(Verb verb) {
  return kPoints[static_cast<std::size_t>(verb)].name;
}

struct Passing {
  Plan& plan;
  const Op& op;
  bool was_asked = false;
  std::optional<Answer> answer = std::nullopt;
};
// Null while nothing of this OS thread passes a point.
constinit thread_local Passing* passing = nullptr;

int ask_plan(const char* /*name*/, int* /*failnum*/, void** /*failinfo*/, unsigned int* /*flags*/) {
  if (passing == nullptr) return 0;
  passing->was_asked = true;
  passing->answer = passing->plan.on(passing->op);
  return passing->answer ? 1 : 0;
}

bool arm_all() {
  base::ensure(fiu_init(0) == 0, "libfiu starts");
  // Some verbs share a name; libfiu leaks the first arming of a name that is armed again.
  std::set<std::string_view> armed;
  for (const PointName& point : kPoints) {
    if (!armed.insert(point.name).second) continue;
    base::ensure(fiu_enable_external(point.name, 1, nullptr, 0, ask_plan) == 0, "libfiu arms a point");
  }
  return true;
}

}  // namespace

std::string_view point_of(Verb verb) {
  return armed_name(verb);
}

std::optional<Answer> pass(Plan& plan, const Op& op) {
  [[maybe_unused]] static const bool armed = arm_all();
  Passing now{plan, op};
  passing = &now;
  const bool fails = fiu_fail(armed_name(op.verb)) != 0;
  passing = nullptr;
  // libfiu fails open: a point reached from within another one, or switched off by name, says no and asks
  // nobody.
  base::ensure(now.was_asked, "a point that was passed asked the plan");
  base::ensure(fails == now.answer.has_value(), "a point says what the plan said");
  return std::move(now.answer);
}

}  // namespace wallop::faults
