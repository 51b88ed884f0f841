// SPDX-License-Identifier: Apache-2.0
// The machine's names: files and directories under one root.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "io/posix_calls.h"

namespace wallop::io {

// Errors name the path as the caller gave it, so that the same run reads the same on any root.
class PosixFileSystem final : public FileSystem {
 public:
  explicit PosixFileSystem(std::string root, const PosixCalls& calls = kSystemCalls);

  Result<std::unique_ptr<File>> open(std::string_view path, const OpenOptions& options) override;
  Result<std::vector<std::string>> list(std::string_view directory) override;
  Result<FileInfo> stat(std::string_view path) override;
  Status rename(std::string_view from, std::string_view to) override;
  Status link(std::string_view existing, std::string_view created) override;
  Status remove(std::string_view path) override;
  Status make_directory(std::string_view path) override;
  Status sync_directory(std::string_view path) override;
  Result<std::unique_ptr<Lock>> lock(std::string_view path) override;
  Result<Space> space(std::string_view path) override;
  Result<std::uint32_t> write_unit_bytes(std::string_view path) override;

 private:
  // A path for the system. A NUL inside, where the system would stop reading, is refused.
  [[nodiscard]] Result<std::string> resolve(std::string_view path, std::string_view action) const;

  std::string root_;
  const PosixCalls& calls_;
};

}  // namespace wallop::io
