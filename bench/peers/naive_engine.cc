// SPDX-License-Identifier: Apache-2.0
// A log without care: what can be written in an hour, and the bound that a careful one is measured against.
//
//   +------+-------+--------+
//   | crc  | bytes | record |      crc: CRC32C of `bytes` and the record. bytes 0: the end.
//   | u32  | u32   |        |
//   +------+-------+--------+
//
// No LSN, no epoch, no evidence of what was durable; a torn end is not told from a damaged record. `naive`
// lets its file grow and calls fdatasync; `naive-zeroed` writes zeros ahead and opens the file O_DSYNC where
// appends are durable. Group commit is a leader that writes what has gathered while the one before it wrote.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/peers/stopwatch.h"
#include "wal/crc32c.h"

namespace wallop::bench {
namespace {

constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kReadBytes = 1 << 20;
constexpr std::size_t kZeroBytes = 1 << 20;

enum class Growth : std::uint8_t { grows, zeroed };

std::uint32_t checksum(std::string_view bytes) {
  return wal::crc32c(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

std::string file_name(const std::string& directory, std::uint64_t segment) {
  return fmt::format("{}/{:08}.naive", directory, segment);
}

void sync_directory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  require(fd >= 0 && ::fsync(fd) == 0, "naive: the directory cannot be synced");
  ::close(fd);
}

void write_all(int fd, const char* bytes, std::size_t count, std::uint64_t offset) {
  while (count > 0) {
    const ssize_t done = ::pwrite(fd, bytes, count, static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    require(done > 0, "naive: a write failed");
    bytes += done;
    offset += static_cast<std::uint64_t>(done);
    count -= static_cast<std::size_t>(done);
  }
}

class NaivePeer final : public Peer {
 public:
  NaivePeer(const PeerSetup& setup, Growth growth) : setup_(setup), growth_(growth) {
    gathered_.reserve(kReadBytes);
    writing_.reserve(kReadBytes);
    start_segment();
  }
  ~NaivePeer() override { ::close(fd_); }

  std::uint64_t append(unsigned, std::uint64_t, std::string_view record) override {
    const auto bytes = static_cast<std::uint32_t>(record.size());
    char head[kHeadBytes];
    const std::uint32_t crc = checksum(record) ^ bytes;
    std::memcpy(head, &crc, sizeof crc);
    std::memcpy(head + sizeof crc, &bytes, sizeof bytes);
    std::unique_lock lock(mutex_);
    gathered_.insert(gathered_.end(), head, head + kHeadBytes);
    gathered_.insert(gathered_.end(), record.begin(), record.end());
    accepted_ += kHeadBytes + record.size();
    const std::uint64_t mine = accepted_;
    if (setup_.promise == Promise::buffered || setup_.promise == Promise::batched) {
      if (gathered_.size() >= kBufferBytes && !is_writing_) write_gathered(lock);
    } else {
      wait_written(lock, mine);
    }
    return segment_;
  }
  void sync() override {
    std::unique_lock lock(mutex_);
    wait_written(lock, accepted_);
    lock.unlock();
    require(::fdatasync(fd_) == 0, "naive: fdatasync failed");
  }
  void close() override { sync(); }

 private:
  void wait_written(std::unique_lock<std::mutex>& lock, std::uint64_t upto) {
    while (written_ < upto) {
      if (is_writing_)
        changed_.wait(lock);
      else
        write_gathered(lock);
    }
  }

  void write_gathered(std::unique_lock<std::mutex>& lock) {
    is_writing_ = true;
    std::swap(gathered_, writing_);
    const std::uint64_t upto = accepted_;
    lock.unlock();
    if (setup_.segment_bytes != 0 && end_ + writing_.size() > setup_.segment_bytes) start_segment();
    write_all(fd_, writing_.data(), writing_.size(), end_);
    end_ += writing_.size();
    const bool syncs = setup_.promise == Promise::durable && growth_ == Growth::grows;
    require(!syncs || ::fdatasync(fd_) == 0, "naive: fdatasync failed");
    lock.lock();
    writing_.clear();
    written_ = upto;
    is_writing_ = false;
    changed_.notify_all();
  }

  // Creates, reserves or fills, syncs file and directory: all of it before the append that rotates returns.
  void start_segment() {
    if (fd_ >= 0) ::close(fd_);
    end_ = 0;
    const std::string name = file_name(setup_.directory, ++segment_);
    const int dsync = setup_.promise == Promise::durable && growth_ == Growth::zeroed ? O_DSYNC : 0;
    fd_ = ::open(name.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    require(fd_ >= 0, "naive: the file cannot be made in " + setup_.directory);
    if (growth_ == Growth::zeroed) {
      fill();
    } else if (setup_.segment_bytes != 0) {
      require(::posix_fallocate(fd_, 0, static_cast<off_t>(setup_.segment_bytes)) == 0, "naive: no space");
    }
    require(::fsync(fd_) == 0, "naive: fsync failed");
    sync_directory(setup_.directory);
    if (dsync == 0) return;
    ::close(fd_);
    fd_ = ::open(name.c_str(), O_WRONLY | O_CLOEXEC | dsync);
    require(fd_ >= 0, "naive: the file cannot be opened again");
  }

  void fill() {
    const std::vector<char> zeros(kZeroBytes);
    const std::uint64_t whole =
        setup_.segment_bytes != 0 ? setup_.segment_bytes : setup_.capacity_bytes * 5 / 4 + kZeroBytes;
    for (std::uint64_t at = 0; at < whole; at += zeros.size())
      write_all(fd_, zeros.data(), std::min<std::uint64_t>(zeros.size(), whole - at), at);
  }

  const PeerSetup setup_;
  const Growth growth_;
  int fd_ = -1;
  std::uint64_t segment_ = 0;
  std::uint64_t end_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<char> gathered_, writing_;
  std::uint64_t accepted_ = 0, written_ = 0;
  bool is_writing_ = false;
};

// Reads on so that `need` bytes from `at` on are there; false at the end of the file.
bool has(int fd, std::vector<char>& bytes, std::size_t& at, std::size_t& end, std::size_t need) {
  if (end - at >= need) return true;
  std::memmove(bytes.data(), bytes.data() + at, end - at);
  end -= at;
  at = 0;
  if (bytes.size() < need) bytes.resize(need);
  while (end < need) {
    const ssize_t got = ::read(fd, bytes.data() + end, bytes.size() - end);
    if (got <= 0) return false;
    end += static_cast<std::size_t>(got);
  }
  return true;
}

Found scan(const std::string& directory) {
  const Stopwatch watch;
  const int fd = ::open(file_name(directory, 1).c_str(), O_RDONLY | O_CLOEXEC);
  require(fd >= 0, "naive: there is no log in " + directory);
  std::vector<char> bytes(kReadBytes);
  std::size_t at = 0, end = 0;
  Found found;
  while (has(fd, bytes, at, end, kHeadBytes)) {
    std::uint32_t crc = 0, length = 0;
    std::memcpy(&crc, bytes.data() + at, sizeof crc);
    std::memcpy(&length, bytes.data() + at + sizeof crc, sizeof length);
    if (length == 0 || !has(fd, bytes, at, end, kHeadBytes + length)) break;
    if ((checksum({bytes.data() + at + kHeadBytes, length}) ^ length) != crc) break;
    at += kHeadBytes + length;
    ++found.record_count;
  }
  ::close(fd);
  found.took_ns = watch.ns();
  return found;
}

// It has nothing to recover but its end.
Found recover(const std::string& directory, unsigned) {
  return scan(directory);
}

std::unique_ptr<Peer> open_growing(const PeerSetup& setup) {
  return std::make_unique<NaivePeer>(setup, Growth::grows);
}
std::unique_ptr<Peer> open_zeroed(const PeerSetup& setup) {
  return std::make_unique<NaivePeer>(setup, Growth::zeroed);
}

}  // namespace

const EngineKind kNaiveEngine{"naive", "a log without care, its file grows", open_growing, scan, recover};
const EngineKind kNaiveZeroedEngine{"naive-zeroed", "the same, its file filled with zeros before",
                                    open_zeroed, scan, recover};

}  // namespace wallop::bench
