// SPDX-License-Identifier: Apache-2.0
// Reading a file past the page cache: always, or only where it would have to be filled. What each way proves
// is said in posix_stored.cc.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

#include "io/posix_calls.h"
#include "io/posix_descriptor.h"
#include "io/result.h"

namespace wallop::io {

class StoredReader {
 public:
  // All three must outlive the reader. Nothing is opened before the first read.
  StoredReader(const Descriptor& file, std::string_view name, const PosixCalls& calls);

  // File::read_stored_at. The range, widened to whole pages, must lie within off_t.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into);

  // File::read_once_at; the same of the range.
  Result<std::size_t> read_once_at(std::uint64_t offset, std::span<std::byte> into);

 private:
  enum class Way { undecided, direct, evict, none };

  Way decide();
  Result<std::size_t> read_direct(std::uint64_t offset, std::span<std::byte> into, std::string_view action);
  Result<std::size_t> read_evicted(std::uint64_t offset, std::span<std::byte> into);

  const Descriptor& file_;
  std::string_view name_;
  const PosixCalls& calls_;
  std::mutex mutex_;  // Guards the next two until decided; they do not change after.
  Way way_ = Way::undecided;
  Descriptor direct_;
};

}  // namespace wallop::io
