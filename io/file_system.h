// SPDX-License-Identifier: Apache-2.0
// What a storage engine may ask about names. A name is durable when its *directory* was synced after it
// changed; syncing the file is not enough on every file system. Paths are relative to the world's root or
// absolute; '/' parts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/file.h"
#include "io/result.h"

namespace wallop::io {

// Opened for reading and writing, unless read_only.
struct OpenOptions {
  bool create = false;     // Make an empty file where there is none. The name is not durable yet.
  bool exclusive = false;  // With create: already_exists where there is one.
  bool direct =
      false;  // Past the page cache. Offsets, sizes and memory must be aligned; unsupported where it cannot.
  bool dsync = false;  // Every write is a write_durable_at.
  bool read_only = false;
};

enum class FileKind : std::uint8_t { file, directory };

struct FileInfo {
  FileKind kind = FileKind::file;
  std::uint64_t size = 0;             // Bytes.
  std::uint64_t allocated_bytes = 0;  // What it takes on the device.
  std::uint64_t link_count = 1;
};

struct Space {
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  // What this process may still use.
};

// Held until destroyed; gone with the process however it ends.
class Lock {
 public:
  virtual ~Lock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<File>> open(std::string_view path, const OpenOptions& options) = 0;
  // Names only, without "." and "..", sorted by byte.
  virtual Result<std::vector<std::string>> list(std::string_view directory) = 0;
  virtual Result<FileInfo> stat(std::string_view path) = 0;
  // Replaces what `to` names, in one step for whoever looks; after a crash either name may be there until the
  // directories concerned are synced. After a failure nothing has changed.
  virtual Status rename(std::string_view from, std::string_view to) = 0;
  virtual Status link(std::string_view existing, std::string_view created) = 0;
  // Files, and empty directories. An open file lives on without its name. After a failure nothing has
  // changed.
  virtual Status remove(std::string_view path) = 0;
  virtual Status make_directory(std::string_view path) = 0;
  // Makes durable every name made, changed or removed in this directory before the call; not the bytes of any
  // file. After a failure none of them may be taken for durable.
  virtual Status sync_directory(std::string_view path) = 0;
  // Takes the exclusive lock of an existing file, without waiting: locked where another holder has it.
  virtual Result<std::unique_ptr<Lock>> lock(std::string_view path) = 0;
  virtual Result<Space> space(std::string_view path) = 0;
  // The unit, in bytes, that one small write becomes on the way down (the kernel writes whole pages). A power
  // of two, at least the device's sector.
  virtual Result<std::uint32_t> write_unit_bytes(std::string_view path) = 0;
};

}  // namespace wallop::io
