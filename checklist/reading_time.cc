// SPDX-License-Identifier: Apache-2.0
// Files that time their reads.
#include "checklist/reading_time.h"

#include <utility>

namespace wallop::checklist {
namespace {

class TimedFile final : public io::File {
 public:
  TimedFile(std::unique_ptr<io::File> file, io::Clock& clock, std::atomic<io::Duration::rep>& spent)
      : file_(std::move(file)), clock_(clock), spent_(spent) {}

  io::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    return timed([&] { return file_->read_at(offset, into); });
  }
  io::Result<std::size_t> read_once_at(std::uint64_t offset, std::span<std::byte> into) override {
    return timed([&] { return file_->read_once_at(offset, into); });
  }
  io::Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override {
    return timed([&] { return file_->read_stored_at(offset, into); });
  }
  io::Status write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
    return file_->write_at(offset, pieces);
  }
  io::Status write_durable_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
    return file_->write_durable_at(offset, pieces);
  }
  io::Status sync() override { return file_->sync(); }
  io::Status sync_all() override { return file_->sync_all(); }
  io::Status truncate(std::uint64_t size) override { return file_->truncate(size); }
  io::Status allocate(std::uint64_t offset, std::uint64_t size, io::KeepSize keep_size) override {
    return file_->allocate(offset, size, keep_size);
  }
  io::Result<std::uint64_t> size() override { return file_->size(); }

 private:
  template <class Read>
  io::Result<std::size_t> timed(Read read) {
    const io::Instant begin = clock_.now();
    auto got = read();
    const io::Instant end = clock_.now();
    spent_ += (end - begin).count();
    return got;
  }

  std::unique_ptr<io::File> file_;
  io::Clock& clock_;
  std::atomic<io::Duration::rep>& spent_;
};

}  // namespace

io::Result<std::unique_ptr<io::File>> ReadingTime::open(std::string_view path,
                                                        const io::OpenOptions& options) {
  auto file = files_.open(path, options);
  if (!file) return file;
  return std::make_unique<TimedFile>(std::move(*file), clock_, spent_);
}

}  // namespace wallop::checklist
