// SPDX-License-Identifier: Apache-2.0
// /proc/locks, a line for each lock (proc_locks(5)):
//
//   1: FLOCK  ADVISORY  WRITE 4711 08:01:1835012 0 EOF
//                                  major:minor of the device in hex, and the inode
#include "cli/log_lock.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <sstream>

namespace wallop::cli {

bool is_lock_held(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return false;
  const std::string device = fmt::format("{:02x}:{:02x}:", major(info.st_dev), minor(info.st_dev));
  const std::string inode = fmt::format(":{}", info.st_ino);
  // Btrfs and overlayfs show files under devices that have no number there.
  const bool is_anonymous = major(info.st_dev) == 0;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, holder, place;
    words >> number >> kind >> mode >> access >> holder >> place;
    const bool is_waiting = kind == "->";
    if (!is_waiting && kind == "FLOCK" && access == "WRITE" && place.ends_with(inode) &&
        (is_anonymous || place.starts_with(device)))
      return true;
  }
  return false;
}

}  // namespace wallop::cli
