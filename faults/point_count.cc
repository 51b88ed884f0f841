// SPDX-License-Identifier: Apache-2.0
// libfiu calls back with the name that was armed; who counts stands in a thread_local.
#define FIU_ENABLE 1
#include "faults/point_count.h"

#include <fiu-control.h>
#include <fiu.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "base/ensure.h"

namespace wallop::faults {
namespace {

// Null while nobody counts on this OS thread.
constinit thread_local PointCount* counting = nullptr;

using Callback = int(const char*, int*, void**, unsigned int*);

// libfiu leaks the first arming of a name that is armed again.
void arm(std::span<const std::string_view> names, Callback* callback) {
  static std::mutex mutex;
  static std::set<std::string_view> armed;
  const std::unique_lock lock(mutex);
  base::ensure(fiu_init(0) == 0, "libfiu starts");
  for (const std::string_view name : names) {
    if (!armed.insert(name).second) continue;
    base::ensure(fiu_enable_external(name.data(), 1, nullptr, 0, callback) == 0, "libfiu arms a point");
  }
}

}  // namespace

PointCount::PointCount(std::span<const std::string_view> names)
    : names_(names), counts_(names.size()), before_(counting) {
  if (names.empty()) return;
  arm(names, count);
  counting = this;
}

PointCount::~PointCount() {
  counting = before_;
}

int PointCount::count(const char* name, int* /*failnum*/, void** /*failinfo*/, unsigned int* /*flags*/) {
  if (counting == nullptr) return 0;
  const auto found = std::ranges::find(counting->names_, std::string_view(name));
  if (found != counting->names_.end())
    ++counting->counts_[static_cast<std::size_t>(found - counting->names_.begin())];
  return 0;
}

bool counts_points() {
  return counting != nullptr;
}

}  // namespace wallop::faults
