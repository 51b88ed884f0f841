// SPDX-License-Identifier: Apache-2.0
// Trace: a short list of file operations, one JSON object a line, whose crash images can be asked for.
// docs/trace.md gives the format.
//
// A value that knows nothing of the simulator: the reference model of durability reads it too.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace wallop::sim {

struct TraceOp {
  enum class Kind : std::uint8_t {
    create,
    make_directory,
    write,
    write_durable,
    truncate,
    allocate,
    sync,      // fdatasync.
    sync_all,  // fsync.
    sync_directory,
    rename,
    link,
    remove,
  };

  Kind kind = Kind::create;
  std::string path;          // From the root; "." is the root. Of a rename and a link the existing name.
  std::string to{};          // Of a rename and a link.
  std::uint64_t offset = 0;  // Bytes, of a write and an allocate.
  std::uint64_t bytes = 0;   // Of a write and an allocate; of a truncate the new size.
  char fill = 'A';           // Of a write: each of its bytes.
  bool keep_size = false;    // Of an allocate: the file does not grow.
  std::uint64_t line = 0;    // Where it stood in its text; 0: nowhere.
};

using Trace = std::vector<TraceOp>;

struct TraceProblem {
  std::uint64_t line = 0;  // From 1.
  std::string reason;      // What is wrong, and what would be right.
};

// Empty lines and lines that start with '#' are skipped. At most 4,096 operations, 1 MiB a file, 4 MiB in
// all.
[[nodiscard]] std::expected<Trace, TraceProblem> read_trace(std::string_view text);
// As read_trace() takes it, without the line's end.
[[nodiscard]] std::string to_text(const TraceOp& op);

}  // namespace wallop::sim
