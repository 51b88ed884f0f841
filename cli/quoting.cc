// SPDX-License-Identifier: Apache-2.0
// A command line as text that a shell takes back.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"

namespace wallop::cli {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
}

}  // namespace

std::string quoted(const std::string& argument) {
  if (!argument.empty() && std::ranges::all_of(argument, is_plain)) return argument;
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string as_typed(const std::vector<std::string>& arguments) {
  std::string text = "wallop";
  for (const std::string& argument : arguments) text += " " + quoted(argument);
  return text;
}

}  // namespace wallop::cli
