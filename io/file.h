// SPDX-License-Identifier: Apache-2.0
// One open file. Two facts are kept apart everywhere: *visible* (what a read returns now) and *durable* (what
// survives power loss). A write changes only the first; sync moves the second; closing moves nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/result.h"

namespace wallop::io {

using Bytes = std::span<const std::byte>;

enum class KeepSize : bool { no, yes };

class File {
 public:
  // Closes; gives up the lock of no other handle; makes nothing durable and reports nothing.
  virtual ~File() = default;

  // Reads up to into.size() bytes, from the page cache where it has them. Fewer means end of file, never a
  // hiccup. After a failure the content of `into` is unspecified.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;

  // The same for one who reads a long stretch once and in a row. What the page cache lacks may come past it,
  // and is not kept there.
  virtual Result<std::size_t> read_once_at(std::uint64_t offset, std::span<std::byte> into) {
    return read_at(offset, into);
  }

  // The same past the page cache: what the device holds. Where the world cannot: unsupported, nothing read.
  // Offset and memory of io/aligned_bytes.h spare a copy.
  virtual Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) = 0;

  // Writes all of `pieces`, one after the other, from `offset` on; visible at once, durable at the next sync.
  // After a failure those bytes, and only those, are unspecified, visible and durable, and so is how far the
  // file grew.
  virtual Status write_at(std::uint64_t offset, std::span<const Bytes> pieces) = 0;
  Status write_at(std::uint64_t offset, Bytes bytes) { return write_at(offset, std::span(&bytes, 1)); }

  // Writes and makes these bytes, and no others, durable before it returns (O_DSYNC). After a failure as
  // write_at, and as after a failed sync: writing again proves nothing.
  virtual Status write_durable_at(std::uint64_t offset, std::span<const Bytes> pieces) = 0;

  // Makes durable every byte written before the call, and the size and blocks needed to read them
  // (fdatasync). After a failure the unsynced bytes may be gone, whatever a read shows. Syncing again proves
  // nothing.
  virtual Status sync() = 0;

  // sync() and all of the file's own metadata (fsync). Names belong to their directory:
  // FileSystem::sync_directory.
  virtual Status sync_all() = 0;

  // Sets the size; what is beyond it is gone, what is new reads as zeros. Not durable before a sync. After a
  // failure the size is the old one.
  virtual Status truncate(std::uint64_t size) = 0;

  // Reserves blocks, so that later writes there cannot fail for want of space; content does not change, new
  // bytes read as zeros. Where the file system cannot: unsupported, nothing changed.
  virtual Status allocate(std::uint64_t offset, std::uint64_t size, KeepSize keep_size) = 0;

  virtual Result<std::uint64_t> size() = 0;
};

}  // namespace wallop::io
