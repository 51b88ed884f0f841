// SPDX-License-Identifier: Apache-2.0
// Many pieces of memory as the vectors that one system call takes, also after a call that wrote only a part.
#pragma once

#include <limits.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <span>

#include "io/file.h"

namespace wallop::io {

// One read or write call moves at most this much. The kernel's own limit is 0x7ffff000 bytes, beyond which it
// is short (read(2), write(2)), and pwritev refuses a sum over SSIZE_MAX; a rounder number keeps direct I/O
// aligned.
inline constexpr std::size_t kTransferMaxBytes = std::size_t{1} << 30;

class Gather {
 public:
  explicit Gather(std::span<const Bytes> pieces) : pieces_(pieces) { skip_finished(); }

  [[nodiscard]] bool done() const { return index_ == pieces_.size(); }
  // What comes next: at most IOV_MAX vectors of at most kTransferMaxBytes together; not empty unless done.
  // Valid until the next call.
  std::span<const iovec> next();
  // `bytes` of what next() gave have been written.
  void advance(std::size_t bytes);

 private:
  void skip_finished();

  std::span<const Bytes> pieces_;
  std::size_t index_ = 0;          // The piece to go on with,
  std::size_t written_bytes_ = 0;  // and how much of it is written.
  std::array<iovec, IOV_MAX> vectors_;
};

std::uint64_t total_bytes(std::span<const Bytes> pieces);

}  // namespace wallop::io
