// SPDX-License-Identifier: Apache-2.0
// Reading what was written: filling a log for it, scanning, recovering; and what the device takes in a row.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <vector>

#include "bench/peers/stopwatch.h"
#include "bench/peers/workload.h"

namespace wallop::bench {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kBytesPerGb = 1e9;
constexpr std::size_t kPieceBytes = 1 << 20;

// So that no run reads from the device, whatever was evicted since it was filled.
void warm(const std::string& directory) {
  std::vector<char> piece(kPieceBytes);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const int fd = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    require(fd >= 0, "cannot read " + entry.path().string());
    while (::read(fd, piece.data(), piece.size()) > 0) {
    }
    ::close(fd);
  }
}

Numbers told(const Found& found, const Task& task) {
  const double seconds = static_cast<double>(found.took_ns) / kNsPerSecond;
  const auto bytes = static_cast<double>(task.total_bytes);
  return {{"seconds", seconds},
          {"seconds_per_gb", seconds * kBytesPerGb / bytes},
          {"bytes_per_second", bytes / seconds},
          {"records", static_cast<double>(found.record_count)}};
}

void require_all(const Found& found, const Task& task) {
  const std::uint64_t expected = task.total_bytes / task.record_bytes;
  require(found.record_count == 0 || found.record_count == expected, "not every record was found again");
}

}  // namespace

Numbers run_fill(const EngineKind& engine, const Task& task) {
  const Records records(task.record_bytes);
  const auto peer = engine.open(setup_of(task));
  const std::uint64_t count = task.total_bytes / task.record_bytes;
  for (std::uint64_t i = 0; i < count; ++i) peer->append(0, i, records.at(i));
  peer->close();
  return {{"records", static_cast<double>(count)}};
}

Numbers run_scan(const EngineKind& engine, const Task& task) {
  require(engine.scan != nullptr, "this engine has no public reader of its log");
  warm(task.directory);
  const Found found = engine.scan(task.directory);
  require_all(found, task);
  return told(found, task);
}

Numbers run_recovery(const EngineKind& engine, const Task& task) {
  require(engine.recover != nullptr, "this engine's recovery is not measured");
  warm(task.directory);
  const Found found = engine.recover(task.directory, task.threads);
  require_all(found, task);
  return told(found, task);
}

// Zeros were written before, and are overwritten in a row; in the end one fdatasync. The engine plays no
// part.
Numbers run_bandwidth(const EngineKind&, const Task& task) {
  const std::string name = task.directory + "/bandwidth";
  const int fd = ::open(name.c_str(), O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600);
  require(fd >= 0, "cannot make a file in " + task.directory);
  std::uint64_t took_ns = 0;
  for (const char byte : std::array{'\0', 'b'}) {
    const std::vector<char> piece(kPieceBytes, byte);
    const Stopwatch watch;
    for (std::uint64_t at = 0; at < task.total_bytes; at += piece.size())
      require(::pwrite(fd, piece.data(), piece.size(), static_cast<off_t>(at)) ==
                  static_cast<ssize_t>(piece.size()),
              "a write failed");
    require(::fdatasync(fd) == 0, "fdatasync failed");
    took_ns = watch.ns();
  }
  ::close(fd);
  return {{"bytes_per_second",
           static_cast<double>(task.total_bytes) * kNsPerSecond / static_cast<double>(took_ns)}};
}

}  // namespace wallop::bench
