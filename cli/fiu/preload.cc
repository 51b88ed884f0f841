// SPDX-License-Identifier: Apache-2.0
// libwallop_fiu.so: preloaded into a program of somebody else's after libfiu's POSIX preload, arms libfiu's
// points with the faults of a plan, and counts.
//
// libfiu alone can fail always, once or by chance; to count, it must ask a function within the process, and
// this library brings one. It says the errno beforehand (failinfo): the callback must not, since libfiu keeps
// one for all threads.
#include <fcntl.h>
#include <fiu-control.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "cli/fiu/armed_text.h"
#include "faults/dice.h"

extern "C" int fiu_init(unsigned int flags);

namespace wallop::cli::libfiu {
namespace {

constexpr int kExitRefused = 126;  // As env(1) has it: found, and could not be run.

constinit ArmedFaults armed{};
constinit Counts* counts = nullptr;

bool chance_holds(const Armed& fault, std::size_t point, std::uint64_t ordinal) {
  if (fault.chance == 0) return true;
  const std::uint64_t seed = base::Seeded(fault.seed).bits(base::site_number(kPoints[point]), 0);
  return faults::Dice(seed, ordinal).chance({fault.chance, fault.in});
}

// Whether it may fire once more; then that is counted.
bool count_firing(const Armed& fault, std::atomic<std::uint64_t>& fired) {
  std::uint64_t before = fired.load();
  do {
    if (fault.max != 0 && before >= fault.max) return false;
  } while (!fired.compare_exchange_weak(before, before + 1));
  return true;
}

void write_down(std::size_t fault, std::size_t point, std::uint64_t ordinal) {
  const std::uint64_t place = counts->failure_count.fetch_add(1);
  if (place >= kFailuresMax) return;
  Failure& failure = counts->failures[place];
  failure.fault = static_cast<std::uint32_t>(fault);
  failure.point = static_cast<std::uint32_t>(point);
  failure.ordinal = ordinal;
  failure.process = static_cast<std::uint64_t>(::getpid());
}

// libfiu asks at each call that passes a point. All faults are asked, as a plan asks them; the first that
// fires is whose failure it is.
int on_call(const char* name, int* /*failnum*/, void** /*failinfo*/, unsigned int* /*flags*/) {
  const std::size_t point = point_number(name);
  if (counts == nullptr || point == kPoints.size()) return 0;
  const std::uint64_t ordinal = counts->calls[point].fetch_add(1) + 1;
  int fails = 0;
  for (std::size_t i = 0; i < armed.count; ++i) {
    const Armed& fault = armed.faults[i];
    if (!fault.points[point]) continue;
    counts->seen[i].fetch_add(1);
    if (!number_fits(fault, ordinal) || !chance_holds(fault, point, ordinal)) continue;
    if (!count_firing(fault, counts->fired[i])) continue;
    if (fails == 0) write_down(i, point, ordinal);
    fails = 1;
  }
  return fails;
}

[[noreturn]] void refuse(const char* what) {
  constexpr std::string_view kWho = "libwallop_fiu.so: ";
  const bool is_said = ::write(STDERR_FILENO, kWho.data(), kWho.size()) > 0 &&
                       ::write(STDERR_FILENO, what, std::strlen(what)) > 0 &&
                       ::write(STDERR_FILENO, "\n", 1) > 0;
  ::_exit(is_said ? kExitRefused : kExitRefused + 1);
}

Counts* map_counts(const char* path) {
  int file = -1;
  if (path != nullptr) {
    file = ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) refuse("cannot open the file that WALLOP_FIU_COUNTS names");
  }
  const int how = MAP_SHARED | (path == nullptr ? MAP_ANONYMOUS : 0);
  void* const mapped = ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, how, file, 0);
  if (file >= 0) ::close(file);
  if (mapped == MAP_FAILED) refuse("cannot map its counts");
  return static_cast<Counts*>(mapped);
}

// The errno of whichever fault is armed at the point; there is one for each point (arming.h).
int errno_at(std::size_t point) {
  for (std::size_t i = 0; i < armed.count; ++i) {
    if (armed.faults[i].points[point]) return armed.faults[i].os_error;
  }
  return 0;
}

[[gnu::constructor]] void arm() {
  const char* const text = std::getenv(kFaultsVariable);
  if (text == nullptr) return;
  if (!read_armed(text, armed)) refuse("WALLOP_FIU holds no faults that it can read");
  counts = map_counts(std::getenv(kCountsVariable));
  counts->process_count.fetch_add(1);
  // Whoever fails before libfiu was begun crashes in it.
  if (fiu_init(0) != 0) refuse("libfiu does not start");
  for (std::size_t point = 0; point < kPoints.size(); ++point) {
    void* const info = reinterpret_cast<void*>(static_cast<std::intptr_t>(errno_at(point)));
    if (fiu_enable_external(kPoints[point], 1, info, 0, on_call) != 0) refuse("libfiu arms no point");
  }
}

}  // namespace
}  // namespace wallop::cli::libfiu
