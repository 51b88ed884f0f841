// SPDX-License-Identifier: Apache-2.0
// Finding the program, starting it, and reading its one line.
#include "cli/bench/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/json.h"
#include "cli/beside.h"

extern char** environ;

namespace wallop::cli {
namespace {

constexpr std::size_t kOutputMax = 1 << 20;

std::vector<std::string> split(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string whole_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string without_end(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// Its standard output to `out`, its complaints to `complaints`; what it ended with, as waitpid(2) says it.
std::expected<int, std::string> run_to_end(const std::vector<std::string>& words, const std::string& out,
                                           const std::string& complaints) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  constexpr int kFresh = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kFresh, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, complaints.c_str(), kFresh, 0600);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return std::unexpected(fmt::format("{}: {}", words[0], std::strerror(error)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::unexpected(fmt::format("{}: {}", words[0], std::strerror(errno)));
  }
  return status;
}

std::expected<Numbers, std::string> numbers_of(const std::string& line) {
  const auto parsed = base::json::parse(line);
  const auto* const members = parsed ? parsed->get<base::json::Object>() : nullptr;
  if (members == nullptr) return std::unexpected("its output is no JSON object: " + line.substr(0, 80));
  Numbers numbers;
  for (const base::json::Member& member : *members) {
    if (const auto* number = member.value.get<double>()) numbers[member.key] = *number;
    if (const auto* whole = member.value.get<std::uint64_t>())
      numbers[member.key] = static_cast<double>(*whole);
  }
  return numbers;
}

}  // namespace

std::expected<BenchProgram, std::string> BenchProgram::find(std::string_view name, std::string scratch) {
  const auto path = beside_this_program(name);
  if (!path) {
    return std::unexpected(path.error() + "  (with WALLOP_BENCHES=ON and bench among WALLOP_ROOMS)");
  }
  BenchProgram program(*path, std::move(scratch));
  if (auto listed = program.list(); !listed) return std::unexpected(listed.error());
  return program;
}

std::expected<std::string, std::string> BenchProgram::line_of(const std::vector<std::string>& words) const {
  const std::string out = scratch_ + "/out", complaints = scratch_ + "/complaints";
  std::vector<std::string> all{path_};
  all.insert(all.end(), words.begin(), words.end());
  const auto status = run_to_end(all, out, complaints);
  if (!status) return std::unexpected(status.error());
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
    return without_end(whole_file(out).substr(0, kOutputMax));
  if (WIFSIGNALED(*status)) return std::unexpected(fmt::format("ended by signal {}", WTERMSIG(*status)));
  return std::unexpected(without_end(whole_file(complaints).substr(0, kOutputMax)));
}

std::expected<void, std::string> BenchProgram::list() {
  const auto line = line_of({"list"});
  if (!line) return std::unexpected(line.error());
  const auto listed = base::json::parse(*line);
  const auto text_in = [](const base::json::Value& object, std::string_view name) {
    const base::json::Value* const value = object.find(name);
    const std::string* const text = value == nullptr ? nullptr : value->get<std::string>();
    return text == nullptr ? std::string() : *text;
  };
  const auto array_in = [&](std::string_view name) {
    const base::json::Value* const value = listed ? listed->find(name) : nullptr;
    const base::json::Array* const array = value == nullptr ? nullptr : value->get<base::json::Array>();
    return array == nullptr ? base::json::Array{} : *array;
  };
  for (const base::json::Value& engine : array_in("engines")) engines_.insert(text_in(engine, "name"));
  for (const base::json::Value& engine : array_in("missing"))
    missing_.emplace_back(text_in(engine, "name"), text_in(engine, "package"));
  if (engines_.empty()) return std::unexpected(path_ + " names no engine");
  return {};
}

std::expected<std::string, std::string> BenchProgram::filled(const Contestant& who) {
  const std::string key = fmt::format("{} {}", who.engine, who.fill);
  if (const auto found = filled_.find(key); found != filled_.end()) return found->second;
  const std::string directory = fmt::format("{}/filled-{}", scratch_, filled_.size() + 1);
  std::error_code error;
  if (!std::filesystem::create_directory(directory, error))
    return std::unexpected(directory + ": " + error.message());
  std::vector<std::string> words{std::string(who.engine), "fill", directory};
  for (std::string& word : split(who.fill)) words.push_back(std::move(word));
  if (const auto line = line_of(words); !line) return std::unexpected(line.error());
  return filled_.emplace(key, directory).first->second;
}

std::expected<Numbers, std::string> BenchProgram::run(const Contestant& who) {
  std::error_code error;
  std::string directory = scratch_ + "/one";
  if (!who.fill.empty()) {
    const auto full = filled(who);
    if (!full) return std::unexpected(full.error());
    directory = *full;
  } else if (!std::filesystem::create_directory(directory, error)) {
    return std::unexpected(directory + ": " + error.message());
  }
  std::vector<std::string> words{std::string(who.engine), std::string(who.workload), directory};
  for (std::string& word : split(who.options)) words.push_back(std::move(word));
  const auto line = line_of(words);
  if (who.fill.empty()) std::filesystem::remove_all(directory, error);
  if (!line) return std::unexpected(line.error());
  return numbers_of(*line);
}

}  // namespace wallop::cli
