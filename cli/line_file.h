// SPDX-License-Identifier: Apache-2.0
// LineFile: a file that is written line by line and appears whole, durable, or not at all.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/file_system.h"

namespace wallop::cli {

class LineFile {
 public:
  // Under another name until finish(): `path` + ".partial".
  static io::Result<LineFile> create(io::FileSystem& files, std::string path);

  // `line` without its newline. Memory: a mebibyte and the line.
  io::Status write(std::string_view line);
  // Replaces what has the name. After a failure here or above the ".partial" is left.
  io::Status finish();

 private:
  LineFile(io::FileSystem& files, std::string path, std::unique_ptr<io::File> file)
      : files_(&files), path_(std::move(path)), file_(std::move(file)) {}

  [[nodiscard]] std::string partial() const { return path_ + ".partial"; }
  io::Status flush();

  io::FileSystem* files_;
  std::string path_;
  std::unique_ptr<io::File> file_;
  std::string buffer_;
  std::uint64_t written_ = 0;
};

}  // namespace wallop::cli
