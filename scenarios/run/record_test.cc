// SPDX-License-Identifier: Apache-2.0
// Records: one that was made is known again, and one changed byte is seen.
#include "scenarios/run/record.h"

#include <catch2/catch.hpp>

namespace wallop::scenarios {
namespace {

Workload two_groups() {
  Workload workload;
  workload.writers.resize(2);
  workload.writers[0].count.value = 2;
  workload.writers[0].value_bytes = {100, 4096};
  workload.writers[1].key_bytes.value = 20;
  workload.writers[1].value_bytes = {7, 7};
  return workload;
}

// A record with its own bytes.
struct Made {
  Made(const Records& records, const RecordId& which) : id(which) { records.make(id, bytes); }
  RecordId id;
  std::vector<std::byte> bytes;
};

TEST_CASE("a record is known by its key and whole as it was made") {
  const Workload workload = two_groups();
  const Records records(workload, 1);
  REQUIRE(records.writer_count() == 3);
  for (const RecordId id : {RecordId{0, 0}, RecordId{1, 77}, RecordId{2, 1'000'000'007}}) {
    const Made made(records, id);
    const KeyValue view = records.view(id, made.bytes, 0);
    REQUIRE(made.bytes.size() == records.bytes_of(id));
    REQUIRE(records.id_of(view.key) == id);
    REQUIRE(records.intact(id, view));
  }
}

TEST_CASE("no byte of a record can change unseen") {
  const Workload workload = two_groups();
  const Records records(workload, 1);
  Made made(records, {2, 5});
  for (std::byte& byte : made.bytes) {
    byte ^= std::byte{0x10};
    REQUIRE_FALSE(records.intact(made.id, records.view(made.id, made.bytes, 0)));
    byte ^= std::byte{0x10};
  }
  REQUIRE(records.intact(made.id, records.view(made.id, made.bytes, 0)));
}

TEST_CASE("a record that lacks its last byte, or is another one, is not intact") {
  const Workload workload = two_groups();
  const Records records(workload, 1);
  const Made made(records, {2, 5});
  KeyValue view = records.view(made.id, made.bytes, 0);
  REQUIRE_FALSE(records.intact({2, 6}, view));
  view.value = view.value.first(view.value.size() - 1);
  REQUIRE_FALSE(records.intact(made.id, view));
}

TEST_CASE("a key of another seed, of a writer that is none, or of no size is nobody's") {
  const Workload workload = two_groups();
  const Made made(Records(workload, 1), {1, 5});
  const io::Bytes key = io::Bytes(made.bytes).first(kKeyBytesMin);
  REQUIRE_FALSE(Records(workload, 2).id_of(key).has_value());
  REQUIRE_FALSE(Records(workload, 1).id_of(key.first(kKeyBytesMin - 1)).has_value());
  Workload smaller = two_groups();
  smaller.writers[0].count.value = 1;
  smaller.writers.pop_back();
  REQUIRE_FALSE(Records(smaller, 1).id_of(key).has_value());
}

TEST_CASE("sizes of values follow the distribution that the workload asks for") {
  const Workload workload = two_groups();
  const Records records(workload, 3);
  std::uint64_t small = 0;
  constexpr std::uint64_t kCount = 10'000;
  for (std::uint64_t i = 0; i < kCount; ++i) small += records.bytes_of({0, i}) < kKeyBytesMin + 100 ? 1U : 0U;
  REQUIRE(small > kCount * 48 / 100);
  REQUIRE(small < kCount * 52 / 100);
}

TEST_CASE("records are the same on every machine") {
  const Workload workload = two_groups();
  const Made made(Records(workload, 1), {2, 1});
  constexpr unsigned char kKey[] = {2, 0, 0, 0, 0, 0, 0, 0, 1};
  REQUIRE(static_cast<unsigned char>(made.bytes[0]) == kKey[0]);
  REQUIRE(static_cast<unsigned char>(made.bytes[8]) == kKey[8]);
  std::uint64_t sum = 0;
  for (const std::byte byte : made.bytes) sum = sum * 31 + static_cast<unsigned char>(byte);
  REQUIRE(sum == 7703500983213921501U);  // A golden number.
}

}  // namespace
}  // namespace wallop::scenarios
