// SPDX-License-Identifier: Apache-2.0
// Credit, rate, and no nanosecond lost to rounding.
#include "sim/token_bucket.h"

#include <catch2/catch.hpp>

namespace wallop::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a bucket gives its credit at once and then its rate") {
  TokenBucket bucket(1000, 10);
  for (int i = 0; i < 10; ++i) REQUIRE(bucket.take({}, 1) == io::Instant{});
  REQUIRE(bucket.take({}, 1) == io::Instant(milliseconds(1)));
  REQUIRE(bucket.take({}, 5) == io::Instant(milliseconds(6)));
}

TEST_CASE("credit comes back with time, up to the size of the bucket") {
  TokenBucket bucket(1000, 10);
  bucket.take({}, 10);
  REQUIRE(bucket.take(io::Instant(milliseconds(4)), 4) == io::Instant(milliseconds(4)));
  REQUIRE(bucket.take(io::Instant(seconds(60)), 10) == io::Instant(seconds(60)));
  REQUIRE(bucket.take(io::Instant(seconds(60)), 1) == io::Instant(seconds(60) + milliseconds(1)));
}

TEST_CASE("who asks for more than a bucket holds waits for the last of it") {
  TokenBucket bucket(1000, 10);
  REQUIRE(bucket.take({}, 1010) == io::Instant(seconds(1)));
}

TEST_CASE("a rate that does not divide a second is kept to the token") {
  TokenBucket bucket(3, 0);
  io::Instant last;
  for (int i = 0; i < 3000; ++i) last = bucket.take({}, 1);
  REQUIRE(last == io::Instant(seconds(1000)));
}

TEST_CASE("a bucket without a rate limits nothing") {
  TokenBucket bucket(0, 0);
  REQUIRE(bucket.take(io::Instant(seconds(1)), ~std::uint64_t{0}) == io::Instant(seconds(1)));
}

}  // namespace
}  // namespace wallop::sim
