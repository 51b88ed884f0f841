// SPDX-License-Identifier: Apache-2.0
// Peer: a log, ours or somebody else's, as wallop_peer measures it. One record is one commit.
//
// What surprises: an engine that cannot go on ends the program (give_up): a machine on which a log fails is
// no place for a measurement. Each engine is one file; those whose package is not installed are left out, and
// missing_engines() says what to install.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace wallop::bench {

// What holds when an append returns.
enum class Promise : std::uint8_t {
  buffered,     // It is in the memory of this process, with up to 64 KiB of others.
  batched,      // The same, and a sync that covers it begins within 5 ms.
  handed_over,  // The operating system has it.
  durable,      // It survives power loss.
};

struct PeerSetup {
  std::string directory;  // Empty, or what an earlier run of the same engine left.
  Promise promise = Promise::buffered;
  unsigned writers = 1;
  // What will be appended at most; space for it is made ready before the first append, where the engine can.
  std::uint64_t capacity_bytes = 64ULL << 20;
  std::uint64_t segment_bytes = 0;  // Where it shall rotate; 0 is never.
};

// The bytes of a record that engines with keys take for its number; the rest is the value.
inline constexpr std::size_t kNumberBytes = 8;
// Of memory before a buffered log writes.
inline constexpr std::size_t kBufferBytes = 64 << 10;

class Peer {
 public:
  virtual ~Peer() = default;  // As if the process had ended here.
  // By any thread; `writer` numbers the thread, `number` the record. Returns the segment that it went to, 0
  // where the engine does not say.
  virtual std::uint64_t append(unsigned writer, std::uint64_t number, std::string_view record) = 0;
  // Makes everything durable.
  virtual void sync() = 0;
  // Ends cleanly, with everything durable.
  virtual void close() = 0;
};

// What was read back.
struct Found {
  std::uint64_t record_count = 0;  // 0 where the engine does not tell.
  std::uint64_t took_ns = 0;
};

struct EngineKind {
  std::string_view name;
  std::string_view about;
  std::unique_ptr<Peer> (*open)(const PeerSetup&);
  // Reads and checks every record by the engine's own reader; null where it has no public one.
  Found (*scan)(const std::string& directory);
  // Opens what is there, until it would take appends; with so many threads, where the engine knows of that.
  Found (*recover)(const std::string& directory, unsigned threads);
};

// What was left out of this build, and the Debian package that brings it.
struct MissingEngine {
  std::string_view name;
  std::string_view package;
};

[[nodiscard]] std::span<const EngineKind> engines();
[[nodiscard]] std::span<const MissingEngine> missing_engines();

// One file each.
extern const EngineKind kWallopEngine, kNaiveEngine, kNaiveZeroedEngine, kLevelEngine, kRocksEngine,
    kRocksLogEngine, kSqliteEngine;

// Whether RocksDB or LevelDB have called the checksum that is put in place of their packages'
// (peer_crc32c.cc).
[[nodiscard]] bool peers_checksum_in_hardware();

// The record's number as big-endian bytes, so that keys rise.
struct Key {
  explicit Key(std::uint64_t number) {
    if (std::endian::native == std::endian::little) number = std::byteswap(number);
    std::memcpy(bytes, &number, sizeof bytes);
  }
  [[nodiscard]] std::string_view text() const { return {bytes, kNumberBytes}; }
  char bytes[kNumberBytes];
};

// Says why on standard error and ends the program with 1.
[[noreturn]] void give_up(std::string_view why);
inline void require(bool holds, std::string_view why) {
  if (!holds) give_up(why);
}

}  // namespace wallop::bench
