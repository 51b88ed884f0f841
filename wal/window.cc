// SPDX-License-Identifier: Apache-2.0
// The buffer moves where a view asks for it; what lies inside is not read again. A byte lies in memory as it
// does in the file, by its place in a block, so that what is read on from there needs no copy on its way.
#include "wal/window.h"

#include <algorithm>
#include <cstring>

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Status Window::aim(io::File& file) {
  held_ = 0;
  auto size = file.size();
  if (!size) return io::Failure(std::move(size.error()));
  aim(file, *size);
  return {};
}

void Window::aim(io::File& file, std::uint64_t end) {
  held_ = 0;
  file_ = &file;
  file_bytes_ = end;
  trusted_end_ = 0;
}

void Window::aim(const WholeFile& file) {
  file_ = nullptr;
  file_bytes_ = file.size;
  held_bytes_ = file.bytes.get();
  begin_ = 0;
  held_ = file.size;
}

io::Result<io::Bytes> Window::view_read(std::uint64_t offset, std::size_t size) {
  if (offset >= file_bytes_) return io::Bytes{};
  size = std::min<std::uint64_t>(size, file_bytes_ - offset);
  if (offset < begin_ || offset + size > begin_ + held_) {
    if (auto filled = refill(offset, size); !filled) return io::Failure(std::move(filled.error()));
  }
  const std::size_t from = offset - begin_;
  return io::Bytes(held_bytes_ + from, std::min(size, held_ - from));
}

std::optional<WholeFile> Window::take_whole() {
  if (begin_ != 0 || held_ == 0 || held_ != file_bytes_ || held_bytes_ != buffer_.get()) return std::nullopt;
  WholeFile whole{std::move(buffer_), held_};
  buffer_bytes_ = 0;
  held_bytes_ = nullptr;
  held_ = 0;
  return whole;
}

io::Result<std::size_t> Window::read(std::uint64_t offset, std::span<std::byte> into, ReadVia via) {
  const io::Instant begin = meter_ != nullptr ? meter_->clock.now() : io::Instant{};
  auto got = via == ReadVia::cache ? file_->read_once_at(offset, into) : file_->read_stored_at(offset, into);
  if (meter_ == nullptr) return got;
  const io::Instant end = meter_->clock.now();
  meter_->read_time += end - begin;
  if (got && meter_->on_read) meter_->on_read(*got);
  return got;
}

// A view on both sides of what is trusted comes from the device, but for what is held of it.
io::Status Window::refill(std::uint64_t offset, std::size_t size) {
  const std::size_t kept = keep_from(offset);
  const std::uint64_t from = offset + kept;
  std::size_t wanted = std::min<std::uint64_t>(std::max(size - kept, piece_bytes_), file_bytes_ - from);
  ReadVia via = via_;
  if (via == ReadVia::stored && offset + size <= trusted_end_) {
    via = ReadVia::cache;
    wanted = std::min<std::uint64_t>(wanted, trusted_end_ - from);
  }
  make_room(offset % io::kAlignBytes, kept, wanted);
  begin_ = offset;
  held_ = 0;
  auto got = read(from, std::span(buffer_.get() + offset % io::kAlignBytes + kept, wanted), via);
  if (!got) return io::Failure(std::move(got.error()));
  held_ = kept + *got;
  bytes_read_ += *got;
  return {};
}

// How many bytes from `offset` on are in the buffer.
std::size_t Window::keep_from(std::uint64_t offset) const {
  const bool is_inside = offset >= begin_ && offset < begin_ + held_;
  return is_inside ? begin_ + held_ - offset : 0;
}

// Puts the last `kept` bytes that are held at `at` in the buffer, and room for `wanted` behind them.
void Window::make_room(std::size_t at, std::size_t kept, std::size_t wanted) {
  const std::byte* const tail = held_bytes_ + (held_ - kept);
  const std::size_t needed = at + kept + wanted;
  if (needed > buffer_bytes_) {
    // What is kept of a piece varies: there is room for it from the first on.
    buffer_bytes_ = wanted < piece_bytes_ ? needed : needed + needed / 4;
    io::AlignedBytes larger = io::aligned_bytes(buffer_bytes_);
    if (kept > 0) std::memcpy(larger.get() + at, tail, kept);
    buffer_ = std::move(larger);
  } else if (kept > 0) {
    std::memmove(buffer_.get() + at, tail, kept);
  }
  held_bytes_ = buffer_.get() + at;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
