// SPDX-License-Identifier: Apache-2.0
// Scanning the files of a log, several at once: each by one thread, through a window of its own.
//
// What is found does not depend on how many threads there are: each file's answer is its own, and of several
// failures the one in the first file counts. The caller's thread works too; with one thread no other is made.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "wal/options.h"
#include "wal/scan.h"
#include "wal/window.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// How much may be done for an examination, and who is told how far it has come.
struct Effort {
  unsigned threads = 1;
  RecoveryProgressCallback progress{};
};

// One file to be scanned, as scan_body says.
struct ScanJob {
  FoundSegment* segment = nullptr;
  Stop stop;
  const WholeFile* whole = nullptr;  // What was read of it before, if all of it was.
  std::uint64_t trusted_end = 0;     // A successful sync covers the file so far: the cache may answer.
  Reach reach = Reach::bounded;
};

// Summed over the threads.
struct ScanCost {
  std::uint64_t bytes_read = 0;
  io::Duration read_time{};
  io::Duration checksum_time{};  // All that was not reading.

  void add(const ScanCost& other) {
    bytes_read += other.bytes_read;
    read_time += other.read_time;
    checksum_time += other.checksum_time;
  }
};

class ParallelScan {
 public:
  ParallelScan(io::World& world, ReadVia via, const std::optional<LogUuid>& uuid, const Effort& effort);

  // After a failure what the segments hold is unspecified.
  io::Status run(std::span<const ScanJob> jobs);
  [[nodiscard]] const ScanCost& cost() const { return cost_; }

 private:
  enum class Worker : bool { caller, helper };

  void work(Worker worker);
  std::optional<std::size_t> take_job();
  io::Status scan(Window& window, ReadMeter& meter, const ScanJob& job);
  io::Result<std::uint64_t> written_in_cache(io::File& file, std::uint64_t file_bytes, ReadMeter& meter,
                                             const ScanJob& job);
  void add_bytes(Worker worker, std::uint64_t bytes);

  io::World& world_;
  const ReadVia via_;
  const std::optional<LogUuid> uuid_;
  const Effort& effort_;
  std::span<const ScanJob> jobs_;
  std::vector<io::Status> statuses_;  // One for each job, written by whoever took it.
  std::uint64_t bytes_total_ = 0;
  std::unique_ptr<io::Mutex> mutex_;

  // Under the mutex.
  std::size_t next_job_ = 0;
  bool has_failed_ = false;
  std::uint64_t bytes_done_ = 0;
  ScanCost cost_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
