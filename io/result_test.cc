// SPDX-License-Identifier: Apache-2.0
#include "io/result.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <set>
#include <string>

namespace wallop::io {
namespace {

constexpr int kCodeCount = static_cast<int>(Code::world_ended) + 1;

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code < kCodeCount; ++code) names.insert(name(static_cast<Code>(code)));
  REQUIRE(names.size() == kCodeCount);
  REQUIRE(name(Code::no_space) == "no_space");
}

TEST_CASE("each errno maps to the code whose remedy fits") {
  REQUIRE(code_of(ENOENT) == Code::not_found);
  REQUIRE(code_of(EEXIST) == Code::already_exists);
  for (const int mistake : {EINVAL, EBADF, ENOTDIR, EISDIR, ENOTEMPTY, ELOOP})
    REQUIRE(code_of(mistake) == Code::invalid);
  REQUIRE(code_of(ENAMETOOLONG) == Code::too_large);
  for (const int full : {ENOSPC, EDQUOT, EFBIG}) REQUIRE(code_of(full) == Code::no_space);
  for (const int held : {EWOULDBLOCK, EBUSY, ETXTBSY}) REQUIRE(code_of(held) == Code::locked);
  for (const int lacking : {EOPNOTSUPP, ENOSYS, EXDEV}) REQUIRE(code_of(lacking) == Code::unsupported);
  for (const int denied : {EACCES, EPERM, EROFS, EMFILE}) REQUIRE(code_of(denied) == Code::permission);
  for (const int damaged : {EUCLEAN, EBADMSG}) REQUIRE(code_of(damaged) == Code::corrupt);
}

TEST_CASE("an errno that nobody listed means that nothing is known about the bytes") {
  for (const int unknown : {EIO, ENOMEM, ESTALE, EINTR, 4711}) REQUIRE(code_of(unknown) == Code::io_error);
}

TEST_CASE("a described error says what was done, where, and why it failed") {
  const Failure failed = failure(ENOSPC, "write", "0000000000000001.wal", 4096);
  REQUIRE(describe(failed.error()) ==
          "write 0000000000000001.wal, offset 4096: No space left on device (ENOSPC)");
}

TEST_CASE("a described error leaves out a file and an offset that it does not have") {
  REQUIRE(describe(failure(EIO, "sync", "a.wal").error()) == "sync a.wal: Input/output error (EIO)");
  REQUIRE(describe(failure(EIO, "sleep", "").error()) == "sleep: Input/output error (EIO)");
  REQUIRE(describe(Error{}) == "io error");
}

TEST_CASE("an error without errno is described by its code and its detail") {
  const Failure failed = failure(Code::already_exists, "open log", "a", "another log lives here");
  REQUIRE(failed.error().os_error == 0);
  REQUIRE(describe(failed.error()) == "open log a: already exists; another log lives here");
}

TEST_CASE("a described error does not blame the machine for what a fault plan did") {
  Error error = failure(EIO, "sync", "a.wal").error();
  error.injected = true;
  REQUIRE(describe(error) == "sync a.wal: Input/output error (EIO) [injected by a fault plan]");
}

TEST_CASE("an errno that the system does not know is described by its number") {
  REQUIRE(describe(failure(4711, "read", "f").error()) == "read f: error 4711 of the operating system");
}

}  // namespace
}  // namespace wallop::io
