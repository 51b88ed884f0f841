// SPDX-License-Identifier: Apache-2.0
// Preparing, joining and writing reports.
#include "cli/out_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "checklist/probe_system.h"
#include "cli/build_info.h"
#include "cli/files.h"
#include "reports/merge.h"
#include "reports/result_json.h"
#include "reports/write.h"

namespace wallop::cli {
namespace {

using reports::Result;
using reports::ScenarioResult;

using Lines = std::vector<std::string>;

std::expected<std::optional<Result>, Lines> read_earlier(io::FileSystem& files, const std::string& path) {
  const auto text = read_file(files, path);
  if (!text && text.error().code == io::Code::not_found) return std::nullopt;
  if (!text) return std::unexpected(Lines{io::describe(text.error())});
  auto result = reports::from_json(*text);
  if (result) return std::move(*result);
  Lines lines;
  for (const base::json::Problem& problem : result.error())
    lines.push_back(base::json::describe(path, problem));
  lines.push_back("  the new result would be added to it: remove it, or choose another --out");
  return std::unexpected(std::move(lines));
}

// What was explored before and is explored again now.
void drop_repeated(Result& earlier, const Result& later) {
  std::erase_if(earlier.scenarios, [&](const ScenarioResult& old) {
    return std::ranges::any_of(later.scenarios, [&](const ScenarioResult& now) {
      return old.name == now.name && old.model == now.model && old.seed == now.seed &&
             old.states.has_value() == now.states.has_value();
    });
  });
}

}  // namespace

std::expected<OutDirectory, Lines> OutDirectory::prepare(io::FileSystem& files, std::string path,
                                                         Earlier earlier) {
  OutDirectory directory(files, std::move(path));
  if (const io::Status made = make_directories(files, directory.path_); !made)
    return std::unexpected(Lines{io::describe(made.error())});
  if (earlier == Earlier::replaced) return directory;
  auto result = read_earlier(files, fmt::format("{}/{}", directory.path_, reports::kResultFile));
  if (!result) return std::unexpected(std::move(result.error()));
  directory.earlier_ = std::move(*result);
  return directory;
}

std::string OutDirectory::repro_path(const std::string& scenario_name) const {
  std::string name = scenario_name;
  std::ranges::replace(name, '/', '.');
  return fmt::format("{}/{}.repro.json", path_, name);
}

std::string OutDirectory::page() const {
  return fmt::format("{}/{}", path_, reports::kHtmlFile);
}

bool OutDirectory::write(Result result, Console& console) {
  if (earlier_) {
    drop_repeated(*earlier_, result);
    result = reports::merge(std::move(*earlier_), std::move(result));
    earlier_.reset();
  }
  const auto written = reports::write_all(*files_, path_, result);
  if (!written) {
    console.complain("wallop: no report: " + io::describe(written.error()));
    return false;
  }
  for (const std::string& undrawn : *written) console.complain("report without plots: " + undrawn);
  return true;
}

std::expected<std::optional<OutDirectory>, Exit> prepare_out(const std::optional<std::string>& path,
                                                             Earlier earlier, Session& session,
                                                             Console& console) {
  if (!path) return std::nullopt;
  auto prepared = OutDirectory::prepare(session.machine.files, *path, earlier);
  if (prepared) return std::move(*prepared);
  for (const std::string& line : prepared.error()) console.complain("wallop: " + line);
  return std::unexpected(Exit::usage);
}

Result new_result(Session& session) {
  const BuildInfo build = build_info();
  Result result;
  result.wallop_version = build.version;
  result.commit = build.commit;
  result.compiler = build.compiler;
  result.command = session.command;
  result.started = rfc3339(session.machine.clock.wall_now());
  const checklist::MachineFacts facts = checklist::SystemProbes(".").facts();
  if (!facts.cpu.empty()) result.environment.push_back({"CPU", facts.cpu});
  if (facts.cpu_count > 0) result.environment.push_back({"CPUs", std::to_string(facts.cpu_count)});
  if (!facts.kernel.empty()) result.environment.push_back({"Kernel", facts.kernel});
  return result;
}

std::string rfc3339(io::WallTime time) {
  using namespace std::chrono;
  const sys_seconds now{duration_cast<seconds>(time.time_since_epoch())};
  const sys_days day = floor<days>(now);
  const year_month_day date{day};
  const hh_mm_ss clock{now - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace wallop::cli
