// SPDX-License-Identifier: Apache-2.0
// A hardware CRC32C for the peers whose Debian package has none: amd64's baseline knows no SSE4.2, so RocksDB
// is built without it, and LevelDB without the library that has it. Measured so they would lose by a build
// flag.
//
// How: the two functions below have the names that the libraries call. RocksDB's calls go through its dynamic
// symbol table, where the program comes first; LevelDB is linked as an archive, whose own member is then
// never taken. wallop_peer says "peer_crc32c": true only where a call arrived (peers_test.cmake asks).
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/peers/peer.h"
#include "wal/crc32c.h"

namespace {
std::atomic<bool> called{false};

std::uint32_t extend(std::uint32_t crc, const char* data, std::size_t bytes) {
  if (!called.load(std::memory_order_relaxed)) called.store(true, std::memory_order_relaxed);
  return wallop::wal::crc32c_extend(crc, std::as_bytes(std::span(data, bytes)));
}
}  // namespace

namespace rocksdb::crc32c {
std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t bytes);
std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t bytes) {
  return extend(crc, data, bytes);
}
}  // namespace rocksdb::crc32c

namespace leveldb::crc32c {
std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t bytes);
std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t bytes) {
  return extend(crc, data, bytes);
}
}  // namespace leveldb::crc32c

namespace wallop::bench {
bool peers_checksum_in_hardware() {
  return called.load();
}
}  // namespace wallop::bench
