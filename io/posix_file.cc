// SPDX-License-Identifier: Apache-2.0
// An open file of the machine: the loops around system calls that may do less than they were asked to.
//
// What surprises: a sync that a signal interrupted is not made again (sync_by), and a write past RLIMIT_FSIZE
// raises SIGXFSZ, which kills a process that does not ignore it, before any error is returned (setrlimit(2)).
// A library must not change its process's signals, so that is left to main().
#include "io/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <limits>
#include <utility>

#include "io/posix_gather.h"
#include "io/posix_read.h"

namespace wallop::io {
namespace {

// off_t has a sign, and pwritev2 takes offset -1 for "wherever the descriptor stands" (pwritev2(2)): a number
// too large must not get that far.
bool is_within_offsets(std::uint64_t offset, std::uint64_t bytes) {
  constexpr std::uint64_t kMax = std::numeric_limits<off_t>::max();
  return offset <= kMax && bytes <= kMax - offset;
}

off_t to_off_t(std::uint64_t offset) {
  return static_cast<off_t>(offset);
}

}  // namespace

PosixFile::PosixFile(Descriptor descriptor, std::string name, const PosixCalls& calls)
    : descriptor_(std::move(descriptor)),
      name_(std::move(name)),
      calls_(calls),
      stored_(descriptor_, name_, calls) {}

Result<std::size_t> PosixFile::read_at(std::uint64_t offset, std::span<std::byte> into) {
  if (!is_within_offsets(offset, into.size())) return failure(EINVAL, "read", name_, offset);
  return read_until_end(calls_, descriptor_.get(), offset, into, "read", name_);
}

// Both below may align the range outwards, which must not leave the offsets either.
Result<std::size_t> PosixFile::read_once_at(std::uint64_t offset, std::span<std::byte> into) {
  if (!is_within_offsets(offset, into.size() + kTransferMaxBytes)) {
    return failure(EINVAL, "read once", name_, offset);
  }
  return stored_.read_once_at(offset, into);
}

Result<std::size_t> PosixFile::read_stored_at(std::uint64_t offset, std::span<std::byte> into) {
  if (!is_within_offsets(offset, into.size() + kTransferMaxBytes)) {
    return failure(EINVAL, "read stored", name_, offset);
  }
  return stored_.read_at(offset, into);
}

Status PosixFile::write_at(std::uint64_t offset, std::span<const Bytes> pieces) {
  return write_all(offset, pieces, 0, "write");
}

// RWF_DSYNC (Linux 4.7) is O_DSYNC for one call: the kernel syncs just the range written. Where it is missing
// (EOPNOTSUPP; EINVAL from file systems that do not know their flags) the bytes are written again and the
// whole file is synced, which keeps the promise and costs more.
Status PosixFile::write_durable_at(std::uint64_t offset, std::span<const Bytes> pieces) {
  constexpr std::string_view kAction = "write durably";
  if (can_write_durable_.load(std::memory_order_relaxed)) {
    Status written = write_all(offset, pieces, RWF_DSYNC, kAction);
    if (written.has_value()) return written;
    const int os_error = written.error().os_error;
    if (os_error != EOPNOTSUPP && os_error != ENOSYS && os_error != EINVAL) return written;
    if (os_error != EINVAL) can_write_durable_.store(false, std::memory_order_relaxed);
  }
  Status written = write_all(offset, pieces, 0, kAction);
  if (!written.has_value()) return written;
  return sync_by(calls_.fdatasync, kAction);
}

// Regular files are written whole unless space, a limit or a signal intervenes (write(2)); then a call is
// short, and the next one says why. An interrupted durable write is handed on as a failure: see sync_by.
Status PosixFile::write_all(std::uint64_t offset, std::span<const Bytes> pieces, int flags,
                            std::string_view action) {
  if (!is_within_offsets(offset, total_bytes(pieces))) return failure(EINVAL, action, name_, offset);
  Gather gather(pieces);
  while (!gather.done()) {
    const auto vectors = gather.next();
    const auto write_once = [&] {
      return calls_.pwritev2(descriptor_.get(), vectors.data(), static_cast<int>(vectors.size()),
                             to_off_t(offset), flags);
    };
    const ssize_t written = flags == 0 ? repeat_interrupted(write_once) : write_once();
    if (written < 0) return failure(errno, action, name_, offset);
    if (written == 0) return failure(EIO, action, name_, offset);  // No progress and no reason: do not spin.
    gather.advance(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Status PosixFile::sync() {
  return sync_by(calls_.fdatasync, "sync");
}

Status PosixFile::sync_all() {
  return sync_by(calls_.fsync, "sync all");
}

// Once, whatever comes back. A failed sync reports the lost pages to this descriptor once and marks them
// clean, so that the next call succeeds over the hole (fsync(2), ERRORS and NOTES; Rebello et al., ATC 2020).
// EINTR is no exception: the interrupted call may have taken that one report with it. Local file systems do
// not return it; FUSE can.
Status PosixFile::sync_by(int (*call)(int), std::string_view action) {
  if (call(descriptor_.get()) == 0) return {};
  Failure failed = failure(errno, action, name_);
  // "fd is bound to a special file which does not support synchronization" (fsync(2)).
  if (failed.error().os_error == EINVAL) failed.error().code = Code::unsupported;
  return failed;
}

Status PosixFile::truncate(std::uint64_t size) {
  if (!is_within_offsets(0, size)) return failure(EINVAL, "truncate", name_, size);
  const int result = repeat_interrupted([&] { return ::ftruncate(descriptor_.get(), to_off_t(size)); });
  if (result != 0) return failure(errno, "truncate", name_, size);
  return {};
}

// Not posix_fallocate: where the file system cannot, glibc's writes a byte into every block instead
// (posix_fallocate(3)), which is slow, reserves nothing on copy-on-write file systems, and races with
// writers.
Status PosixFile::allocate(std::uint64_t offset, std::uint64_t size, KeepSize keep_size) {
  if (!is_within_offsets(offset, size)) return failure(EINVAL, "allocate", name_, offset);
  const int mode = keep_size == KeepSize::yes ? FALLOC_FL_KEEP_SIZE : 0;
  const int result = repeat_interrupted(
      [&] { return ::fallocate(descriptor_.get(), mode, to_off_t(offset), to_off_t(size)); });
  if (result != 0) return failure(errno, "allocate", name_, offset);
  return {};
}

Result<std::uint64_t> PosixFile::size() {
  struct stat info{};
  if (::fstat(descriptor_.get(), &info) != 0) return failure(errno, "stat", name_);
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace wallop::io
