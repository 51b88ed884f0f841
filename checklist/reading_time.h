// SPDX-License-Identifier: Apache-2.0
// A file system that times its reads: which part of a recovery is the disk.
//
// Everything else passes through. Reads of several threads at once add up to more than the time that passed.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "io/time.h"

namespace wallop::checklist {

class ReadingTime final : public io::FileSystem {
 public:
  // Both outlive this and the files opened through it.
  ReadingTime(io::FileSystem& files, io::Clock& clock) : files_(files), clock_(clock) {}

  // Of all reads so far, through any file.
  [[nodiscard]] io::Duration spent() const { return io::Duration(spent_); }

  io::Result<std::unique_ptr<io::File>> open(std::string_view path, const io::OpenOptions& options) override;
  io::Result<std::vector<std::string>> list(std::string_view directory) override {
    return files_.list(directory);
  }
  io::Result<io::FileInfo> stat(std::string_view path) override { return files_.stat(path); }
  io::Status rename(std::string_view from, std::string_view to) override { return files_.rename(from, to); }
  io::Status link(std::string_view existing, std::string_view created) override {
    return files_.link(existing, created);
  }
  io::Status remove(std::string_view path) override { return files_.remove(path); }
  io::Status make_directory(std::string_view path) override { return files_.make_directory(path); }
  io::Status sync_directory(std::string_view path) override { return files_.sync_directory(path); }
  io::Result<std::unique_ptr<io::Lock>> lock(std::string_view path) override { return files_.lock(path); }
  io::Result<io::Space> space(std::string_view path) override { return files_.space(path); }
  io::Result<std::uint32_t> write_unit_bytes(std::string_view path) override {
    return files_.write_unit_bytes(path);
  }

 private:
  io::FileSystem& files_;
  io::Clock& clock_;
  std::atomic<io::Duration::rep> spent_{0};
};

}  // namespace wallop::checklist
