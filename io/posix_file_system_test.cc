// SPDX-License-Identifier: Apache-2.0
#include "io/posix_file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <csignal>

#include <sys/stat.h>

#include "io/posix_fixture.h"

namespace wallop::io {
namespace {

using Names = std::vector<std::string>;

// What fcntl says (F_GETFD, F_GETFL) of the first open descriptor of `path`; -1 where none is open.
int descriptor_flags(const std::string& path, int question) {
  for (int fd = 0; fd < 1024; ++fd) {
    std::array<char, 4096> target{};
    const std::string link = fmt::format("/proc/self/fd/{}", fd);
    if (::readlink(link.c_str(), target.data(), target.size() - 1) > 0 && path == target.data()) {
      return ::fcntl(fd, question);
    }
  }
  return -1;
}

TEST_CASE_METHOD(FilesFixture, "open makes a file only where it is told to") {
  REQUIRE(code_from(files.open("f", {})) == Code::not_found);
  REQUIRE(open("f", {.create = true})->size() == 0);
  REQUIRE(open("f", {})->size() == 0);
}

TEST_CASE_METHOD(FilesFixture, "creating what is there keeps its bytes, and exclusively is refused") {
  file_with("hello");
  REQUIRE(read(*open("f", {.create = true}), 0, 9) == "hello");
  REQUIRE(code_from(files.open("f", {.create = true, .exclusive = true})) == Code::already_exists);
  make("g");
  REQUIRE(files.remove("g").has_value());
  REQUIRE(files.open("g", {.create = true, .exclusive = true}).has_value());
}

TEST_CASE_METHOD(FilesFixture, "exclusive without create is the caller's mistake") {
  make("f");
  REQUIRE(code_from(files.open("f", {.exclusive = true})) == Code::invalid);
}

TEST_CASE_METHOD(FilesFixture, "a file opened read-only refuses writes") {
  file_with("hello");
  auto file = open("f", {.read_only = true});
  REQUIRE(read(*file, 0, 9) == "hello");
  REQUIRE(code_from(file->write_at(0, bytes("x"))) == Code::invalid);
}

TEST_CASE_METHOD(FilesFixture, "a file opened for synced writes syncs them, and writes") {
  auto file = open("f", {.create = true, .dsync = true});
  REQUIRE((descriptor_flags(scratch.path("f"), F_GETFL) & O_DSYNC) == O_DSYNC);
  REQUIRE(file->write_at(0, bytes("hello")).has_value());
  REQUIRE(read(*file, 0, 9) == "hello");
}

TEST_CASE_METHOD(FilesFixture,
                 "a file opened past the cache takes aligned writes or says that it is unsupported") {
  auto file = files.open("f", {.create = true, .direct = true});
  if (!file.has_value()) {
    REQUIRE(file.error().code == Code::unsupported);
    return;
  }
  alignas(4096) static constexpr std::array<std::byte, 4096> block{std::byte{'x'}};
  REQUIRE((*file)->write_at(4096, Bytes(block)).has_value());
  REQUIRE(read(*open("f"), 4096, 1) == "x");
}

TEST_CASE_METHOD(FilesFixture, "a direct file that the file system refuses is unsupported") {
  REQUIRE(code_from(files.open("/proc/version", {.direct = true, .read_only = true})) == Code::unsupported);
}

TEST_CASE_METHOD(FilesFixture, "a program that this one starts inherits neither files nor locks") {
  auto file = open("f");
  make("LOCK");
  auto lock = files.lock("LOCK");
  REQUIRE(descriptor_flags(scratch.path("f"), F_GETFD) == FD_CLOEXEC);
  REQUIRE(descriptor_flags(scratch.path("LOCK"), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE_METHOD(FilesFixture, "a pipe is no file, and nobody waits for its other end") {
  REQUIRE(::mkfifo(scratch.path("p").c_str(), 0600) == 0);
  for (const bool read_only : {true, false})
    REQUIRE(describe(files.open("p", {.read_only = read_only}).error()) == "open p: Illegal seek (ESPIPE)");
}

TEST_CASE_METHOD(FilesFixture, "a directory is no file, also for reading only") {
  REQUIRE(files.make_directory("d").has_value());
  REQUIRE(code_from(files.open("d", {})) == Code::invalid);
  REQUIRE(code_from(files.open("d", {.read_only = true})) == Code::invalid);
}

TEST_CASE_METHOD(FilesFixture, "paths with a NUL inside, empty or too long are refused") {
  REQUIRE(code_from(files.open(std::string_view("f\0g", 3), {.create = true})) == Code::invalid);
  REQUIRE(code_from(files.open("", {.create = true})) == Code::not_found);
  REQUIRE(code_from(files.open(std::string(300, 'x'), {.create = true})) == Code::too_large);
  REQUIRE(files.list(".")->empty());
}

TEST_CASE_METHOD(FilesFixture, "absolute paths are taken as they are") {
  file_with("hello");
  REQUIRE(files.stat(scratch.path("f"))->size == 5);
}

TEST_CASE_METHOD(FilesFixture, "errors name the path as it was given") {
  REQUIRE(describe(files.open("no/f", {}).error()) == "open no/f: No such file or directory (ENOENT)");
  REQUIRE(describe(files.list("no").error()) == "list no: No such file or directory (ENOENT)");
}

TEST_CASE_METHOD(FilesFixture, "a listing has every name once, sorted by unsigned bytes") {
  for (const char* name : {"b", "a", "B", "\xc3\xa4", ".hidden", "a0"}) make(name);
  REQUIRE(files.make_directory("d").has_value());
  REQUIRE(files.list(".") == Names{".hidden", "B", "a", "a0", "b", "d", "\xc3\xa4"});
  REQUIRE(files.list("d") == Names{});
}

TEST_CASE_METHOD(FilesFixture, "listing a file is the caller's mistake") {
  make("f");
  REQUIRE(code_from(files.list("f")) == Code::invalid);
}

TEST_CASE_METHOD(FilesFixture, "stat tells files from directories, and content from holes") {
  auto file = file_with("hello");
  REQUIRE(file->truncate(1 << 20).has_value());
  REQUIRE(files.stat("f")->kind == FileKind::file);
  REQUIRE(files.stat("f")->size == 1 << 20);
  REQUIRE(files.stat("f")->allocated_bytes < 1 << 20);
  REQUIRE(files.stat(".")->kind == FileKind::directory);
  REQUIRE(code_from(files.stat("g")) == Code::not_found);
}

TEST_CASE_METHOD(FilesFixture, "rename replaces what was there") {
  file_with("hello");
  make("g");
  REQUIRE(files.rename("f", "g").has_value());
  REQUIRE(files.list(".") == Names{"g"});
  REQUIRE(read(*open("g"), 0, 9) == "hello");
}

TEST_CASE_METHOD(FilesFixture, "a rename that fails changes nothing") {
  make("f");
  REQUIRE(code_from(files.rename("none", "f")) == Code::not_found);
  REQUIRE(code_from(files.rename("f", "no/g")) == Code::not_found);
  REQUIRE(files.list(".") == Names{"f"});
}

TEST_CASE_METHOD(FilesFixture, "a link is a second name of the same file, and replaces nothing") {
  auto file = file_with("hello");
  REQUIRE(files.link("f", "g").has_value());
  REQUIRE(files.stat("f")->link_count == 2);
  REQUIRE(file->write_at(0, bytes("j")).has_value());
  REQUIRE(read(*open("g"), 0, 9) == "jello");
  REQUIRE(code_from(files.link("f", "g")) == Code::already_exists);
}

TEST_CASE_METHOD(FilesFixture, "an open file lives on without its name") {
  auto file = file_with("hello");
  REQUIRE(files.remove("f").has_value());
  REQUIRE(code_from(files.stat("f")) == Code::not_found);
  REQUIRE(read(*file, 0, 9) == "hello");
}

TEST_CASE_METHOD(FilesFixture, "a directory is removed only when it is empty") {
  REQUIRE(files.make_directory("d").has_value());
  REQUIRE(code_from(files.make_directory("d")) == Code::already_exists);
  make("d/f");
  REQUIRE(code_from(files.remove("d")) == Code::invalid);
  REQUIRE(files.remove("d/f").has_value());
  REQUIRE(files.remove("d").has_value());
  REQUIRE(code_from(files.remove("d")) == Code::not_found);
}

TEST_CASE_METHOD(FilesFixture, "directories are synced, files and what is missing are not") {
  make("f");
  REQUIRE(files.sync_directory(".").has_value());
  REQUIRE(ScriptedCalls::syncs.call_count == 1);
  REQUIRE(code_from(files.sync_directory("f")) == Code::invalid);
  REQUIRE(code_from(files.sync_directory("d")) == Code::not_found);
}

TEST_CASE_METHOD(FilesFixture, "a failed directory sync is reported and not made again") {
  ScriptedCalls::syncs.outcomes = {fails(EIO), fails(EINVAL)};
  REQUIRE(describe(files.sync_directory(".").error()) == "sync directory .: Input/output error (EIO)");
  REQUIRE(ScriptedCalls::syncs.call_count == 1);
  REQUIRE(code_from(files.sync_directory(".")) == Code::unsupported);
}

TEST_CASE_METHOD(FilesFixture, "a lock is refused to a second holder, until the first lets go") {
  make("LOCK");
  auto first = files.lock("LOCK");
  REQUIRE(first.has_value());
  REQUIRE(code_from(files.lock("LOCK")) == Code::locked);
  first->reset();
  REQUIRE(files.lock("LOCK").has_value());
}

TEST_CASE_METHOD(FilesFixture, "closing another handle of the file does not give up the lock") {
  make("LOCK");
  const auto held = files.lock("LOCK");
  open("LOCK").reset();
  REQUIRE(code_from(files.lock("LOCK")) == Code::locked);
}

TEST_CASE_METHOD(FilesFixture, "locking makes no file") {
  REQUIRE(code_from(files.lock("LOCK")) == Code::not_found);
  REQUIRE(files.list(".")->empty());
}

TEST_CASE_METHOD(FilesFixture, "a lock is gone with its process, however that ends") {
  make("LOCK");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = files.lock("LOCK");
    if (held.has_value()) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(files.lock("LOCK").has_value());
}

TEST_CASE_METHOD(FilesFixture, "a file system has no more free space than space") {
  const auto space = files.space(".");
  REQUIRE(space->total_bytes > 0);
  REQUIRE(space->free_bytes <= space->total_bytes);
  REQUIRE(code_from(files.space("none")) == Code::not_found);
}

TEST_CASE_METHOD(FilesFixture, "the write unit is a power of two from one page to 64 KiB") {
  const auto unit = files.write_unit_bytes(".");
  REQUIRE(std::has_single_bit(*unit));
  REQUIRE((*unit >= 4096 && *unit <= 65536));
  REQUIRE(code_from(files.write_unit_bytes("none")) == Code::not_found);
}

}  // namespace
}  // namespace wallop::io
