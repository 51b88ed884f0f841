// SPDX-License-Identifier: Apache-2.0
// wallop_fault_layer N [armed]: a world, one file, N writes of 512 bytes; armed: with a fault that looks at
// each and never strikes. What callgrind counts for bench/fault_layer.py; by itself it says nothing.
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "base/fields.h"
#include "faults/fault.h"
#include "sim/world.h"

namespace {

using namespace wallop;

faults::Plan plan_of(std::string_view word) {
  if (word != "armed") return {};
  faults::Fault fault;
  const auto problems =
      base::read_document(R"({ "kind": "torn_write", "when": { "path": "f", "nth": 1000000000 } })", fault);
  base::ensure(problems.empty());
  return faults::Plan({fault}, 1);
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string_view> words(arguments + 1, arguments + count);
  const std::string_view number = words.empty() ? "" : words.front();
  std::uint64_t writes = 0;
  if (std::from_chars(number.data(), number.data() + number.size(), writes).ec != std::errc{}) {
    std::fputs("wallop_fault_layer: say how many writes: wallop_fault_layer 10000\n", stderr);
    return 2;
  }
  sim::World world({.model = sim::find_model("posix"), .plan = plan_of(words.back())});
  const std::string content(512, 'w');
  const io::Bytes bytes = std::as_bytes(std::span(content));
  const auto file = std::move(*world.io().files.open("f", {.create = true}));
  for (std::uint64_t i = 0; i < writes; ++i)
    base::ensure(file->write_at(i * bytes.size(), bytes).has_value(), "what no fault hits succeeds");
  return 0;
}
