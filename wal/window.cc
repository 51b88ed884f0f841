// SPDX-License-Identifier: Apache-2.0
// The buffer moves where a view asks for it; what lies inside is not read again.
#include "wal/window.h"

#include <algorithm>

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
  held_ = 0;
  return whole;
}

io::Result<std::size_t> Window::read(std::uint64_t offset, std::span<std::byte> into, ReadVia via) {
  const io::Instant begin = meter_ != nullptr ? meter_->clock.now() : io::Instant{};
  auto got = via == ReadVia::cache ? file_->read_at(offset, into) : file_->read_stored_at(offset, into);
  if (meter_ == nullptr) return got;
  const io::Instant end = meter_->clock.now();
  meter_->read_time += end - begin;
  if (got && meter_->on_read) meter_->on_read(*got);
  return got;
}

// A view on both sides of what is trusted comes from the device.
io::Status Window::refill(std::uint64_t offset, std::size_t size) {
  std::size_t wanted = std::min<std::uint64_t>(std::max(size, piece_bytes_), file_bytes_ - offset);
  ReadVia via = via_;
  if (via == ReadVia::stored && offset + size <= trusted_end_) {
    via = ReadVia::cache;
    wanted = std::min<std::uint64_t>(wanted, trusted_end_ - offset);
  }
  held_ = 0;
  if (wanted > buffer_bytes_) {
    buffer_ = std::make_unique_for_overwrite<std::byte[]>(wanted);
    buffer_bytes_ = wanted;
  }
  const std::span<std::byte> into(buffer_.get(), wanted);
  auto got = read(offset, into, via);
  if (!got) return io::Failure(std::move(got.error()));
  held_bytes_ = buffer_.get();
  begin_ = offset;
  held_ = *got;
  bytes_read_ += *got;
  return {};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
