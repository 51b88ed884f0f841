// SPDX-License-Identifier: Apache-2.0
// Knowledge: what `wallop explain` can tell, gathered from the catalogues of the other rooms. Nothing is told
// here that a catalogue knows; what an oracle asks is the one thing that none of them says in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wallop::cli {

enum class Role : std::uint8_t { sentence, key, example };

struct Fact {
  std::string label;  // "seen in"; of a key "key errno".
  std::string text;
  Role role = Role::sentence;
};

struct Entry {
  std::string id;
  std::string_view kind;  // "fault", "trigger", "metric", "oracle", "check", "model", "disk", "engine".
  std::string headline;   // Half a line.
  std::vector<Fact> facts;
};

// By kind, and within a kind in the order of its catalogue.
[[nodiscard]] std::vector<Entry> all_entries();

// Of the rooms' catalogues, that of faults/.
void add_faults(std::vector<Entry>& entries);
void add_triggers(std::vector<Entry>& entries);

// Those of that name, or all of a kind by its plural ("faults"); a metric is found with a statistic too
// ("append.latency.p99"). Empty where there is none.
[[nodiscard]] std::vector<const Entry*> find_entries(const std::vector<Entry>& entries, std::string_view id);

}  // namespace wallop::cli
