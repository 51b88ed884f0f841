// SPDX-License-Identifier: Apache-2.0
// An open file of the machine.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "io/file.h"
#include "io/posix_calls.h"
#include "io/posix_descriptor.h"
#include "io/posix_stored.h"

namespace wallop::io {

class PosixFile final : public File {
 public:
  // `name` is for errors. `calls` must outlive the file.
  PosixFile(Descriptor descriptor, std::string name, const PosixCalls& calls);

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override;
  Result<std::size_t> read_once_at(std::uint64_t offset, std::span<std::byte> into) override;
  Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override;
  using File::write_at;
  Status write_at(std::uint64_t offset, std::span<const Bytes> pieces) override;
  Status write_durable_at(std::uint64_t offset, std::span<const Bytes> pieces) override;
  Status sync() override;
  Status sync_all() override;
  Status truncate(std::uint64_t size) override;
  Status allocate(std::uint64_t offset, std::uint64_t size, KeepSize keep_size) override;
  Result<std::uint64_t> size() override;

 private:
  Status write_all(std::uint64_t offset, std::span<const Bytes> pieces, int flags, std::string_view action);
  Status sync_by(int (*call)(int), std::string_view action);

  Descriptor descriptor_;
  std::string name_;
  const PosixCalls& calls_;
  StoredReader stored_;
  std::atomic<bool> can_write_durable_ = true;  // Until the kernel or the file system says that it cannot.
};

}  // namespace wallop::io
