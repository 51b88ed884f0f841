// SPDX-License-Identifier: Apache-2.0
// Many pieces of memory as the vectors that one system call takes.
#include "io/posix_gather.h"

#include <algorithm>

#include "base/ensure.h"

namespace wallop::io {

std::span<const iovec> Gather::next() {
  std::size_t count = 0;
  std::size_t room_bytes = kTransferMaxBytes;
  std::size_t begin = written_bytes_;
  for (std::size_t i = index_; i < pieces_.size() && count < vectors_.size() && room_bytes > 0; ++i) {
    const Bytes rest = pieces_[i].subspan(begin);
    const std::size_t taken = std::min(rest.size(), room_bytes);
    begin = 0;
    if (taken == 0) continue;
    // writev only reads from what it is given; its type cannot say so.
    vectors_[count++] = iovec{.iov_base = const_cast<std::byte*>(rest.data()), .iov_len = taken};
    room_bytes -= taken;
  }
  return std::span(vectors_).first(count);
}

void Gather::advance(std::size_t bytes) {
  while (bytes > 0) {
    base::ensure(!done(), "a call writes no more than it was given");
    const std::size_t taken = std::min(bytes, pieces_[index_].size() - written_bytes_);
    written_bytes_ += taken;
    bytes -= taken;
    skip_finished();
  }
}

void Gather::skip_finished() {
  while (!done() && written_bytes_ == pieces_[index_].size()) {
    ++index_;
    written_bytes_ = 0;
  }
}

std::uint64_t total_bytes(std::span<const Bytes> pieces) {
  std::uint64_t total = 0;
  for (const Bytes piece : pieces) total += piece.size();
  return total;
}

}  // namespace wallop::io
