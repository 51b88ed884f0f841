// SPDX-License-Identifier: Apache-2.0
// Output: where the command's words go. Standard output carries data and nothing else; progress and
// complaints go to standard error. Everything is printed through one of these, so that tests can read it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wallop::cli {

// What stands at the other end of a stream.
struct Screen {
  bool is_terminal = false;
  bool colour = false;
  std::size_t columns = 80;
};

class Output {
 public:
  virtual ~Output() = default;
  // Standard output.
  virtual void data(std::string_view text) = 0;
  // Standard error.
  virtual void message(std::string_view text) = 0;
  [[nodiscard]] virtual Screen data_screen() const = 0;
  [[nodiscard]] virtual Screen message_screen() const = 0;
  // The errno of the first write of data that failed, 0 without one. Later data is dropped: half a document
  // followed by its end would look whole.
  [[nodiscard]] virtual int data_error() const = 0;
};

// Descriptors 1 and 2 of this process. No buffer: a line is out when data() returns.
class StandardOutput final : public Output {
 public:
  StandardOutput();
  void data(std::string_view text) override;
  void message(std::string_view text) override;
  [[nodiscard]] Screen data_screen() const override { return data_screen_; }
  [[nodiscard]] Screen message_screen() const override { return message_screen_; }
  [[nodiscard]] int data_error() const override { return data_error_; }

 private:
  Screen data_screen_, message_screen_;
  int data_error_ = 0;
};

}  // namespace wallop::cli
