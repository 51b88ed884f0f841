// SPDX-License-Identifier: Apache-2.0
// The machine's names: files and directories under one root.
//
// Calls that change names are made once, EINTR or not: one that had already worked would then find its own
// result and fail, or hit what somebody else has put there since.
#include "io/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "io/posix_descriptor.h"
#include "io/posix_file.h"
#include "io/posix_write_unit.h"

namespace wallop::io {
namespace {

// A pipe's open would wait for its other end; on files O_NONBLOCK changes nothing (open(2)).
int flags_of(const OpenOptions& options) {
  int flags = (options.read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK;
  if (options.create) flags |= O_CREAT;
  if (options.exclusive) flags |= O_EXCL;
  if (options.direct) flags |= O_DIRECT;
  if (options.dsync) flags |= O_DSYNC;
  return flags;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// flock belongs to the open file description: a second open is refused within the same process too, and
// closing another descriptor of the file does not give it up, as it would with fcntl locks (flock(2),
// fcntl(2)).
class PosixLock final : public Lock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

}  // namespace

PosixFileSystem::PosixFileSystem(std::string root, const PosixCalls& calls)
    : root_(std::move(root)), calls_(calls) {}

Result<std::string> PosixFileSystem::resolve(std::string_view path, std::string_view action) const {
  if (path.empty()) return failure(ENOENT, action, path);
  if (path.contains('\0')) return failure(EINVAL, action, path);
  if (path.front() == '/' || root_.empty()) return std::string(path);
  std::string whole = root_;
  whole += '/';
  whole += path;
  return whole;
}

Result<std::unique_ptr<File>> PosixFileSystem::open(std::string_view path, const OpenOptions& options) {
  const auto whole = resolve(path, "open");
  if (!whole.has_value()) return Failure(whole.error());
  // O_EXCL without O_CREAT is undefined (open(2)).
  if (options.exclusive && !options.create) return failure(EINVAL, "open", path);
  auto descriptor = open_descriptor(*whole, flags_of(options), "open", path);
  if (!descriptor.has_value()) {
    Error error = std::move(descriptor.error());
    // Here EINVAL means that the file system has no O_DIRECT (open(2)): our other flags are valid everywhere.
    // Beware: a file asked for with `create` may exist now.
    if (options.direct && error.os_error == EINVAL) error.code = Code::unsupported;
    return Failure(std::move(error));
  }
  struct stat info{};
  if (::fstat(descriptor->get(), &info) != 0) return failure(errno, "open", path);
  // The system opens directories and pipes; nothing in File works on them.
  if (S_ISDIR(info.st_mode)) return failure(EISDIR, "open", path);
  if (S_ISFIFO(info.st_mode)) return failure(ESPIPE, "open", path);
  return std::make_unique<PosixFile>(std::move(*descriptor), std::string(path), calls_);
}

Result<std::vector<std::string>> PosixFileSystem::list(std::string_view directory) {
  const auto whole = resolve(directory, "list");
  if (!whole.has_value()) return Failure(whole.error());
  // opendir sets O_CLOEXEC (opendir(3)).
  const Directory opened(::opendir(whole->c_str()));
  if (opened == nullptr) return failure(errno, "list", directory);
  std::vector<std::string> names;
  // NULL means the end or an error, and only an errno that was cleared before tells them apart (readdir(3)).
  for (errno = 0; const dirent* entry = ::readdir(opened.get()); errno = 0) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return failure(errno, "list", directory);
  std::ranges::sort(names);  // std::string compares as unsigned bytes, in no locale.
  return names;
}

Result<FileInfo> PosixFileSystem::stat(std::string_view path) {
  const auto whole = resolve(path, "stat");
  if (!whole.has_value()) return Failure(whole.error());
  struct stat info{};
  if (::stat(whole->c_str(), &info) != 0) return failure(errno, "stat", path);
  return FileInfo{
      .kind = S_ISDIR(info.st_mode) ? FileKind::directory : FileKind::file,
      .size = static_cast<std::uint64_t>(info.st_size),
      // Always in 512 bytes, whatever the block size (stat(3type)).
      .allocated_bytes = static_cast<std::uint64_t>(info.st_blocks) * 512,
      .link_count = info.st_nlink,
  };
}

// On NFS a rename may have happened although it failed (rename(2), BUGS).
Status PosixFileSystem::rename(std::string_view from, std::string_view to) {
  const auto whole_from = resolve(from, "rename");
  if (!whole_from.has_value()) return Failure(whole_from.error());
  const auto whole_to = resolve(to, "rename");
  if (!whole_to.has_value()) return Failure(whole_to.error());
  if (::rename(whole_from->c_str(), whole_to->c_str()) != 0) return failure(errno, "rename", from);
  return {};
}

Status PosixFileSystem::link(std::string_view existing, std::string_view created) {
  const auto whole_existing = resolve(existing, "link");
  if (!whole_existing.has_value()) return Failure(whole_existing.error());
  const auto whole_created = resolve(created, "link");
  if (!whole_created.has_value()) return Failure(whole_created.error());
  if (::link(whole_existing->c_str(), whole_created->c_str()) != 0) return failure(errno, "link", created);
  return {};
}

Status PosixFileSystem::remove(std::string_view path) {
  const auto whole = resolve(path, "remove");
  if (!whole.has_value()) return Failure(whole.error());
  if (::unlink(whole->c_str()) == 0) return {};
  // What Linux says of a directory; POSIX wants EPERM (unlink(2)).
  if (errno == EISDIR && ::rmdir(whole->c_str()) == 0) return {};
  return failure(errno, "remove", path);
}

Status PosixFileSystem::make_directory(std::string_view path) {
  const auto whole = resolve(path, "make directory");
  if (!whole.has_value()) return Failure(whole.error());
  if (::mkdir(whole->c_str(), 0755) != 0) return failure(errno, "make directory", path);
  return {};
}

// "Calling fsync() does not necessarily ensure that the entry in the directory containing the file has also
// reached disk. For that an explicit fsync() on a file descriptor for the directory is also needed."
// (fsync(2))
Status PosixFileSystem::sync_directory(std::string_view path) {
  constexpr std::string_view kAction = "sync directory";
  const auto whole = resolve(path, kAction);
  if (!whole.has_value()) return Failure(whole.error());
  auto descriptor = open_descriptor(*whole, O_RDONLY | O_DIRECTORY, kAction, path);
  if (!descriptor.has_value()) return Failure(std::move(descriptor.error()));
  if (calls_.fsync(descriptor->get()) == 0) return {};  // Once, as in PosixFile::sync_by.
  Failure failed = failure(errno, kAction, path);
  if (failed.error().os_error == EINVAL) failed.error().code = Code::unsupported;
  return failed;
}

Result<std::unique_ptr<Lock>> PosixFileSystem::lock(std::string_view path) {
  const auto whole = resolve(path, "lock");
  if (!whole.has_value()) return Failure(whole.error());
  // For writing: NFS makes it an fcntl lock, which needs that to be exclusive (flock(2)).
  auto descriptor = open_descriptor(*whole, O_RDWR, "lock", path);
  if (!descriptor.has_value()) return Failure(std::move(descriptor.error()));
  if (::flock(descriptor->get(), LOCK_EX | LOCK_NB) != 0) return failure(errno, "lock", path);
  return std::make_unique<PosixLock>(std::move(*descriptor));
}

Result<Space> PosixFileSystem::space(std::string_view path) {
  const auto whole = resolve(path, "space");
  if (!whole.has_value()) return Failure(whole.error());
  struct statvfs info{};
  if (::statvfs(whole->c_str(), &info) != 0) return failure(errno, "space", path);
  // Blocks are f_frsize, not f_bsize; f_bavail leaves out what is reserved for root (statvfs(3)). Quotas do
  // not show.
  return Space{.total_bytes = info.f_blocks * info.f_frsize, .free_bytes = info.f_bavail * info.f_frsize};
}

Result<std::uint32_t> PosixFileSystem::write_unit_bytes(std::string_view path) {
  const auto whole = resolve(path, "write unit");
  if (!whole.has_value()) return Failure(whole.error());
  struct stat info{};
  if (::stat(whole->c_str(), &info) != 0) return failure(errno, "write unit", path);
  return write_unit_of(info);
}

}  // namespace wallop::io
