// SPDX-License-Identifier: Apache-2.0
// The `wallop` command with an engine and a kind of fault of one's own:
//
//   my_wallop run examples/harness/slow-names.json
//   my_wallop explain line_log slow_name
#include "cli/wallop_main.h"

#include "examples/harness/line_log.h"
#include "examples/harness/slow_name.h"

int main(int count, char** arguments) {
  wallop::cli::Extensions more;
  more.add_fault_kind<harness_example::SlowName>();
  more.add_engine({.name = "line_log",
                   .about = "a text file with a checksum on each line",
                   .open = harness_example::open_line_log,
                   .evidence = nullptr});
  return wallop::cli::wallop_main(count, arguments, more);
}
