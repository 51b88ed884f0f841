// SPDX-License-Identifier: Apache-2.0
// wallop report: a result, laid out again in every format.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/files.h"
#include "cli/json_lines.h"
#include "reports/result_json.h"
#include "reports/summary.h"
#include "reports/write.h"

namespace wallop::cli {
namespace {

constexpr std::uint64_t kReportVersion = 1;

// Told where it cannot be read.
std::optional<reports::Result> read_result(const std::string& file, Session& session, Console& console) {
  const auto text = read_file(session.machine.files, file);
  if (!text) {
    console.complain("wallop report: " + io::describe(text.error()));
    return std::nullopt;
  }
  auto result = reports::from_json(*text);
  if (result) return std::move(*result);
  constexpr std::size_t kProblemsMax = 20;
  const std::size_t count = result.error().size();
  for (std::size_t i = 0; i < std::min(count, kProblemsMax); ++i)
    console.complain(base::json::describe(file, result.error()[i]));
  if (count > kProblemsMax) console.complain(fmt::format("and {} more", count - kProblemsMax));
  return std::nullopt;
}

}  // namespace

Exit report(const ReportRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const auto result = read_result(request.file, session, console);
  if (!result) return Exit::usage;
  if (const io::Status made = make_directories(session.machine.files, request.out); !made) {
    console.complain("wallop report: " + io::describe(made.error()));
    return Exit::usage;
  }
  const auto undrawn = reports::write_all(session.machine.files, request.out, *result);
  if (!undrawn) {
    console.complain("wallop report: " + io::describe(undrawn.error()));
    return Exit::harness;
  }
  for (const std::string& why : *undrawn) console.complain("report without plots: " + why);
  const std::string page = fmt::format("{}/{}", request.out, reports::kHtmlFile);
  const reports::Summary summary = reports::summarize(*result);
  console.say(fmt::format("{}. {}   report {}", summary.headline, summary.lead, page));
  const auto with_facts = [&](base::json::Value object) {
    return object.set("headline", summary.headline).set("lead", summary.lead).set("page", page);
  };
  console.row(start_row(session.command));
  console.row(with_facts(base::json::Value().set("type", "report")));
  console.document(base::json::to_text(with_facts(base::json::Value().set("version", kReportVersion)),
                                       base::json::Layout::indented));
  return Exit::passed;
}

}  // namespace wallop::cli
