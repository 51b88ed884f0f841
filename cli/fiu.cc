// SPDX-License-Identifier: Apache-2.0
// wallop fiu: a plan's faults in an unmodified program.
//
// What surprises: the receipt goes to standard error, as COMMAND's standard output is its own; with json and
// jsonl it is the other way round.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/beside.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/fiu/arming.h"
#include "cli/fiu/plan_file.h"
#include "cli/fiu/receipt.h"
#include "cli/json_lines.h"
#include "cli/scratch.h"
#include "faults/errno_name.h"

extern char** environ;

namespace wallop::cli {
namespace {

using base::json::Value;

constexpr std::uint64_t kFiuVersion = 1;
constexpr const char* kPosixPreload = "/usr/lib/fiu/fiu_posix_preload.so";

// NAME=value, in this order.
using Variables = std::vector<std::pair<std::string, std::string>>;

// libfiu's library first: ours arms the points of that one.
std::expected<Variables, std::string> variables_of(const libfiu::ArmedPlan& plan) {
  const auto ours = beside_this_program("wallop_fiu");
  if (!ours) return std::unexpected(ours.error());
  if (::access(kPosixPreload, R_OK) != 0)
    return std::unexpected(fmt::format("{} is not there\n  apt-get install fiu-utils", kPosixPreload));
  const char* const before = std::getenv("LD_PRELOAD");
  const std::string others = before == nullptr || *before == '\0' ? "" : fmt::format(" {}", before);
  return Variables{{"LD_PRELOAD", fmt::format("{} {}{}", kPosixPreload, *ours, others)},
                   {libfiu::kFaultsVariable, libfiu::to_text(plan)}};
}

std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto is_ours = [&](const auto& variable) {
      return text.starts_with(variable.first) && text.substr(variable.first.size()).starts_with('=');
    };
    if (std::ranges::none_of(variables, is_ours)) environment.emplace_back(text);
  }
  for (const auto& [name, value] : variables) environment.push_back(fmt::format("{}={}", name, value));
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

enum class ItsOutput : std::uint8_t { its_own, to_standard_error };

// Runs it to its end, in this terminal; the errno where it cannot be started.
std::expected<libfiu::Ended, int> run_to_end(std::vector<std::string> command, const Variables& variables,
                                             ItsOutput output) {
  std::vector<std::string> environment = environment_with(variables);
  const std::vector<char*> arguments = pointers_to(command);
  const std::vector<char*> entries = pointers_to(environment);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (output == ItsOutput::to_standard_error)
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), entries.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return std::unexpected(error);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::unexpected(errno);
  }
  if (WIFSIGNALED(status)) return libfiu::Ended{0, WTERMSIG(status)};
  return libfiu::Ended{WEXITSTATUS(status), 0};
}

class Fiu {
 public:
  Fiu(const FiuRequest& request, libfiu::ArmedPlan plan, Variables variables, Session& session,
      Console& console)
      : request_(request),
        plan_(std::move(plan)),
        variables_(std::move(variables)),
        session_(session),
        console_(console) {}

  // What would be armed, and the words that would do it.
  Exit show() {
    Value faults{base::json::Array{}}, environment{base::json::Object{}};
    for (std::size_t i = 0; i < plan_.faults.size(); ++i) show_fault(i, faults);
    std::string line = "env";
    for (const auto& [name, value] : variables_) {
      environment.set(name, value);
      line += " " + quoted(fmt::format("{}={}", name, value));
    }
    const std::string words = libfiu::fiu_run_words(plan_);
    console_.say(line + " COMMAND...");
    if (!words.empty()) console_.say("or, without a receipt, " + words + " COMMAND...");
    const Value told = Value()
                           .set("faults", std::move(faults))
                           .set("environment", std::move(environment))
                           .set("fiu_run", words);
    tell("plan", told);
    return Exit::passed;
  }

  Exit exec() {
    const Scratch scratch(std::filesystem::temp_directory_path(), "fiu");
    if (scratch.error() != 0) return trouble(scratch.error(), "make a scratch directory");
    const std::string path = scratch.path() + "/counts";
    const libfiu::CountsFile file(path);
    if (file.error() != 0) return trouble(file.error(), "map " + path);
    variables_.emplace_back(libfiu::kCountsVariable, path);
    const auto output =
        console_.format() == Format::pretty ? ItsOutput::its_own : ItsOutput::to_standard_error;
    const auto ended = run_to_end(request_.command, variables_, output);
    if (!ended) {
      console_.complain(fmt::format("wallop fiu: cannot run {}: {}", quoted(request_.command.front()),
                                    std::strerror(ended.error())));
      return Exit::usage;
    }
    tell_receipt(file.counts(), *ended);
    return exit_of(file.counts(), *ended);
  }

 private:
  void show_fault(std::size_t place, Value& faults) {
    const libfiu::Armed& fault = plan_.faults[place];
    std::vector<std::string_view> points;
    Value names{base::json::Array{}};
    for (std::size_t point = 0; point < libfiu::kPoints.size(); ++point) {
      if (!fault.points[point]) continue;
      points.emplace_back(libfiu::kPoints[point]);
      names.push(libfiu::kPoints[point]);
    }
    const std::string_view error = faults::errno_name(fault.os_error);
    console_.say(fmt::format("{}   {} at {}", plan_.labels[place], error, fmt::join(points, ", ")));
    faults.push(
        Value().set("label", plan_.labels[place]).set("errno", error).set("points", std::move(names)));
  }

  void tell_receipt(const libfiu::Counts& counts, const libfiu::Ended& ended) {
    if (console_.format() == Format::pretty) {
      for (const std::string& line : libfiu::lines_of(plan_, counts)) console_.complain(line);
      console_.complain(ended.signal != 0 ? fmt::format("ended    by signal {}", ended.signal)
                                          : fmt::format("ended    {}", ended.code));
    }
    if (counts.process_count == 0)
      console_.complain(
          "wallop fiu: nothing was armed: COMMAND is linked statically, or takes no LD_PRELOAD");
    tell("receipt", libfiu::json_of(plan_, counts, ended));
  }

  [[nodiscard]] Exit exit_of(const libfiu::Counts& counts, const libfiu::Ended& ended) const {
    if (session_.interrupted()) return Exit::interrupted;
    if (!libfiu::unfired(plan_, counts).empty()) return Exit::inconclusive;
    return ended.code == 0 && ended.signal == 0 ? Exit::passed : Exit::failed;
  }

  void tell(std::string_view type, const Value& told) {
    console_.row(start_row(session_.command));
    Value row = Value().set("type", type);
    Value document = Value().set("version", kFiuVersion);
    for (const base::json::Member& member : *told.get<base::json::Object>()) {
      row.set(member.key, member.value);
      document.set(member.key, member.value);
    }
    console_.row(row);
    console_.document(base::json::to_text(document, base::json::Layout::indented));
  }

  Exit trouble(int error, std::string_view what) {
    console_.complain(fmt::format("wallop fiu: cannot {}: {}", what, std::strerror(error)));
    return Exit::harness;
  }

  const FiuRequest& request_;
  libfiu::ArmedPlan plan_;
  Variables variables_;
  Session& session_;
  Console& console_;
};

}  // namespace

Exit fiu(const FiuRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const auto read = libfiu::read_plan(session.machine.files, request.plan);
  if (!read) {
    for (const std::string& line : read.error()) console.complain(line);
    return Exit::usage;
  }
  auto armed = libfiu::arm(read->faults, request.seed.value_or(read->seed));
  if (!armed) {
    for (const libfiu::Refusal& refusal : armed.error())
      console.complain(fmt::format("{}  {}  {}", request.plan, refusal.what, refusal.hint));
    return Exit::usage;
  }
  auto variables = variables_of(*armed);
  if (!variables) {
    console.complain("wallop fiu: " + variables.error());
    return Exit::harness;
  }
  Fiu command(request, std::move(*armed), std::move(*variables), session, console);
  return request.exec ? command.exec() : command.show();
}

}  // namespace wallop::cli
