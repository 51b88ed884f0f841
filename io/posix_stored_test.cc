// SPDX-License-Identifier: Apache-2.0
#include "io/posix_stored.h"

#include <sys/stat.h>

#include "io/aligned_bytes.h"
#include "io/posix_file.h"
#include "io/posix_fixture.h"

namespace wallop::io {
namespace {

struct StoredFixture : FilesFixture {
  // The file's stored bytes, or "unsupported".
  static std::string stored(File& file, std::uint64_t offset, std::size_t size) {
    std::string text(size, '?');
    const auto got = file.read_stored_at(offset, std::as_writable_bytes(std::span(text)));
    if (!got.has_value()) return std::string(name(got.error().code));
    text.resize(*got);
    return text;
  }
  static std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 4096) % 26);
    return text;
  }
  std::unique_ptr<File> synced_file_with(std::string_view text) {
    auto file = file_with(text);
    REQUIRE(file->sync().has_value());
    return file;
  }
  // How many pages of the file "f" are in the page cache (mincore(2)). A read with RWF_NOWAIT would start a
  // readahead.
  std::size_t cached_pages() {
    const Descriptor again(::open(scratch.path("f").c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    REQUIRE(::fstat(again.get(), &info) == 0);
    const auto size = static_cast<std::size_t>(info.st_size);
    void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, again.get(), 0);
    REQUIRE(mapped != MAP_FAILED);
    std::vector<unsigned char> pages((size + 4095) / 4096);
    REQUIRE(::mincore(mapped, size, pages.data()) == 0);
    ::munmap(mapped, size);
    return static_cast<std::size_t>(
        std::ranges::count_if(pages, [](unsigned char flags) { return (flags & 1U) != 0; }));
  }
  bool is_cached() { return cached_pages() > 0; }
  // The kernel keeps what it is still busy with (posix_fadvise(2)): until all is gone.
  void drop_cache() {
    const Descriptor again(::open(scratch.path("f").c_str(), O_RDONLY | O_CLOEXEC));
    for (int i = 0; i < 1000 && is_cached(); ++i) {
      REQUIRE(::posix_fadvise(again.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
      if (is_cached()) ::usleep(1000);
    }
    REQUIRE_FALSE(is_cached());
  }
  // Scratch directories on tmpfs have nothing past the page cache.
  bool has_storage() {
    if (stored(*synced_file_with("x"), 0, 1) != "unsupported") return true;
    WARN("the scratch directory is kept in memory: nothing was tested; set TMPDIR to a disk");
    return false;
  }
};

TEST_CASE_METHOD(StoredFixture, "what was synced is what is stored, at any offset and size") {
  if (!has_storage()) return;
  const std::string text = pattern(10'000);
  auto file = synced_file_with(text);
  for (const std::size_t offset : {0u, 1u, 4095u, 4096u, 4097u, 9'999u, 10'000u, 11'000u, 20'000u}) {
    for (const std::size_t size : {0u, 1u, 4096u, 5000u, 30'000u}) {
      CAPTURE(offset, size);
      REQUIRE(stored(*file, offset, size) == (offset < text.size() ? text.substr(offset, size) : ""));
    }
  }
}

TEST_CASE_METHOD(StoredFixture, "reading stored bytes goes past the page cache and leaves nothing in it") {
  if (!has_storage()) return;
  auto file = synced_file_with(pattern(4096));
  drop_cache();
  REQUIRE(stored(*file, 0, 4096) == pattern(4096));
  REQUIRE(!is_cached());
  REQUIRE(read(*file, 0, 4096) == pattern(4096));
}

struct OnceFixture : StoredFixture {
  static std::string once(File& file, std::uint64_t offset, std::size_t size) {
    std::string text(size, '?');
    const auto got = file.read_once_at(offset, std::as_writable_bytes(std::span(text)));
    REQUIRE(got.has_value());
    text.resize(*got);
    return text;
  }
  static constexpr std::size_t kLong = (1U << 20) + 5000;
};

TEST_CASE_METHOD(OnceFixture,
                 "what is read once is what a read shows, cached or not, at any offset and size") {
  const bool is_on_disk = has_storage();
  const std::string text = pattern(kLong);
  auto file = synced_file_with(text);
  for (const bool is_cold : {false, true}) {
    for (const std::size_t offset :
         {std::size_t{0}, std::size_t{1}, std::size_t{4097}, kLong - 1, kLong, 2 * kLong}) {
      for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kLong / 2, kLong, 3 * kLong}) {
        if (is_cold && is_on_disk) drop_cache();
        CAPTURE(is_cold, offset, size);
        REQUIRE(once(*file, offset, size) == (offset < text.size() ? text.substr(offset, size) : ""));
      }
    }
  }
}

TEST_CASE_METHOD(OnceFixture,
                 "a long stretch that is not cached is read once past the cache, a short one is not") {
  if (!has_storage()) return;
  auto file = synced_file_with(pattern(kLong));
  drop_cache();
  REQUIRE(once(*file, 0, kLong) == pattern(kLong));
  REQUIRE(!is_cached());
  REQUIRE(once(*file, 0, 4096) == pattern(4096));
  REQUIRE(is_cached());
}

TEST_CASE_METHOD(OnceFixture, "a stretch that is cached is read once without another descriptor") {
  auto file = file_with(pattern(kLong));  // Not synced: the page cache alone has it.
  ScriptedCalls::opens = Script{};
  REQUIRE(once(*file, 0, kLong) == pattern(kLong));
  REQUIRE(ScriptedCalls::opens.call_count == 0);
}

TEST_CASE_METHOD(StoredFixture, "the descriptor for stored reads is opened by the first of them, once") {
  if (!has_storage()) return;
  auto file = synced_file_with("hello");
  ScriptedCalls::opens = Script{};
  REQUIRE(read(*file, 0, 5) == "hello");
  REQUIRE(ScriptedCalls::opens.call_count == 0);
  REQUIRE(stored(*file, 0, 5) == stored(*file, 0, 5));
  REQUIRE(ScriptedCalls::opens.call_count == 1);
}

TEST_CASE_METHOD(StoredFixture, "stored bytes are read whole when they are more than one bounce buffer") {
  if (!has_storage()) return;
  const std::string text = pattern((std::size_t{2} << 20) + 4096 + 17);
  auto file = synced_file_with(text);
  REQUIRE(stored(*file, 5, text.size()) == text.substr(5));
}

TEST_CASE_METHOD(StoredFixture,
                 "memory and offset that are aligned are filled without a copy, and the rest by one") {
  if (!has_storage()) return;
  const std::string text = pattern(3 * kAlignBytes + 100);
  auto file = synced_file_with(text);
  for (const std::size_t shift : {std::size_t{0}, std::size_t{100}}) {
    const AlignedBytes memory = aligned_bytes(4 * kAlignBytes);
    ScriptedCalls::reads = Script{};
    const auto got = file->read_stored_at(shift, std::span(memory.get() + shift, text.size() - shift));
    REQUIRE(got == text.size() - shift);
    REQUIRE(std::memcmp(memory.get() + shift, text.data() + shift, text.size() - shift) == 0);
    REQUIRE(ScriptedCalls::reads.call_count == (shift == 0 ? 2 : 1));
  }
}

TEST_CASE_METHOD(StoredFixture, "stored bytes beyond 4 GiB are read") {
  if (!has_storage()) return;
  constexpr std::uint64_t kFar = (std::uint64_t{1} << 32) + 4000;
  auto file = open("f");
  REQUIRE(file->write_at(kFar, bytes("hello")).has_value());
  REQUIRE(stored(*file, kFar - 1, 100) == std::string("\0hello", 6));
}

TEST_CASE_METHOD(StoredFixture, "a file without a name still has its stored bytes") {
  if (!has_storage()) return;
  auto file = synced_file_with("hello");
  REQUIRE(files.remove("f").has_value());
  REQUIRE(stored(*file, 0, 5) == "hello");
}

TEST_CASE_METHOD(StoredFixture, "short and interrupted reads of stored bytes are gone on with") {
  if (!has_storage()) return;
  const std::string text = pattern(20'000);
  auto file = synced_file_with(text);
  ScriptedCalls::reads = Script{.outcomes = {fails(EINTR), moves_only(8192), fails(EINTR), moves_only(4096)}};
  REQUIRE(stored(*file, 1, 15'000) == text.substr(1, 15'000));
}

TEST_CASE_METHOD(StoredFixture, "a medium that fails under a stored read is an error with its offset") {
  if (!has_storage()) return;
  auto file = synced_file_with(pattern(20'000));
  ScriptedCalls::reads = Script{.outcomes = {moves_only(8192), fails(EIO)}};
  std::vector<std::byte> into(20'000);
  REQUIRE(describe(file->read_stored_at(0, into).error()) ==
          "read stored f, offset 8192: Input/output error (EIO)");
}

TEST_CASE_METHOD(StoredFixture,
                 "where O_DIRECT is refused, what was synced is read after dropping the cache") {
  if (!has_storage()) return;
  auto file = synced_file_with(pattern(10'000));
  ScriptedCalls::opens = Script{.outcomes = {fails(EINVAL)}};
  REQUIRE(stored(*file, 4000, 1000) == pattern(10'000).substr(4000, 1000));
  REQUIRE(stored(*file, 9'000, 5000) == pattern(10'000).substr(9'000));
}

// Goal: bytes that come from the cache are never given out as stored ones. Method: a mapped page cannot be
// dropped.
TEST_CASE_METHOD(StoredFixture,
                 "where O_DIRECT is refused and pages cannot be dropped, nothing is called stored") {
  if (!has_storage()) return;
  auto file = synced_file_with(pattern(4096));
  ScriptedCalls::opens = Script{.outcomes = {fails(EINVAL)}};
  const Descriptor again(::open(scratch.path("f").c_str(), O_RDONLY | O_CLOEXEC));
  void* const mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED | MAP_POPULATE, again.get(), 0);
  REQUIRE(mapped != MAP_FAILED);
  REQUIRE(stored(*file, 0, 10) == "unsupported");
  ::munmap(mapped, 4096);
}

TEST_CASE_METHOD(StoredFixture,
                 "a file in memory has no stored bytes, though the kernel takes O_DIRECT there") {
  PosixFile file(Descriptor(::memfd_create("memory", MFD_CLOEXEC)), "memory", kSystemCalls);
  REQUIRE(file.write_at(0, std::vector{bytes("hello")}).has_value());
  REQUIRE(stored(file, 0, 5) == "unsupported");
}

}  // namespace
}  // namespace wallop::io
