// SPDX-License-Identifier: Apache-2.0
// wallop new: a scenario that runs as it is, with a comment at everything that one may want to change.
#include <algorithm>
#include <string>

#include "cli/commands.h"

namespace wallop::cli {
namespace {

constexpr std::string_view kTemplate = R"json({
  "$schema": "scenario.v1.json", // For your editor: `wallop schema scenario > scenario.v1.json`.
  "version": 1,
  "name": "@NAME@",
  "about": "Power fails under load while the disk stalls: nothing acknowledged may be lost.",

  // What may last of what was not synced, and what things cost. `wallop explain` lists models and disks.
  "world": { "model": "ext4-ordered", "disk": "nvme-consumer" },

  // "always": append returns when the record is durable. Others: "batch", "os", or with bounds:
  // { "batch": { "window": "5ms" } }.
  "engine": { "name": "reference_wal", "options": { "sync": "always" } },

  // Two writers; each has 200 appends due in a second, answered or not.
  "workload": { "duration": "2s", "writers": [ { "count": 2, "rate": "200/s", "value_bytes": 100 } ] },

  // What goes wrong meanwhile: one stall, one second in. `wallop explain stall` says more.
  "faults": [ { "kind": "stall", "for": "80ms", "when": { "at": "1s" } } ],

  // Then the power goes, and the engine opens again on a disk that the model allows.
  "crash": { "kind": "power_loss", "at": "1500ms" },

  // All promises, and limits on what was measured.
  "expect": { "oracles": "all", "metrics": [ "append.latency.max < 200ms", "faults.fired >= 1" ] }
}
)json";

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && std::ranges::all_of(name, is_letter);
}

}  // namespace

Exit new_scenario(const NewRequest& request, Session& session) {
  if (!is_name(request.name)) {
    session.output.message("wallop new: a name has lower-case letters, digits and hyphens: \"my-first\"\n");
    return Exit::usage;
  }
  std::string text(kTemplate);
  constexpr std::string_view kMark = "@NAME@";
  text.replace(text.find(kMark), kMark.size(), request.name);
  session.output.data(text);
  return Exit::passed;
}

}  // namespace wallop::cli
