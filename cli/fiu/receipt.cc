// SPDX-License-Identifier: Apache-2.0
// Reading the counts once COMMAND has ended.
#include "cli/fiu/receipt.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/units.h"
#include "faults/errno_name.h"

namespace wallop::cli::libfiu {
namespace {

using base::json::Value;

struct Failed {
  std::size_t fault;
  std::string_view point, error;
  std::uint64_t ordinal, process;
};

// Those that were written down whole, in order.
std::vector<Failed> failed_calls(const ArmedPlan& plan, const Counts& counts) {
  std::vector<Failed> failed;
  const std::uint64_t count = std::min<std::uint64_t>(counts.failure_count, kFailuresMax);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Failure& from = counts.failures[i];
    if (from.process == 0 || from.fault >= plan.faults.size() || from.point >= kPoints.size()) continue;
    failed.push_back({from.fault, kPoints[from.point], faults::errno_name(plan.faults[from.fault].os_error),
                      from.ordinal, from.process});
  }
  return failed;
}

std::vector<std::pair<std::string_view, std::uint64_t>> seen_calls(const Counts& counts) {
  std::vector<std::pair<std::string_view, std::uint64_t>> seen;
  for (std::size_t point = 0; point < kPoints.size(); ++point) {
    if (counts.calls[point] > 0) seen.emplace_back(kPoints[point], counts.calls[point].load());
  }
  return seen;
}

}  // namespace

CountsFile::CountsFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 || ::ftruncate(file, sizeof(Counts)) != 0) {
    error_ = errno;
    return;
  }
  void* const mapped = ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  error_ = mapped == MAP_FAILED ? errno : 0;
  if (error_ == 0) counts_ = static_cast<Counts*>(mapped);
  ::close(file);
}

CountsFile::~CountsFile() {
  if (counts_ != nullptr) ::munmap(counts_, sizeof(Counts));
}

std::vector<std::string> unfired(const ArmedPlan& plan, const Counts& counts) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    if (counts.fired[i] == 0) labels.push_back(plan.labels[i]);
  }
  return labels;
}

std::vector<std::string> lines_of(const ArmedPlan& plan, const Counts& counts) {
  std::vector<std::string> lines;
  for (const Failed& failed : failed_calls(plan, counts)) {
    const std::string process = counts.process_count > 1 ? fmt::format("   process {}", failed.process) : "";
    lines.push_back(fmt::format("failed   {}   call {}   {}   {}{}", failed.point,
                                base::with_commas(failed.ordinal), failed.error, plan.labels[failed.fault],
                                process));
  }
  if (counts.failure_count > kFailuresMax)
    lines.push_back(fmt::format("failed   {} more", base::with_commas(counts.failure_count - kFailuresMax)));
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    lines.push_back(fmt::format("fault    {}   {} calls, {} failed{}", plan.labels[i],
                                base::with_commas(counts.seen[i]), base::with_commas(counts.fired[i]),
                                counts.fired[i] == 0 ? ": armed, and never fired" : ""));
  }
  std::vector<std::string> calls;
  for (const auto& [point, count] : seen_calls(counts))
    calls.push_back(fmt::format("{} {}", point, base::with_commas(count)));
  lines.push_back(fmt::format("calls    {}", calls.empty() ? "none that libfiu passes by"
                                                           : fmt::format("{}", fmt::join(calls, ", "))));
  return lines;
}

Value json_of(const ArmedPlan& plan, const Counts& counts, const Ended& ended) {
  Value faults{base::json::Array{}}, failed{base::json::Array{}}, calls{base::json::Array{}};
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    faults.push(Value()
                    .set("label", plan.labels[i])
                    .set("seen", counts.seen[i].load())
                    .set("fired", counts.fired[i].load()));
  }
  for (const Failed& call : failed_calls(plan, counts)) {
    failed.push(Value()
                    .set("fault", plan.labels[call.fault])
                    .set("point", call.point)
                    .set("ordinal", call.ordinal)
                    .set("errno", call.error)
                    .set("process", call.process));
  }
  for (const auto& [point, count] : seen_calls(counts))
    calls.push(Value().set("point", point).set("count", count));
  return Value()
      .set("exit_code", ended.code)
      .set("signal", ended.signal)
      .set("processes", counts.process_count.load())
      .set("faults", std::move(faults))
      .set("failed", std::move(failed))
      .set("failed_count", counts.failure_count.load())
      .set("calls", std::move(calls));
}

}  // namespace wallop::cli::libfiu
