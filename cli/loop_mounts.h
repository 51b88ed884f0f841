// SPDX-License-Identifier: Apache-2.0
// LoopMounts: ext4, XFS and Btrfs in image files, mounted for as long as the object lives.
//
// The mounts are this process's own (unshare(2)): nobody else sees them, and they are gone with it however it
// ends. What cannot be made is left out, with the reason.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wallop::cli {

struct LoopMount {
  std::string_view kind;   // "ext4"
  std::string_view model;  // The persistence model that is named after it.
  std::string path;        // An empty directory in it.
};

class LoopMounts {
 public:
  // Images and mount points are made in `scratch`, an empty directory.
  explicit LoopMounts(std::string scratch);
  // Unmounts. The images are left to whoever removes `scratch`.
  ~LoopMounts();
  LoopMounts(const LoopMounts&) = delete;
  LoopMounts& operator=(const LoopMounts&) = delete;

  [[nodiscard]] const std::vector<LoopMount>& mounts() const { return mounts_; }
  // "xfs: mkfs.xfs is not installed (apt-get install xfsprogs)"
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  std::string scratch_;
  std::vector<std::string> points_;  // Mounted, in order.
  std::vector<LoopMount> mounts_;
  std::vector<std::string> left_out_;
};

}  // namespace wallop::cli
