// SPDX-License-Identifier: Apache-2.0
// A place to type commands: a scratch directory as the machine's root, and an output that remembers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/testing/scratch_directory.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/run_cli.h"
#include "io/posix_world.h"

namespace wallop::cli::testing {

class Remembered final : public Output {
 public:
  void data(std::string_view text) override { data_text += text; }
  void message(std::string_view text) override { message_text += text; }
  [[nodiscard]] Screen data_screen() const override { return data_on; }
  [[nodiscard]] Screen message_screen() const override { return messages_on; }
  [[nodiscard]] int data_error() const override { return error; }

  std::string data_text, message_text;
  Screen data_on, messages_on;
  int error = 0;
};

class Terminal {
 public:
  // Types `wallop` with these arguments.
  Exit type(const std::vector<std::string>& arguments) { return type_on(machine_.world(), arguments); }
  // On another machine, say one whose disk fails.
  Exit type_on(io::World& machine, const std::vector<std::string>& arguments) {
    output.data_text.clear();
    output.message_text.clear();
    return run_cli(arguments, output, machine, [this] { return interrupted(); });
  }

  void write(const std::string& name, std::string_view text) {
    base::ensure(make_directories(machine_.world().files, parent_of(name)).has_value());
    base::ensure(write_file(machine_.world().files, name, text).has_value());
  }
  // "" where it is not there.
  std::string read(const std::string& name) { return read_file(machine_.world().files, name).value_or(""); }
  [[nodiscard]] std::string path(std::string_view name) const { return scratch_.path(name); }
  io::World& machine() { return machine_.world(); }

  [[nodiscard]] std::string data() const { return output.data_text; }
  [[nodiscard]] std::string messages() const { return output.message_text; }

  Remembered output;
  std::function<bool()> interrupted = [] { return false; };

 private:
  base::testing::ScratchDirectory scratch_;
  io::PosixWorld machine_{scratch_.path()};
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace wallop::cli::testing
