// SPDX-License-Identifier: Apache-2.0
// Errors as values: what every call through the seam returns.
//
// A code is a remedy, not a diagnosis: two failures share one when the caller would do the same about both.
// The number that the operating system gave stands beside it, and the sentence for humans is composed at the
// edge (describe).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace wallop::io {

enum class Code : std::uint8_t {
  not_found,       // Create it, or look elsewhere.
  already_exists,  // Choose another name.
  invalid,         // The caller's mistake: an argument, an option, a state that forbids the call.
  too_large,       // Make it smaller; nothing was written.
  no_space,        // Free space, then try again.
  locked,          // Another process holds it: wait, or stop that one.
  unsupported,     // This world cannot: use the fallback.
  permission,      // Ask the administrator.
  io_error,        // The medium failed; the state of the bytes concerned is unknown.
  corrupt,         // Bytes that were once durable are damaged or gone.
  poisoned,        // An earlier failure left the state unknown: reopen.
  closed,          // The object was closed.
  world_ended,     // The simulated world is over: unwind.
};

[[nodiscard]] std::string_view name(Code code);

struct Error {
  Code code = Code::io_error;
  int os_error = 0;          // errno, 0 where none was involved.
  std::string_view action;   // A literal: "write", "sync directory".
  std::string file;          // Which file or directory, "" where none.
  std::uint64_t offset = 0;  // Bytes from the file's start, 0 where it says nothing.
  bool injected = false;     // A fault plan made it: reports must not blame the machine.
  std::string detail;        // What else a human needs; "" mostly.

  bool operator==(const Error&) const = default;
};

// "write 0000000000000001.wal, offset 4096: No space left on device (ENOSPC)"
[[nodiscard]] std::string describe(const Error& error);

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;
using Failure = std::unexpected<Error>;

// The code whose remedy fits an errno.
[[nodiscard]] Code code_of(int os_error);
// An error from an errno.
[[nodiscard]] Failure failure(int os_error, std::string_view action, std::string_view file,
                              std::uint64_t offset = 0);
// An error that no errno stands behind.
[[nodiscard]] Failure failure(Code code, std::string_view action, std::string_view file, std::string detail);

}  // namespace wallop::io
