// SPDX-License-Identifier: Apache-2.0
// A log on the real machine, in a directory of its own that goes with it.
//
// What surprises: the log lives on whatever $TMPDIR or /tmp is. Memory or disk makes little difference to
// records that nobody syncs, and all the difference to a sync.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include "base/ensure.h"
#include "base/testing/scratch_directory.h"
#include "base/units.h"
#include "io/posix_world.h"
#include "wal/wal.h"

namespace wallop::bench {

using base::literals::operator""_KiB;
using base::literals::operator""_MiB;

// Of a record that is measured by its size.
inline constexpr std::size_t kKeyBytes = 16;

// A record whose key and value have `bytes` together, at least kKeyBytes. `text` holds them.
inline wal::Record record_of(const std::string& text) {
  const std::string_view all = text;
  return wal::Record::put(all.substr(0, kKeyBytes), all.substr(kKeyBytes));
}

class ScratchLog {
 public:
  // 64 KiB may wait in memory, and nothing is ever synced: what is measured is the log and not the disk.
  static wal::Options unsynced(std::uint64_t segment_bytes) {
    return {.directory = "log", .segment_bytes = segment_bytes, .sync = wal::Os{.buffer_bytes = 64_KiB}};
  }

  // Opens an empty log. A machine that cannot is no place for a measurement: the program ends.
  explicit ScratchLog(const wal::Options& options) : options_(options) { reopen(); }
  ScratchLog(const ScratchLog&) = delete;
  ScratchLog& operator=(const ScratchLog&) = delete;

  wal::Wal& log() { return *log_; }
  io::World& world() { return machine_.world(); }
  const wal::Options& options() const { return options_; }

  // How many threads read from now on what the directory holds.
  void read_with(unsigned threads) { options_.recovery_threads = threads; }
  // What the directory holds is recovered.
  wal::RecoveryInfo reopen() {
    log_.reset();
    auto opened = wal::Wal::open(world(), options_);
    if (!opened) fail(opened.error());
    log_.emplace(std::move(opened->wal));
    return std::move(opened->info);
  }
  void close() {
    if (const auto closed = log_->close(); !closed) fail(closed.error());
    log_.reset();
  }

 private:
  [[noreturn]] static void fail(const io::Error& error) {
    base::ensure_failed(io::describe(error).c_str(), std::source_location::current());
  }

  base::testing::ScratchDirectory directory_;
  io::PosixWorld machine_{directory_.path()};
  wal::Options options_;
  std::optional<wal::Wal> log_;
};

}  // namespace wallop::bench
