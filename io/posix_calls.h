// SPDX-License-Identifier: Apache-2.0
// The system calls an open file makes, as a table: what disks do rarely (EINTR, short writes, a kernel
// without RWF_DSYNC, a failed sync) tests do at will.
#pragma once

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace wallop::io {

struct PosixCalls {
  int (*open)(const char* path, int flags) = [](const char* path, int flags) { return ::open(path, flags); };
  ssize_t (*pread)(int fd, void* into, std::size_t bytes, off_t offset) = ::pread;
  // One piece without flags goes by pwrite, which spares the kernel fetching the vector.
  ssize_t (*pwritev2)(int fd, const iovec* pieces, int count, off_t offset,
                      int flags) = [](int fd, const iovec* pieces, int count, off_t offset, int flags) {
    if (count == 1 && flags == 0) return ::pwrite(fd, pieces->iov_base, pieces->iov_len, offset);
    return ::pwritev2(fd, pieces, count, offset, flags);
  };
  int (*fdatasync)(int fd) = ::fdatasync;
  int (*fsync)(int fd) = ::fsync;
};

inline constexpr PosixCalls kSystemCalls;

// Nobody is interrupted a thousand times in a row by chance; after that EINTR is handed on.
inline constexpr int kInterruptionsMax = 1000;

// Makes a system call again while a signal handler interrupts it. For calls that did nothing when they say
// EINTR: not for syncs (PosixFile::sync) and not for close, after which the descriptor is gone whatever it
// says (close(2)).
template <class Call>
auto repeat_interrupted(Call call) {
  auto result = call();
  for (int i = 0; result == -1 && errno == EINTR && i < kInterruptionsMax; ++i) result = call();
  return result;
}

}  // namespace wallop::io
