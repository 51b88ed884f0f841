// SPDX-License-Identifier: Apache-2.0
// Scratch: a directory of its own, gone with everything in it when the object goes.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace wallop::cli {

class Scratch {
 public:
  // `parent`/wallop-`purpose`-XXXXXX. Where it cannot be made, error() is the errno.
  Scratch(const std::string& parent, const std::string& purpose)
      : path_(parent + "/wallop-" + purpose + "-XXXXXX") {
    error_ = ::mkdtemp(path_.data()) == nullptr ? errno : 0;
  }
  ~Scratch() {
    std::error_code ignored;  // What is left behind has a name that says whose it is.
    if (error_ == 0) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int error() const { return error_; }

 private:
  std::string path_;
  int error_ = 0;
};

}  // namespace wallop::cli
