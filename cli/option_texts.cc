// SPDX-License-Identifier: Apache-2.0
// Numbers, budgets and models of a command line.
#include "cli/option_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/suggest.h"
#include "sim/model.h"

namespace wallop::cli {

std::optional<std::uint64_t> whole_number_of(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

std::expected<base::Duration, UsageError> budget_of(const std::string& text) {
  const auto budget = base::parse_duration(text);
  if (budget) return *budget;
  return std::unexpected(
      UsageError{fmt::format("--budget: {}\n  {}", budget.error().what, budget.error().hint)});
}

std::expected<std::vector<std::string>, UsageError> models_of(const std::vector<std::string>& names) {
  const std::vector<std::string_view>& all = sim::model_names();
  std::vector<std::string> models;
  for (const std::string& name : names) {
    if (name == "all") return std::vector<std::string>(all.begin(), all.end());
    if (sim::find_model(name) == nullptr) {
      return std::unexpected(UsageError{fmt::format("--model: unknown model \"{}\"  {}\n  see wallop explain",
                                                    name, base::did_you_mean(name, all))});
    }
    if (std::ranges::find(models, name) == models.end()) models.push_back(name);
  }
  return models;
}

}  // namespace wallop::cli
