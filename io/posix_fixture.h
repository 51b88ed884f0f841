// SPDX-License-Identifier: Apache-2.0
// The small language of this room's tests: a scratch directory with files in it, bytes as text, and system
// calls that fail on command.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/testing/scratch_directory.h"
#include "io/posix_calls.h"
#include "io/posix_file_system.h"

namespace wallop::io {

inline Bytes bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// What one scripted call does. The default is the real thing.
struct Outcome {
  int os_error = 0;
  std::size_t bytes_max = kTransferAll;
  static constexpr std::size_t kTransferAll = ~std::size_t{0};
};
inline Outcome fails(int os_error) {
  return {.os_error = os_error};
}
inline Outcome moves_only(std::size_t bytes) {
  return {.bytes_max = bytes};
}

// The outcomes of the next calls of one kind; after them each call is the real one.
struct Script {
  std::vector<Outcome> outcomes;
  std::size_t call_count = 0;
  int last_flags = 0;

  Outcome next() { return call_count < outcomes.size() ? outcomes[call_count++] : (++call_count, Outcome{}); }
};

// Function pointers carry no state, so the scripts are static; each fixture starts with empty ones.
struct ScriptedCalls {
  static inline Script opens, reads, writes, syncs;

  static int open(const char* path, int flags) {
    const Outcome outcome = opens.next();
    return outcome.os_error != 0 ? refuse(outcome) : ::open(path, flags);
  }
  static ssize_t pread(int fd, void* into, std::size_t size, off_t offset) {
    const Outcome outcome = reads.next();
    if (outcome.os_error != 0) return refuse(outcome);
    return ::pread(fd, into, std::min(size, outcome.bytes_max), offset);
  }
  static ssize_t pwritev2(int fd, const iovec* pieces, int count, off_t offset, int flags) {
    const Outcome outcome = writes.next();
    writes.last_flags = flags;
    if (outcome.os_error != 0) return refuse(outcome);
    if (outcome.bytes_max == Outcome::kTransferAll) return ::pwritev2(fd, pieces, count, offset, flags);
    return ::pwrite(fd, pieces[0].iov_base, std::min(pieces[0].iov_len, outcome.bytes_max), offset);
  }
  static int fdatasync(int fd) {
    const Outcome outcome = syncs.next();
    return outcome.os_error != 0 ? refuse(outcome) : ::fdatasync(fd);
  }
  static int fsync(int fd) {
    const Outcome outcome = syncs.next();
    return outcome.os_error != 0 ? refuse(outcome) : ::fsync(fd);
  }
  static constexpr PosixCalls table() {
    return {.open = open, .pread = pread, .pwritev2 = pwritev2, .fdatasync = fdatasync, .fsync = fsync};
  }

 private:
  static int refuse(const Outcome& outcome) {
    errno = outcome.os_error;
    return -1;
  }
};
inline constexpr PosixCalls kScriptedCalls = ScriptedCalls::table();

// A scratch directory as the root of a file system whose calls follow the scripts.
struct FilesFixture {
  FilesFixture() {
    ScriptedCalls::opens = ScriptedCalls::reads = ScriptedCalls::writes = ScriptedCalls::syncs = Script{};
  }

  base::testing::ScratchDirectory scratch;
  PosixFileSystem files{scratch.path(), kScriptedCalls};

  std::unique_ptr<File> open(std::string_view path, const OpenOptions& options = {.create = true}) {
    auto opened = files.open(path, options);
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
  // A file "f" that holds `text`.
  std::unique_ptr<File> file_with(std::string_view text) {
    auto file = open("f");
    REQUIRE(file->write_at(0, bytes(text)).has_value());
    return file;
  }
  void make(std::string_view path) { open(path); }
};

inline std::string read(File& file, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  const auto got = file.read_at(offset, std::as_writable_bytes(std::span(text)));
  REQUIRE(got.has_value());
  text.resize(*got);
  return text;
}

template <class T>
Code code_from(const Result<T>& result) {
  REQUIRE(!result.has_value());
  return result.error().code;
}

// Much address space and no memory: zeros to write from, or room to read into, for calls that a test answers
// itself.
class AddressSpace {
 public:
  explicit AddressSpace(std::size_t size)
      : size_(size),
        begin_(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    REQUIRE(begin_ != MAP_FAILED);
  }
  ~AddressSpace() { ::munmap(begin_, size_); }
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() const { return {static_cast<std::byte*>(begin_), size_}; }

 private:
  std::size_t size_;
  void* begin_;
};

}  // namespace wallop::io
