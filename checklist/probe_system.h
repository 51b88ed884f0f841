// SPDX-License-Identifier: Apache-2.0
// The probes of a real Linux machine: /proc, /sys and posix_fadvise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checklist/probe.h"

namespace wallop::checklist {

class SystemProbes final : public Probes {
 public:
  // Looks at what lies under `directory`, a path as the process sees it. Where there is none, facts about it
  // are empty.
  explicit SystemProbes(std::string directory);

  MachineFacts facts() override;
  std::expected<DiskCounters, std::string> disk_counters() override;
  std::optional<CpuCounters> cpu_counters() override;
  std::optional<std::uint64_t> resident_bytes() override;
  io::Status drop_cached(std::string_view path) override;

 private:
  std::string directory_;
};

}  // namespace wallop::checklist
