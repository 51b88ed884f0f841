// SPDX-License-Identifier: Apache-2.0
#include "wal/window.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "base/choices.h"

namespace wallop::wal {
namespace {

// A file of given bytes that notes each read.
class NotingFile final : public io::File {
 public:
  struct Read {
    std::uint64_t offset = 0;
    std::size_t size = 0;
    bool stored = false;
    bool needs_no_copy = false;  // The file's place in a block is the memory's.
  };

  explicit NotingFile(std::size_t size) : bytes_(size) {
    for (std::size_t i = 0; i < size; ++i) bytes_[i] = static_cast<std::byte>(i * 7 + i / 251);
  }
  [[nodiscard]] io::Bytes expected(std::uint64_t offset, std::size_t size) const {
    if (offset >= bytes_.size()) return {};
    return io::Bytes(bytes_).subspan(offset, std::min<std::uint64_t>(size, bytes_.size() - offset));
  }
  std::vector<Read> reads;

  io::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    return note(offset, into, false);
  }
  io::Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override {
    return note(offset, into, true);
  }
  io::Status write_at(std::uint64_t, std::span<const io::Bytes>) override { return unused(); }
  io::Status write_durable_at(std::uint64_t, std::span<const io::Bytes>) override { return unused(); }
  io::Status sync() override { return unused(); }
  io::Status sync_all() override { return unused(); }
  io::Status truncate(std::uint64_t) override { return unused(); }
  io::Status allocate(std::uint64_t, std::uint64_t, io::KeepSize) override { return unused(); }
  io::Result<std::uint64_t> size() override { return bytes_.size(); }

 private:
  static io::Status unused() {
    return io::failure(io::Code::unsupported, "use", "a noting file", "it is read only");
  }
  io::Result<std::size_t> note(std::uint64_t offset, std::span<std::byte> into, bool stored) {
    const auto place = reinterpret_cast<std::uintptr_t>(into.data());
    reads.push_back({offset, into.size(), stored, place % io::kAlignBytes == offset % io::kAlignBytes});
    const io::Bytes found = expected(offset, into.size());
    std::ranges::copy(found, into.begin());
    return found.size();
  }

  std::vector<std::byte> bytes_;
};

bool equal(io::Bytes left, io::Bytes right) {
  return std::ranges::equal(left, right);
}

TEST_CASE("a view is what the file holds there, whatever was viewed before") {
  NotingFile file(50'000);
  Window window(ReadVia::cache, nullptr, 8192);
  REQUIRE(window.aim(file));
  base::Seeded draws(7);
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t offset = draws.below(51'000, 1, i);
    const std::size_t size = draws.below(draws.chance(1, 10, 2, i) ? 30'000 : 600, 3, i);
    const auto view = window.view(offset, size);
    REQUIRE(view);
    REQUIRE(equal(*view, file.expected(offset, size)));
  }
}

TEST_CASE("frames that are viewed one after the other are read once, without a copy on the way") {
  NotingFile file(300'000);
  Window window(ReadVia::stored, nullptr, 65'536);
  REQUIRE(window.aim(file));
  for (std::uint64_t offset = 4096; offset < 300'000; offset += 3000) REQUIRE(window.view(offset, 3000));
  std::uint64_t end = 4096;
  for (const NotingFile::Read& read : file.reads) {
    CAPTURE(read.offset);
    REQUIRE(read.offset == end);
    REQUIRE(read.needs_no_copy);
    end += read.size;
  }
  REQUIRE(end == 300'000);
  REQUIRE(window.bytes_read() == 300'000 - 4096);
}

TEST_CASE("what is trusted comes from the cache, and what lies behind it from the device") {
  NotingFile file(100'000);
  Window window(ReadVia::stored, nullptr, 8192);
  REQUIRE(window.aim(file));
  window.trust(50'000);
  for (std::uint64_t offset = 0; offset < 100'000; offset += 1000) {
    const auto view = window.view(offset, 1000);
    REQUIRE(view);
    REQUIRE(equal(*view, file.expected(offset, 1000)));
  }
  for (const NotingFile::Read& read : file.reads) {
    CAPTURE(read.offset, read.size);
    REQUIRE(read.stored == (read.offset + read.size > 50'000));
    REQUIRE((read.offset >= 50'000 || !read.stored));
  }
}

TEST_CASE("a file that a view held whole can be taken out and looked at again without a read") {
  NotingFile file(5000);
  Window window(ReadVia::stored, nullptr, 8192);
  REQUIRE(window.aim(file));
  REQUIRE(window.view(0, 10));
  const auto whole = window.take_whole();
  REQUIRE(whole);
  REQUIRE_FALSE(window.take_whole());
  window.aim(*whole);
  const auto view = window.view(1234, 3000);
  REQUIRE(view);
  REQUIRE(equal(*view, file.expected(1234, 3000)));
  REQUIRE(file.reads.size() == 1);
}

TEST_CASE("of a file that was left nothing is held") {
  NotingFile first(5000), second(7000);
  Window window(ReadVia::cache, nullptr, 4096);
  REQUIRE(window.aim(first));
  REQUIRE(window.view(100, 4000));
  REQUIRE(window.aim(second));
  const auto view = window.view(4000, 3000);
  REQUIRE(view);
  REQUIRE(equal(*view, second.expected(4000, 3000)));
  REQUIRE(second.reads.front().offset == 4000);
}

}  // namespace
}  // namespace wallop::wal
