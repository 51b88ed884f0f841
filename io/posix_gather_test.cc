// SPDX-License-Identifier: Apache-2.0
#include "io/posix_gather.h"

#include <string>
#include <vector>

#include "io/posix_fixture.h"

namespace wallop::io {
namespace {

std::size_t sum(std::span<const iovec> vectors) {
  std::size_t total = 0;
  for (const iovec& vector : vectors) total += vector.iov_len;
  return total;
}

std::string text(std::span<const iovec> vectors) {
  std::string all;
  for (const iovec& vector : vectors) all.append(static_cast<const char*>(vector.iov_base), vector.iov_len);
  return all;
}

TEST_CASE("nothing to gather is done at once, also when it is many empty pieces") {
  const std::vector<Bytes> empty(3);
  REQUIRE(Gather({}).done());
  REQUIRE(Gather(empty).done());
}

TEST_CASE("gathering goes on exactly where a short call stopped, for every place to stop") {
  const std::vector<Bytes> pieces{bytes("ab"), bytes(""), bytes("cde"), bytes("f"), bytes("")};
  for (std::size_t stop = 0; stop <= 6; ++stop) {
    Gather gather(pieces);
    gather.advance(stop);
    REQUIRE(text(gather.next()) == std::string("abcdef").substr(stop));
    REQUIRE(gather.done() == (stop == 6));
  }
}

TEST_CASE("one call never gets more than IOV_MAX vectors") {
  const std::vector<Bytes> pieces(IOV_MAX + 1, bytes("x"));
  Gather gather(pieces);
  REQUIRE(gather.next().size() == IOV_MAX);
  gather.advance(IOV_MAX);
  REQUIRE(gather.next().size() == 1);
}

TEST_CASE("one call never gets more bytes than the kernel moves at once") {
  const AddressSpace large(5 * (kTransferMaxBytes / 2));
  const std::vector<Bytes> pieces{large.bytes(), large.bytes()};
  Gather gather(pieces);
  std::vector<std::size_t> calls;
  for (; !gather.done(); gather.advance(calls.back())) calls.push_back(sum(gather.next()));
  REQUIRE(calls == std::vector<std::size_t>(5, kTransferMaxBytes));
}

}  // namespace
}  // namespace wallop::io
