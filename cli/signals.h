// SPDX-License-Identifier: Apache-2.0
// Signals of the process. The first SIGINT or SIGTERM asks for an orderly end, in which the partial result is
// written; a later one ends the process at once.
#pragma once

namespace wallop::cli {

// Once, at the start of main(). SIGPIPE and SIGXFSZ become errors of the write that caused them; a process
// that aborts, as ensure() does, ends with exit code 3.
void handle_signals();

// Whether the user has asked to stop. May be called by any thread.
[[nodiscard]] bool interrupted();

}  // namespace wallop::cli
