// SPDX-License-Identifier: Apache-2.0
// What the measuring programs have in common: options with a number each, and one JSON line for an answer.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace wallop::bench {

using Numbers = std::vector<std::pair<std::string, double>>;

template <class Task>
struct Option {
  std::string_view name;
  void (*set)(Task& task, std::uint64_t value);
};

// False where a word is no option, or no whole number follows it.
template <class Task>
[[nodiscard]] bool read_options(std::span<const std::string_view> words,
                                std::span<const Option<Task>> options, Task& task) {
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const Option<Task>* found = nullptr;
    for (const Option<Task>& option : options)
      if (option.name == words[i]) found = &option;
    if (found == nullptr || i + 1 == words.size()) return false;
    std::uint64_t value = 0;
    const char* const end = words[i + 1].data() + words[i + 1].size();
    const auto parsed = std::from_chars(words[i + 1].data(), end, value);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return false;
    found->set(task, value);
  }
  return true;
}

inline void print(const base::json::Value& line) {
  std::puts(base::json::to_text(line, base::json::Layout::compact).c_str());
}

[[nodiscard]] inline base::json::Value line_of(std::string_view engine, std::string_view workload,
                                               const Numbers& numbers) {
  base::json::Value line = base::json::Value().set("engine", engine).set("workload", workload);
  for (const auto& [name, value] : numbers) line.set(name, value);
  return line;
}

// What "list" answers: engines with what they are, and those left out with the package that brings them.
[[nodiscard]] inline base::json::Value listing(
    std::span<const std::pair<std::string_view, std::string_view>> engines,
    std::span<const std::pair<std::string_view, std::string_view>> missing) {
  using base::json::Value;
  Value there{base::json::Array{}}, lacking{base::json::Array{}};
  for (const auto& [name, about] : engines) there.push(Value().set("name", name).set("about", about));
  for (const auto& [name, package] : missing) lacking.push(Value().set("name", name).set("package", package));
  return Value().set("engines", std::move(there)).set("missing", std::move(lacking));
}

}  // namespace wallop::bench
