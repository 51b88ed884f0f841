// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself, and how one is made.
#include "io/posix_descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "io/posix_calls.h"

namespace wallop::io {

// What close says is of no use: after EINTR the descriptor is gone too, a second close might hit somebody
// else's (close(2)), and an error of delayed writing belongs to the sync that comes before, not to close.
Descriptor::~Descriptor() {
  if (is_open()) ::close(fd_);
}

Result<Descriptor> open_descriptor(const std::string& path, int flags, std::string_view action,
                                   std::string_view name) {
  const int fd = repeat_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0644); });
  if (fd < 0) return failure(errno, action, name);
  return Descriptor(fd);
}

}  // namespace wallop::io
