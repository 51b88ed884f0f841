// SPDX-License-Identifier: Apache-2.0
// Window: reads files piece by piece through one buffer, so that a log of any size is walked in bounded
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "io/aligned_bytes.h"
#include "io/file.h"
#include "io/result.h"
#include "io/time.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// Whether a read may be answered by the page cache, or must come from the device.
enum class ReadVia : std::uint8_t { cache, stored };

inline constexpr std::size_t kWindowBytes = 1U << 20;

// A whole file, as it was read.
struct WholeFile {
  io::AlignedBytes bytes;
  std::size_t size = 0;
};

// What reading costs, and who is told of each read. One for each thread.
struct ReadMeter {
  io::Clock& clock;
  io::Duration read_time{};
  std::function<void(std::uint64_t bytes)> on_read{};
};

class Window {
 public:
  // Reads `piece_bytes` at once, or more where more is asked for.
  explicit Window(ReadVia via, ReadMeter* meter = nullptr, std::size_t piece_bytes = kWindowBytes)
      : via_(via), meter_(meter), piece_bytes_(piece_bytes) {}

  // From now on views are of `file`, which must outlive them. Its size is taken now.
  io::Status aim(io::File& file);
  // The same up to `end` only: what lies behind it may still be being written.
  void aim(io::File& file, std::uint64_t end);
  // Of a file that was read before; it must outlive the views.
  void aim(const WholeFile& file);
  // A successful sync is proven to cover the file up to `end`: the page cache may answer for what lies
  // before.
  void trust(std::uint64_t end) { trusted_end_ = end; }
  // It is written up to `end` now. What was read stays: bytes before an end do not change.
  void extend(std::uint64_t end) { file_bytes_ = end; }
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  // Bytes read since construction.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

  // The `size` bytes at `offset`, fewer only where the file ended there when it was aimed at, or `end` is.
  // They stand until the next call. More than a piece at once grows the buffer.
  io::Result<io::Bytes> view(std::uint64_t offset, std::size_t size) {
    const bool is_held = offset >= begin_ && offset < begin_ + held_ && size <= begin_ + held_ - offset;
    if (is_held && offset + size <= file_bytes_) [[likely]]
      return io::Bytes(held_bytes_ + (offset - begin_), size);
    return view_read(offset, size);
  }
  // The file, where the last view left all of it in the buffer. The next one reads again.
  std::optional<WholeFile> take_whole();

 private:
  io::Result<io::Bytes> view_read(std::uint64_t offset, std::size_t size);
  io::Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into, ReadVia via);
  io::Status refill(std::uint64_t offset, std::size_t size);
  [[nodiscard]] std::size_t keep_from(std::uint64_t offset) const;
  void make_room(std::size_t at, std::size_t kept, std::size_t wanted);

  ReadVia via_;
  ReadMeter* meter_;
  const std::size_t piece_bytes_;
  io::File* file_ = nullptr;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t trusted_end_ = 0;
  std::uint64_t bytes_read_ = 0;
  io::AlignedBytes buffer_;
  std::size_t buffer_bytes_ = 0;
  const std::byte* held_bytes_ = nullptr;  // In the buffer, or in a whole file.
  std::uint64_t begin_ = 0;                // What they are: file bytes begin_ .. begin_ + held_.
  std::size_t held_ = 0;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
