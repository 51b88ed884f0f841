// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself, and how one is made.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "io/result.h"

namespace wallop::io {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Opens `path`; new files get mode 0644 less the umask. O_CLOEXEC is always set: a child program must hold
// neither our files nor our locks. `action` and `name` are for the error.
Result<Descriptor> open_descriptor(const std::string& path, int flags, std::string_view action,
                                   std::string_view name);

}  // namespace wallop::io
