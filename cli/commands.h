// SPDX-License-Identifier: Apache-2.0
// The commands: each takes its request, speaks through the session's output, and gives the exit code. A file
// each.
#pragma once

#include "cli/exit_code.h"
#include "cli/requests.h"
#include "cli/session.h"

namespace wallop::cli {

[[nodiscard]] Exit run(const RunRequest& request, Session& session);
[[nodiscard]] Exit explore(const ExploreRequest& request, Session& session);
[[nodiscard]] Exit replay(const ReplayRequest& request, Session& session);
[[nodiscard]] Exit calibrate(const CalibrateRequest& request, Session& session);
[[nodiscard]] Exit check(const CheckRequest& request, Session& session);
[[nodiscard]] Exit validate(const ValidateRequest& request, Session& session);
[[nodiscard]] Exit schema(const SchemaRequest& request, Session& session);
[[nodiscard]] Exit explain(const ExplainRequest& request, Session& session);
[[nodiscard]] Exit new_scenario(const NewRequest& request, Session& session);
[[nodiscard]] Exit images(const ImagesRequest& request, Session& session);
[[nodiscard]] Exit report(const ReportRequest& request, Session& session);
[[nodiscard]] Exit selftest(const SelftestRequest& request, Session& session);
[[nodiscard]] Exit bench(const BenchRequest& request, Session& session);
[[nodiscard]] Exit fiu(const FiuRequest& request, Session& session);
[[nodiscard]] Exit wal_tool(const WalRequest& request, Session& session);

}  // namespace wallop::cli
