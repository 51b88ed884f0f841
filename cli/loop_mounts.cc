// SPDX-License-Identifier: Apache-2.0
// Making images, and the programs that it takes: mkfs.* and mount(8), which sets up the loop device and frees
// it with the mount.
#include "cli/loop_mounts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <expected>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <system_error>
#include <utility>

extern char** environ;

namespace wallop::cli {
namespace {

// Sparse: it takes what is written. XFS makes none below 300 MB.
constexpr std::uintmax_t kImageBytes = 512ULL << 20;
constexpr std::size_t kComplaintMax = 200;

struct Kind {
  std::string_view name, model;
  const char* make;
  const char* quiet;
  std::string_view package;
};
constexpr std::array kKinds{Kind{"ext4", "ext4-ordered", "mkfs.ext4", "-qF", "e2fsprogs"},
                            Kind{"xfs", "xfs", "mkfs.xfs", "-qf", "xfsprogs"},
                            Kind{"btrfs", "btrfs", "mkfs.btrfs", "-qf", "btrfs-progs"}};

using Done = std::expected<void, std::string>;

Done failed(std::string_view what, int error) {
  return std::unexpected(fmt::format("{}: {}", what, std::strerror(error)));
}

// The last line that a program said, which is the one that tells why.
std::string last_line(const std::string& path) {
  std::ifstream file(path);
  std::string line, last;
  while (std::getline(file, line)) {
    if (!line.empty()) last = line;
  }
  return last.substr(0, kComplaintMax);
}

// Runs a program from PATH, or from where a user's PATH may not reach; what it says goes to the file `log`.
Done run(std::vector<std::string> words, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  if (error == ENOENT) {
    const std::string elsewhere = "/usr/sbin/" + words[0];
    error = ::posix_spawn(&child, elsewhere.c_str(), &actions, nullptr, arguments.data(), environ);
  }
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failed(words[0], error);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return failed(words[0], errno);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return failed(words[0], ENOENT);
  return std::unexpected(fmt::format("{} failed: {}", words[0], last_line(log)));
}

// Mounts from here on are seen by this process and its children alone.
Done own_mounts() {
  if (::geteuid() != 0) return std::unexpected(std::string("only root may mount"));
  if (::unshare(CLONE_NEWNS) != 0) return failed("mounts of its own", errno);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return failed("mounts of its own", errno);
  return {};
}

Done make_image(const Kind& kind, const std::string& image) {
  std::error_code error;
  std::ofstream(image).flush();
  std::filesystem::resize_file(image, kImageBytes, error);
  if (error) return failed(image, error.value());
  const Done made = run({kind.make, kind.quiet, image}, image + ".log");
  if (made || !made.error().ends_with(std::strerror(ENOENT))) return made;
  return std::unexpected(fmt::format("{} is not installed (apt-get install {})", kind.make, kind.package));
}

Done mount_image(const Kind& kind, const std::string& image, const std::string& point) {
  std::error_code error;
  std::filesystem::create_directory(point, error);
  if (error) return failed(point, error.value());
  return run({"mount", "-o", "loop", "-t", std::string(kind.name), image, point}, image + ".log");
}

}  // namespace

LoopMounts::LoopMounts(std::string scratch) : scratch_(std::move(scratch)) {
  const Done own = own_mounts();
  for (const Kind& kind : kKinds) {
    const std::string point = fmt::format("{}/{}", scratch_, kind.name);
    const std::string image = point + ".image";
    Done done = own;
    if (done) done = make_image(kind, image);
    if (done) done = mount_image(kind, image, point);
    if (!done) {
      left_out_.push_back(fmt::format("{}: {}", kind.name, done.error()));
      continue;
    }
    points_.push_back(point);
    const std::string inside = point + "/calls";  // The root of a file system may hold lost+found.
    std::error_code error;
    std::filesystem::create_directory(inside, error);
    if (error) {
      left_out_.push_back(fmt::format("{}: {}", inside, error.message()));
    } else {
      mounts_.push_back({kind.name, kind.model, inside});
    }
  }
}

// Where something still holds a file there, the mount goes when that lets go.
LoopMounts::~LoopMounts() {
  for (const std::string& point : std::views::reverse(points_)) {
    if (::umount2(point.c_str(), 0) != 0) ::umount2(point.c_str(), MNT_DETACH);
  }
}

}  // namespace wallop::cli
