// SPDX-License-Identifier: Apache-2.0
// Our own log, in its plain build: the one that is installed.
#include <chrono>
#include <optional>
#include <utility>

#include "bench/peers/peer.h"
#include "bench/peers/stopwatch.h"
#include "io/posix_world.h"
#include "wal/wal.h"

namespace wallop::bench {
namespace {

constexpr std::uint64_t kSegmentMin = 16 << 20;
constexpr std::uint64_t kBlock = 4096;
constexpr std::uint64_t kRecoverySegment = 64 << 20;

wal::SyncPolicy policy_of(Promise promise) {
  switch (promise) {
    case Promise::buffered:
      return wal::Os{.buffer_bytes = kBufferBytes};
    case Promise::batched:
      return wal::Batch{.window = std::chrono::milliseconds(5), .bytes = 16ULL << 20};
    case Promise::handed_over:
      return wal::Os{};
    case Promise::durable:
      break;
  }
  return wal::Always{};
}

// Segments are filled with zeros before they are used, as those of naive-zeroed. Where nothing asks for a
// sync, none is made: no peer bounds what it has written and not synced.
wal::Options options_of(const PeerSetup& setup) {
  // Encoding and frames; where each append is written by itself a frame for each, where it is synced by
  // itself whole blocks.
  const std::uint64_t room = setup.promise == Promise::durable       ? 5 * setup.capacity_bytes
                             : setup.promise == Promise::handed_over ? 2 * setup.capacity_bytes
                                                                     : setup.capacity_bytes * 3 / 2;
  const std::uint64_t whole = (room + kSegmentMin) / kBlock * kBlock;
  const bool rotates = setup.segment_bytes != 0;
  return {.directory = setup.directory,
          .segment_bytes = rotates ? setup.segment_bytes : whole,
          .sync = policy_of(setup.promise),
          .preallocate = wal::Preallocate::zero_fill,
          .spare_segments = rotates ? 2U : 0U,
          .unsynced_bytes_max = 1ULL << 30};
}

// A recovered log says what it found whatever its options were.
wal::Options options_of_recovery(const std::string& directory, unsigned threads) {
  return {.directory = directory,
          .segment_bytes = kRecoverySegment,
          .sync = wal::Os{.buffer_bytes = kBufferBytes},
          .preallocate = wal::Preallocate::none,
          .spare_segments = 0,
          .recovery_threads = threads};
}

template <class T>
T taken(io::Result<T> result) {
  if (!result) give_up(io::describe(result.error()));
  return std::move(*result);
}
void check(const io::Status& status) {
  if (!status) give_up(io::describe(status.error()));
}

class WallopPeer final : public Peer {
 public:
  explicit WallopPeer(const wal::Options& options) {
    auto opened = taken(wal::Wal::open(machine_.world(), options));
    log_.emplace(std::move(opened.wal));
  }

  std::uint64_t append(unsigned, std::uint64_t number, std::string_view record) override {
    const Key key(number);
    const auto placed = log_->append(wal::Record::put(key.text(), record.substr(kNumberBytes)));
    if (!placed) give_up(io::describe(placed.error()));
    return placed->position.segment.value();
  }
  void sync() override { taken(log_->sync()); }
  void close() override { check(log_->close()); }

 private:
  io::PosixWorld machine_{"."};
  std::optional<wal::Wal> log_;
};

std::unique_ptr<Peer> open(const PeerSetup& setup) {
  return std::make_unique<WallopPeer>(options_of(setup));
}

Found scan(const std::string& directory) {
  io::PosixWorld machine(".");
  auto opened = taken(wal::Wal::open(machine.world(), options_of_recovery(directory, 1)));
  const Stopwatch watch;
  auto reader = taken(opened.wal.read_from(wal::Position::start()));
  Found found;
  for (auto next = taken(reader.next()); next; next = taken(reader.next())) {
    ++found.record_count;
  }
  found.took_ns = watch.ns();
  check(opened.wal.close());
  return found;
}

Found recover(const std::string& directory, unsigned threads) {
  io::PosixWorld machine(".");
  const Stopwatch watch;
  auto opened = taken(wal::Wal::open(machine.world(), options_of_recovery(directory, threads)));
  const Found found{opened.info.valid_records, watch.ns()};
  check(opened.wal.close());
  return found;
}

}  // namespace

const EngineKind kWallopEngine{"wallop", "the reference log, its plain build", open, scan, recover};

}  // namespace wallop::bench
