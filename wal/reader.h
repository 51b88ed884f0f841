// SPDX-License-Identifier: Apache-2.0
// Reader: the records of a log in order, across segments, each frame checked before a record of it is shown.
#pragma once

#include <memory>
#include <optional>

#include "io/result.h"
#include "wal/record.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

class RecordSource;

// Made by Wal::read_from. Shows what had been appended when it was made, and ends there. For one thread at a
// time; it may outlive its log, but not the world.
class Reader {
 public:
  explicit Reader(std::unique_ptr<RecordSource> source);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // The next record, or nothing at the end. What the view points to lives until the next call.
  // not_found: its segment was deleted meanwhile. corrupt: it was damaged since the log was opened. After a
  // failure every further call fails the same way.
  io::Result<std::optional<RecordView>> next();

 private:
  std::unique_ptr<RecordSource> source_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
