// SPDX-License-Identifier: Apache-2.0
// The hash sees every field, repeats, and is what it always was.
#include "sim/journal.h"

#include <array>
#include <set>

#include "sim/world_fixture.h"

namespace wallop::sim {
namespace {

std::uint64_t hash_of(const std::vector<Entry>& entries, JournalMode mode = JournalMode::full) {
  Journal journal(mode);
  for (const Entry& entry : entries) journal.add(entry);
  return journal.hash();
}
template <class What>
std::uint64_t hash_of(What what) {
  return hash_of(std::vector{Entry{io::Instant{}, 0, std::move(what)}});
}

NameChange name_change(std::uint64_t directory, std::string name, std::uint64_t object) {
  return {ObjectId(directory), std::make_shared<const std::string>(std::move(name)), ObjectId(object)};
}
std::shared_ptr<const faults::Effect> effect(faults::Effect of) {
  return std::make_shared<const faults::Effect>(std::move(of));
}

// Each differs from the first, and from all others, in one field of a begin.
std::vector<OpBegin> begins() {
  std::vector<OpBegin> all(1);
  const auto with = [&](auto set) {
    OpBegin begin;
    set(begin);
    all.push_back(std::move(begin));
  };
  with([](OpBegin& b) { b.op = 1; });
  with([](OpBegin& b) { b.verb = faults::Verb::write; });
  with([](OpBegin& b) { b.object = ObjectId(1); });
  with([](OpBegin& b) { b.creates = true; });
  with([](OpBegin& b) { b.offset = 1; });
  with([](OpBegin& b) { b.bytes = 1; });
  with([](OpBegin& b) { b.payload = Payload::of(bytes("a")); });
  with([](OpBegin& b) { b.payload = Payload::of(bytes("b")); });
  with([](OpBegin& b) { b.payload = Payload::zeros(1); });
  with([](OpBegin& b) { b.payload = Payload::zeros(2); });
  with([](OpBegin& b) { b.size_after = 0; });
  with([](OpBegin& b) { b.size_after = 1; });
  with([](OpBegin& b) { b.names = {name_change(1, "a", 2)}; });
  with([](OpBegin& b) { b.names = {name_change(2, "a", 2)}; });
  with([](OpBegin& b) { b.names = {name_change(1, "b", 2)}; });
  with([](OpBegin& b) { b.names = {name_change(1, "a", 3)}; });
  with([](OpBegin& b) { b.names = {name_change(1, "a", 2), name_change(1, "a", 2)}; });
  with([](OpBegin& b) { b.effect = effect({}); });
  with([](OpBegin& b) { b.effect = effect({.os_error = 5}); });
  with([](OpBegin& b) { b.effect = effect({.reach = faults::Reach::nothing}); });
  with([](OpBegin& b) { b.effect = effect({.lasting = std::vector<faults::ByteRange>{}}); });
  with([](OpBegin& b) { b.effect = effect({.lasting = std::vector<faults::ByteRange>{{0, 1}}}); });
  with([](OpBegin& b) { b.effect = effect({.lasting = std::vector<faults::ByteRange>{{0, 2}}}); });
  with([](OpBegin& b) { b.effect = effect({.extra_wait = io::Duration(1)}); });
  with([](OpBegin& b) { b.effect = effect({.slowdown = 2}); });
  with([](OpBegin& b) { b.effect = effect({.stalled_until = io::Instant{}}); });
  with([](OpBegin& b) { b.effect = effect({.garbage = {{0, 1}}}); });
  with([](OpBegin& b) { b.effect = effect({.unreadable = {{0, 1}}}); });
  with([](OpBegin& b) { b.effect = effect({.elsewhere = faults::Elsewhere{}}); });
  with([](OpBegin& b) { b.effect = effect({.elsewhere = faults::Elsewhere{.path = "b"}}); });
  with([](OpBegin& b) { b.effect = effect({.elsewhere = faults::Elsewhere{.shift = -1}}); });
  with([](OpBegin& b) { b.effect = effect({.elsewhere = faults::Elsewhere{.is_older = true}}); });
  with([](OpBegin& b) { b.effect = effect({.bytes_per_second = 1}); });
  with([](OpBegin& b) { b.effect = effect({.commands_per_second = 1}); });
  with([](OpBegin& b) { b.effect = effect({.slow_until = io::Instant{}}); });
  with([](OpBegin& b) { b.effect = effect({.wall_step = io::Duration(1)}); });
  with([](OpBegin& b) { b.effect = effect({.wall_frozen_until = io::Instant{}}); });
  return all;
}

TEST_CASE("no two begins that differ in one field have one hash") {
  std::set<std::uint64_t> hashes;
  for (const OpBegin& begin : begins()) hashes.insert(hash_of(begin));
  REQUIRE(hashes.size() == begins().size());
}

TEST_CASE("every field of every other entry is hashed, and so is the kind") {
  const std::vector<Entry> all{
      {{}, 0, OpEnd{}},
      {{}, 0, OpEnd{.op = 1}},
      {{}, 0, OpEnd{.verb = faults::Verb::write}},
      {{}, 0, OpEnd{.object = ObjectId(1)}},
      {{}, 0, OpEnd{.os_error = 1}},
      {{}, 0, OpEnd{.bytes = 1}},
      {{}, 0, FaultFired{}},
      {{}, 0, FaultFired{.op = 1}},
      {{}, 0, FaultFired{.fault = 1}},
      {{}, 0, Evicted{}},
      {{}, 0, Evicted{ObjectId(1)}},
      {{}, 0, Evicted{.begin = 1}},
      {{}, 0, Evicted{.end = 1}},
      {{}, 0, Issued{}},
      {{}, 0, Issued{.writer = 1}},
      {{}, 0, Issued{.count = 2}},
      {{}, 0, Issued{.sequence = 1}},
      {{}, 0, Accepted{}},
      {{}, 0, Accepted{.writer = 1}},
      {{}, 0, Accepted{.count = 2}},
      {{}, 0, Accepted{.sequence = 1}},
      {{}, 0, Accepted{.first_lsn = 1}},
      {{}, 0, Refused{}},
      {{}, 0, Refused{.writer = 1}},
      {{}, 0, Refused{.count = 2}},
      {{}, 0, Refused{.sequence = 1}},
      {{}, 0, Refused{.unknown = false}},
      {{}, 0, Promised{}},
      {{}, 0, Promised{1}},
      {{}, 0, Delivered{}},
      {{}, 0, Delivered{.reader = 1}},
      {{}, 0, Delivered{.lsn = 1}},
      {{}, 0, Mark{}},
      {{}, 0, Mark{.what = "rotation"}},
      {{}, 0, Mark{.value = 1}},
      {io::Instant(io::Duration(1)), 0, Mark{}},
      {{}, 1, Mark{}},
  };
  std::set<std::uint64_t> hashes;
  for (const Entry& entry : all) hashes.insert(hash_of(std::vector{entry}));
  REQUIRE(hashes.size() == all.size());
}

TEST_CASE("the order of entries is hashed, and so is where one ends") {
  const Entry a{{}, 0, Promised{1}}, b{{}, 0, Promised{2}};
  REQUIRE(hash_of(std::vector{a, b}) != hash_of(std::vector{b, a}));
  REQUIRE(hash_of(std::vector{a}) != hash_of(std::vector{a, a}));
}

TEST_CASE("a journal that keeps only its hash has the hash of one that keeps everything") {
  std::vector<Entry> entries;
  for (const OpBegin& begin : begins()) entries.push_back({{}, 0, begin});
  Journal journal(JournalMode::hash);
  for (const Entry& entry : entries) journal.add(entry);
  REQUIRE(journal.hash() == hash_of(entries));
  REQUIRE(journal.count() == entries.size());
  REQUIRE(journal.entries().empty());
}

TEST_CASE("one begin that goes past the page cache and one that does not have two hashes") {
  REQUIRE(hash_of(OpBegin{.past_cache = true}) != hash_of(OpBegin{}));
  REQUIRE(hash_of(OpBegin{.past_cache = true}) != hash_of(OpBegin{.creates = true}));
}

TEST_CASE("a tail keeps the newest entries, hands over those that leave it in order, and hashes all") {
  std::vector<Entry> all;
  std::vector<std::uint64_t> dropped;
  Journal tail(JournalMode::tail, 4);
  tail.when_full([&](const Entries& older, std::uint64_t) {
    for (const Entry& entry : older) dropped.push_back(entry.get<Promised>()->lsn);
    return true;
  });
  for (std::uint64_t i = 0; i < 11; ++i) {
    all.push_back({{}, 0, Promised{i}});
    tail.add(all.back());
  }
  REQUIRE(tail.count() == 11);
  REQUIRE(tail.first() == 4);
  for (std::uint64_t i = 4; i < 11; ++i) REQUIRE(tail.entry(i).get<Promised>()->lsn == i);
  REQUIRE(dropped == std::vector<std::uint64_t>{0, 1, 2, 3});
  REQUIRE(tail.hash() == hash_of(all));
}

TEST_CASE("a part of a tail ends where its keeper says, and is asked at each entry until then") {
  Journal tail(JournalMode::tail, 4);
  std::vector<std::uint64_t> asked;
  tail.when_full([&](const Entries&, std::uint64_t newer_count) {
    asked.push_back(newer_count);
    return newer_count == 6;
  });
  for (std::uint64_t i = 0; i < 13; ++i) tail.add({{}, 0, Promised{i}});
  REQUIRE(asked == std::vector<std::uint64_t>{4, 5, 6, 4, 5, 6});
  REQUIRE(tail.first() == 6);
  REQUIRE(tail.entry(12).get<Promised>()->lsn == 12);
}

TEST_CASE("who listens to a journal is told of each entry, in any mode") {
  for (const JournalMode mode : {JournalMode::full, JournalMode::tail, JournalMode::hash}) {
    std::uint64_t told = 0;
    Journal journal(mode, 1);
    journal.when_added([&](const Entry& entry) { told += entry.get<Promised>()->lsn; });
    for (std::uint64_t i = 1; i <= 4; ++i) journal.add({{}, 0, Promised{i}});
    REQUIRE(told == 10);
  }
}

TEST_CASE("asking for the hash changes nothing") {
  Journal asked, silent;
  for (const OpBegin& begin : begins()) {
    for (Journal* journal : {&asked, &silent}) journal->add({{}, 0, begin});
    REQUIRE(asked.hash() != 0);
  }
  REQUIRE(asked.hash() == silent.hash());
}

TEST_CASE("the encoding has not changed: old hashes still mean what they meant") {
  std::vector<Entry> entries;
  for (const OpBegin& begin : begins()) entries.push_back({io::Instant(io::Duration(7)), 3, begin});
  REQUIRE(hash_of(entries) == 0xcb91cc68aaef7c9a);
}

TEST_CASE("zeros hash alike whether they were written as bytes or as zeros, in one piece or many") {
  const std::string zeros(1000, '\0');
  const std::array<io::Bytes, 2> pieces{bytes(zeros).first(400), bytes(zeros).subspan(400)};
  REQUIRE(Payload::of(bytes(zeros)).is_zeros());
  REQUIRE(Payload::of(pieces).hash() == Payload::zeros(1000).hash());
  REQUIRE_FALSE(Payload::of(bytes(zeros + "x")).is_zeros());
  REQUIRE_FALSE(Payload::of(bytes("x" + zeros)).is_zeros());
}

TEST_CASE("a payload copies any part of itself") {
  const std::array<io::Bytes, 3> pieces{bytes("hel"), bytes(""), bytes("lo")};
  const Payload payload = Payload::of(pieces);
  std::string text(3, '?');
  payload.copy(2, std::as_writable_bytes(std::span(text)));
  REQUIRE(text == "llo");
}

TEST_CASE("entries read as lines of a story") {
  const auto line = [](auto what) { return describe(Entry{{}, 0, std::move(what)}); };
  REQUIRE(line(OpBegin{.verb = faults::Verb::write,
                       .object = ObjectId(3),
                       .offset = 4096,
                       .bytes = 4096,
                       .size_after = 8192}) == "write  3  [4096, 8192), size 8192");
  REQUIRE(
      line(OpBegin{.verb = faults::Verb::rename, .object = ObjectId(3), .names = {name_change(1, "b", 3)}}) ==
      "rename  3, 1/b is 3");
  REQUIRE(line(OpBegin{.verb = faults::Verb::sync,
                       .object = ObjectId(3),
                       .effect = effect({.reach = faults::Reach::nothing})}) == "sync  3, reaches nothing");
  REQUIRE(line(OpEnd{.verb = faults::Verb::sync, .object = ObjectId(3), .os_error = 5}) ==
          "sync done  3, error 5");
  REQUIRE(line(Promised{7}) == "promised  up to LSN 7");
  REQUIRE(line(Mark{"rotation", 2}) == "rotation  2");
}

}  // namespace
}  // namespace wallop::sim
