// SPDX-License-Identifier: Apache-2.0
// From arguments to a command, and from what went wrong to an exit code.
#include "cli/run_cli.h"

#include <fmt/format.h>

#include <cerrno>
#include <exception>

#include "cli/command_line.h"
#include "cli/commands.h"

namespace wallop::cli {
namespace {

// A command for each kind of request; overload resolution picks.
struct Dispatch {
  Session& session;
  Exit operator()(const RunRequest& request) const { return run(request, session); }
  Exit operator()(const ExploreRequest& request) const { return explore(request, session); }
  Exit operator()(const ReplayRequest& request) const { return replay(request, session); }
  Exit operator()(const CalibrateRequest& request) const { return calibrate(request, session); }
  Exit operator()(const CheckRequest& request) const { return check(request, session); }
  Exit operator()(const ValidateRequest& request) const { return validate(request, session); }
  Exit operator()(const SchemaRequest& request) const { return schema(request, session); }
  Exit operator()(const ExplainRequest& request) const { return explain(request, session); }
  Exit operator()(const NewRequest& request) const { return new_scenario(request, session); }
  Exit operator()(const ReportRequest& request) const { return report(request, session); }
  Exit operator()(const SelftestRequest& request) const { return selftest(request, session); }
  Exit operator()(const ImagesRequest& request) const { return images(request, session); }
  Exit operator()(const WalRequest& request) const { return wal_tool(request, session); }
  Exit operator()(const BenchRequest& request) const { return bench(request, session); }
  Exit operator()(const FiuRequest& request) const { return fiu(request, session); }
  Exit operator()(const TextRequest& request) const {
    session.output.data(request.text);
    return Exit::passed;
  }
};

// A reader that has seen enough (`wallop run | head`) is no failure; a full disk behind standard output is.
Exit with_output_checked(Exit exit, const Output& output, Output& complaints) {
  const int error = output.data_error();
  if (error == 0 || error == EPIPE) return exit;
  complaints.message(
      fmt::format("wallop: {}\n", io::describe(io::failure(error, "write", "standard output").error())));
  return exit == Exit::interrupted ? exit : Exit::harness;
}

}  // namespace

Exit run_cli(const std::vector<std::string>& arguments, Output& output, io::World& machine,
             const std::function<bool()>& interrupted) {
  Exit exit = Exit::harness;
  try {
    const auto request = parse_command_line(arguments);
    if (!request) {
      output.message(fmt::format("wallop: {}\n", request.error().text));
      return Exit::usage;
    }
    Session session{output, machine, interrupted, as_typed(arguments)};
    exit = std::visit(Dispatch{session}, *request);
  } catch (const std::exception& error) {
    output.message(fmt::format("wallop: an error that nobody handled, please report it: {}\n", error.what()));
    return Exit::harness;
  }
  return with_output_checked(exit, output, output);
}

}  // namespace wallop::cli
