// SPDX-License-Identifier: Apache-2.0
// How faults are told apart.
#include "faults/fault.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/suggest.h"

namespace wallop::faults {
namespace {

// It would be taken for the ordinal that faults without a name have.
bool looks_like_ordinal(std::string_view name) {
  return name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

const Trigger& Fault::when() const {
  static const Trigger kNone;
  return model_ ? model_->when() : kNone;
}

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

// A fault may come about once what it waits for may: as long as that adds one, in at most as many rounds as
// there are faults.
std::vector<Flaw> after_flaws(std::span<const Fault> faults, std::span<const std::string_view> marks) {
  std::set<std::string, std::less<>> names(marks.begin(), marks.end());
  std::set<std::string, std::less<>> come_about = names;
  for (const Fault& fault : faults) {
    if (const auto name = fault.name()) names.insert(*name);
  }
  for (std::size_t had = 0; had != come_about.size();) {
    had = come_about.size();
    for (const Fault& fault : faults) {
      const auto& after = fault.when().after;
      if (fault.name() && (!after || come_about.contains(*after))) come_about.insert(*fault.name());
    }
  }
  std::vector<Flaw> flaws;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto& after = faults[i].when().after;
    if (!after || come_about.contains(*after)) continue;
    const std::string key = fmt::format("{}/when/after", i);
    if (names.contains(*after)) {
      flaws.push_back({key, fmt::format("it waits for \"{}\", which waits for ever", *after),
                       "take \"after\" away from one of those that wait for each other"});
    } else {
      const std::vector<std::string_view> known(names.begin(), names.end());
      flaws.push_back({key, fmt::format("no fault and no mark is called \"{}\"", *after),
                       base::did_you_mean(*after, known)});
    }
  }
  return flaws;
}

}  // namespace wallop::faults
