// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <csignal>
#include <limits>

#include "io/posix_fixture.h"

namespace wallop::io {
namespace {

using Calls = ScriptedCalls;

constexpr std::uint64_t kFarOffset = (std::uint64_t{1} << 32) + 12345;  // Beyond what 32 bits hold.
constexpr std::uint64_t kOffsetMax = std::numeric_limits<off_t>::max();

// No file of this process may grow beyond `bytes`, as long as this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit lower{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &lower);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST_CASE_METHOD(FilesFixture, "what was written is read") {
  auto file = file_with("hello");
  REQUIRE(file->write_at(3, bytes("p!")).has_value());
  REQUIRE(read(*file, 0, 5) == "help!");
  REQUIRE(file->size() == 5);
}

TEST_CASE_METHOD(FilesFixture, "a read that meets the end of the file returns what there is") {
  auto file = file_with("hello");
  REQUIRE(read(*file, 3, 10) == "lo");
  REQUIRE(read(*file, 5, 10).empty());
  REQUIRE(read(*file, kFarOffset, 10).empty());
}

TEST_CASE_METHOD(FilesFixture, "pieces are written one after the other, also more than IOV_MAX of them") {
  std::string text(3000, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 23);
  std::vector<Bytes> pieces;
  for (const char& letter : text) pieces.push_back(std::as_bytes(std::span(&letter, 1)));
  auto file = open("f");
  REQUIRE(file->write_at(7, pieces).has_value());
  REQUIRE(read(*file, 7, 4000) == text);
  REQUIRE(Calls::writes.call_count == 3);
}

TEST_CASE_METHOD(FilesFixture, "empty writes and reads do nothing and succeed") {
  auto file = file_with("x");
  REQUIRE(file->write_at(100, Bytes{}).has_value());
  REQUIRE(file->write_durable_at(100, std::span<const Bytes>{}).has_value());
  REQUIRE(file->size() == 1);
  REQUIRE(read(*file, 0, 0).empty());
}

TEST_CASE_METHOD(FilesFixture, "offsets beyond 4 GiB are not cut to 32 bits") {
  auto file = file_with("low");
  REQUIRE(file->write_at(kFarOffset, bytes("far")).has_value());
  REQUIRE(file->size() == kFarOffset + 3);
  REQUIRE(read(*file, kFarOffset, 10) == "far");
  REQUIRE(read(*file, 0, 3) == "low");
  REQUIRE(file->truncate(kFarOffset + 1).has_value());
  REQUIRE(file->size() == kFarOffset + 1);
}

TEST_CASE_METHOD(FilesFixture, "offsets that the system cannot hold are the caller's mistake in every verb") {
  auto file = file_with("x");
  std::byte one{};
  const Bytes piece(&one, 1);
  for (const std::uint64_t offset : {kOffsetMax, kOffsetMax + 1, ~std::uint64_t{0}}) {
    CHECK(code_from(file->read_at(offset, std::span(&one, 1))) == Code::invalid);
    CHECK(code_from(file->read_stored_at(offset, std::span(&one, 1))) == Code::invalid);
    CHECK(code_from(file->write_at(offset, piece)) == Code::invalid);
    CHECK(code_from(file->write_durable_at(offset, std::span(&piece, 1))) == Code::invalid);
    CHECK(code_from(file->allocate(offset, 1, KeepSize::no)) == Code::invalid);
  }
  REQUIRE(code_from(file->truncate(kOffsetMax + 1)) == Code::invalid);
  REQUIRE(file->size() == 1);
}

TEST_CASE_METHOD(FilesFixture, "short and interrupted reads are gone on with") {
  auto file = file_with("hello");
  Calls::reads.outcomes = {moves_only(2), fails(EINTR), moves_only(1)};
  REQUIRE(read(*file, 0, 5) == "hello");
}

TEST_CASE_METHOD(FilesFixture, "short and interrupted writes are gone on with") {
  const std::vector<Bytes> pieces{bytes("he"), bytes("llo")};
  auto file = open("f");
  Calls::writes.outcomes = {fails(EINTR), moves_only(1), fails(EINTR), moves_only(1), moves_only(2)};
  REQUIRE(file->write_at(0, pieces).has_value());
  REQUIRE(read(*file, 0, 10) == "hello");
}

TEST_CASE_METHOD(FilesFixture, "a write that is interrupted for ever gives up") {
  auto file = open("f");
  Calls::writes.outcomes.assign(kInterruptionsMax + 1, fails(EINTR));
  REQUIRE(file->write_at(0, bytes("x")).error().os_error == EINTR);
  REQUIRE(Calls::writes.call_count == kInterruptionsMax + 1);
}

TEST_CASE_METHOD(FilesFixture, "a write that makes no progress fails instead of spinning") {
  auto file = open("f");
  Calls::writes.outcomes = {moves_only(0)};
  REQUIRE(code_from(file->write_at(0, bytes("x"))) == Code::io_error);
}

TEST_CASE_METHOD(FilesFixture, "a failed write names the file and the first byte that was not written") {
  auto file = open("f");
  Calls::writes.outcomes = {moves_only(2), fails(EIO)};
  const Error error = file->write_at(4096, bytes("hello")).error();
  REQUIRE(describe(error) == "write f, offset 4098: Input/output error (EIO)");
}

TEST_CASE_METHOD(FilesFixture, "a write that meets the file size limit is told so after the part that fits") {
  auto file = open("f");
  const std::string text(8192, 'x');
  const auto written = [&] {
    const FileSizeLimit limit(6000);
    return file->write_at(0, bytes(text));
  }();
  REQUIRE(code_from(written) == Code::no_space);
  REQUIRE(written.error().offset == 6000);
  REQUIRE(file->size() == 6000);
}

TEST_CASE_METHOD(FilesFixture, "a full device is reported as no space") {
  auto full = open("/dev/full", {});
  REQUIRE(code_from(full->write_at(0, bytes("x"))) == Code::no_space);
}

TEST_CASE_METHOD(FilesFixture, "a durable write is one call that syncs, and no sync of the whole file") {
  auto file = open("f");
  const std::vector<Bytes> pieces{bytes("he"), bytes("llo")};
  REQUIRE(file->write_durable_at(2, pieces).has_value());
  REQUIRE(read(*file, 2, 10) == "hello");
  REQUIRE(Calls::writes.last_flags == RWF_DSYNC);
  REQUIRE(Calls::writes.call_count == 1);
  REQUIRE(Calls::syncs.call_count == 0);
}

TEST_CASE_METHOD(FilesFixture,
                 "a durable write syncs the file where the kernel cannot sync a write, and remembers") {
  auto file = open("f");
  const std::vector<Bytes> pieces{bytes("hello")};
  Calls::writes.outcomes = {fails(EOPNOTSUPP)};
  REQUIRE(file->write_durable_at(0, pieces).has_value());
  REQUIRE(read(*file, 0, 10) == "hello");
  REQUIRE(file->write_durable_at(5, pieces).has_value());
  REQUIRE(Calls::writes.call_count == 3);
  REQUIRE(Calls::syncs.call_count == 2);
}

TEST_CASE_METHOD(FilesFixture, "a durable write without its sync has failed") {
  auto file = open("f");
  const std::vector<Bytes> pieces{bytes("hello")};
  Calls::writes.outcomes = {fails(EINVAL)};
  Calls::syncs.outcomes = {fails(EIO)};
  REQUIRE(code_from(file->write_durable_at(0, pieces)) == Code::io_error);
}

TEST_CASE_METHOD(FilesFixture, "an interrupted durable write is a failure and is not made again") {
  auto file = open("f");
  const std::vector<Bytes> pieces{bytes("hello")};
  Calls::writes.outcomes = {fails(EINTR)};
  REQUIRE(file->write_durable_at(0, pieces).error().os_error == EINTR);
  REQUIRE(Calls::writes.call_count == 1);
}

TEST_CASE_METHOD(FilesFixture, "a failed sync is reported and never made again, whatever the reason") {
  for (const int reason : {EIO, EINTR, ENOSPC}) {
    auto file = file_with("hello");
    Calls::syncs = Script{.outcomes = {fails(reason)}};
    REQUIRE(file->sync().error().os_error == reason);
    REQUIRE(Calls::syncs.call_count == 1);
    Calls::syncs = Script{.outcomes = {fails(reason)}};
    REQUIRE(file->sync_all().error().os_error == reason);
    REQUIRE(Calls::syncs.call_count == 1);
  }
}

TEST_CASE_METHOD(FilesFixture, "both syncs succeed on an ordinary file") {
  auto file = file_with("hello");
  REQUIRE(file->sync().has_value());
  REQUIRE(file->sync_all().has_value());
}

TEST_CASE_METHOD(FilesFixture, "what cannot be synced at all is unsupported") {
  REQUIRE(code_from(open("/dev/full", {})->sync()) == Code::unsupported);
}

TEST_CASE_METHOD(FilesFixture, "truncating forgets what is beyond, and what it adds reads as zeros") {
  auto file = file_with("hello");
  REQUIRE(file->truncate(2).has_value());
  REQUIRE(file->truncate(4).has_value());
  REQUIRE(read(*file, 0, 10) == std::string("he\0\0", 4));
}

TEST_CASE_METHOD(FilesFixture,
                 "allocating reserves blocks, keeps the content, and grows the file only if asked") {
  auto file = file_with("hello");
  const Status kept = file->allocate(0, 1 << 20, KeepSize::yes);
  if (!kept.has_value() && kept.error().code == Code::unsupported) return;
  REQUIRE(file->size() == 5);
  REQUIRE(files.stat("f")->allocated_bytes >= 1 << 20);
  REQUIRE(file->allocate(0, 8, KeepSize::no).has_value());
  REQUIRE(read(*file, 0, 10) == std::string("hello\0\0\0", 8));
}

TEST_CASE_METHOD(FilesFixture, "allocating nothing is the caller's mistake") {
  REQUIRE(code_from(file_with("x")->allocate(0, 0, KeepSize::no)) == Code::invalid);
}

TEST_CASE_METHOD(FilesFixture,
                 "one transfer of more than 2 GiB is made of calls that the kernel makes whole") {
  static std::vector<std::size_t> sizes;
  sizes.clear();
  PosixCalls calls = kScriptedCalls;
  calls.pread = [](int, void*, std::size_t size, off_t) {
    return static_cast<ssize_t>(sizes.emplace_back(size));
  };
  const AddressSpace large(std::size_t{3} << 30);
  make("f");
  auto file = PosixFileSystem(scratch.path(), calls).open("f", {});
  REQUIRE((*file)->read_at(0, large.bytes()) == large.bytes().size());
  REQUIRE(sizes == std::vector<std::size_t>(3, std::size_t{1} << 30));
}

}  // namespace
}  // namespace wallop::io
