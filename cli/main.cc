// SPDX-License-Identifier: Apache-2.0
// The wallop command, with nothing added to it.
#include "cli/wallop_main.h"

int main(int count, char** arguments) {
  return wallop::cli::wallop_main(count, arguments);
}
