// SPDX-License-Identifier: Apache-2.0
// How faults are told apart.
#include "faults/fault.h"

#include <fmt/format.h>

#include <map>

namespace wallop::faults {
namespace {

// It would be taken for the ordinal that faults without a name have.
bool looks_like_ordinal(std::string_view name) {
  return name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string_view in_words(Allows allows) {
  switch (allows) {
    case Allows::nothing:
      return "no loss: what was acknowledged lasts, and recovery succeeds";
    case Allows::broken_word:
      return "a loss that recovery names: a promise was broken under the log; silence is a failure";
    case Allows::told_loss:
      return "a loss that recovery names: the medium gave bytes up; silence is a failure";
  }
  return "";
}

std::vector<std::string> labels(std::span<const Fault> faults) {
  std::vector<std::string> labels;
  std::map<std::string_view, std::uint64_t> count_of_kind;
  for (const Fault& fault : faults) {
    const std::uint64_t ordinal = ++count_of_kind[fault.kind()];
    labels.push_back(fmt::format("{} {}", fault.kind(), fault.name().value_or(std::to_string(ordinal))));
  }
  return labels;
}

std::vector<Flaw> name_flaws(std::span<const Fault> faults) {
  std::vector<Flaw> flaws;
  std::map<std::string, std::size_t> first_with;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto name = faults[i].name();
    if (!name) continue;
    if (looks_like_ordinal(*name)) {
      flaws.push_back({fmt::format("{}/name", i), fmt::format("\"{}\" is no name", *name), "use a word"});
    }
    const auto [entry, fresh] = first_with.emplace(*name, i);
    if (fresh) continue;
    flaws.push_back({fmt::format("{}/name", i), fmt::format("the name \"{}\" is taken", *name),
                     fmt::format("fault {} has it", entry->second)});
  }
  return flaws;
}

}  // namespace wallop::faults
