// SPDX-License-Identifier: Apache-2.0
// A directory of a test's own, under $TMPDIR or /tmp, gone with everything in it when the object goes.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "base/ensure.h"

namespace wallop::base::testing {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    const char* const parent = std::getenv("TMPDIR");
    path_ = std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") + "/wallop-test-XXXXXX";
    ensure(::mkdtemp(path_.data()) != nullptr, "a scratch directory can be made under $TMPDIR or /tmp");
  }
  ~ScratchDirectory() {
    std::error_code ignored;  // The test has passed or failed already.
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  // Absolute unless $TMPDIR is not.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

}  // namespace wallop::base::testing
