// SPDX-License-Identifier: Apache-2.0
// The whole `wallop` command as a function, for a main() of one's own: the same command, which also knows
// engines and kinds of fault that are not in this tree. docs/extending.md is the guide.
//
//   int main(int count, char** arguments) {
//     wallop::cli::Extensions more;
//     more.add_fault_kind<SlowName>();
//     more.add_engine({.name = "line_log", .about = "...", .open = open_line_log, .evidence = nullptr});
//     return wallop::cli::wallop_main(count, arguments, more);
//   }
//
// run, explore, replay, validate, schema, explain and their suggestions then know them as they know their
// own.
#pragma once

#include <vector>

#include "faults/catalogue.h"
#include "scenarios/run/engine.h"

namespace wallop::cli {

class Extensions {
 public:
  // A struct as faults/fault.h describes it; its name must be free.
  template <faults::Kind K>
  Extensions& add_fault_kind() {
    fault_kinds_.push_back(faults::kind_info<K>());
    return *this;
  }
  // Its name must be free; what its views and functions point to must outlive wallop_main().
  Extensions& add_engine(const scenarios::EngineKind& engine) {
    engines_.push_back(engine);
    return *this;
  }

  [[nodiscard]] const std::vector<faults::KindInfo>& fault_kinds() const { return fault_kinds_; }
  [[nodiscard]] const std::vector<scenarios::EngineKind>& engines() const { return engines_; }

 private:
  std::vector<faults::KindInfo> fault_kinds_;
  std::vector<scenarios::EngineKind> engines_;
};

// What main() is to return. Once in a process.
[[nodiscard]] int wallop_main(int count, char** arguments, const Extensions& more = {});

}  // namespace wallop::cli
