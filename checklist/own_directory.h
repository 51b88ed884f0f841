// SPDX-License-Identifier: Apache-2.0
// A fresh directory that the checklist makes, and everything in it. Gone with the object.
//
// Nothing outside it is ever opened for writing or removed: a user points the checklist at a production disk.
// Removal unlinks a name before it looks behind it, so a symbolic link is removed and never followed.
#pragma once

#include <string>
#include <string_view>

#include "io/file_system.h"
#include "io/world.h"

namespace wallop::checklist {

// Removes a directory and all below it, at most kDepthMax deep. Goes on after a failure and returns the first
// one.
[[nodiscard]] io::Status remove_tree(io::FileSystem& files, std::string_view path);

class OwnDirectory {
 public:
  // Makes `parent`/`prefix`XXXXXXXX, eight hex digits. `parent` must be a directory.
  static io::Result<OwnDirectory> make(io::World& machine, std::string_view parent, std::string_view prefix);

  OwnDirectory(OwnDirectory&& other) noexcept;
  OwnDirectory& operator=(OwnDirectory&&) = delete;
  ~OwnDirectory();  // remove(), with nobody left to tell of a failure.

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Removes it now. After a failure what could be removed is gone.
  [[nodiscard]] io::Status remove();

 private:
  OwnDirectory(io::FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}

  io::FileSystem* files_;
  std::string path_;  // Empty once it is gone or moved from.
};

}  // namespace wallop::checklist
