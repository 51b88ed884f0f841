// SPDX-License-Identifier: Apache-2.0
// What holds for every kind that JSON may name, and what is said about JSON that names none.
#include "faults/catalogue.h"

#include <set>

#include "faults/errno_name.h"
#include "faults/fault_fixture.h"

namespace wallop::faults {
namespace {

using base::json::Array;
using base::json::Object;
using base::json::Value;

// All that the trigger of an example may wait for: each verb, the numbers and the instants of one simulated
// minute.
bool ever_fires(const Fault& fault) {
  Plan plan({fault}, 1);
  std::uint64_t id = 0;
  for (std::uint64_t n = 1; n <= 6'000; ++n) {
    for (const auto& entry : enum_names(Verb{})) {
      Op op = numbered(entry.value, n, at(milliseconds(10 * n)));
      op.id = ++id;
      op.bytes = 4096;
      op.creates = op.verb == Verb::open;
      if (plan.on(op)) return true;
    }
  }
  return false;
}

TEST_CASE("every kind's example reads without a problem, is of that kind and fires") {
  REQUIRE(kinds().size() == 22);
  for (const KindInfo& kind : kinds()) {
    INFO(kind.name);
    const Fault example = fault(kind.facts.example);
    CHECK(example.kind() == kind.name);
    CHECK(ever_fires(example));
  }
}

TEST_CASE("every kind's example, printed and read again, prints the same") {
  for (const KindInfo& kind : kinds()) {
    const std::string once = printed(fault(kind.facts.example));
    CHECK(printed(fault(once)) == once);
  }
}

TEST_CASE("a fault prints the keys that it was given") {
  REQUIRE(printed(fault(R"({ "when": { "at": ["10s"] }, "for": "80ms", "name": "x", "kind": "stall" })")) ==
          R"({"kind":"stall","name":"x","for":"80ms","when":{"at":"10s"}})");
  REQUIRE(printed(Fault()) == "null");
}

TEST_CASE("every kind says what it is, where it was seen and which kinds are its kin, and they exist") {
  for (const KindInfo& kind : kinds()) {
    INFO(kind.name);
    CHECK(find_kind(kind.name) == &kind);
    CHECK_FALSE((kind.about.empty() || kind.facts.what.empty() || kind.facts.seen_in.empty()));
    const std::string_view first_kin = kind.facts.kin.substr(0, kind.facts.kin.find_first_of(" ,"));
    CHECK(find_kind(first_kin) != nullptr);
  }
  REQUIRE(find_kind("stal") == nullptr);
}

TEST_CASE("the schema has a closed form for each kind that knows the keys of its example") {
  const Value schema = base::schema<Fault>();
  const Array& forms = *schema.find("oneOf")->get<Array>();
  REQUIRE(forms.size() == kinds().size());
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const Value* properties = forms[i].find("properties");
    CHECK(*properties->find("kind")->find("const") == Value(kinds()[i].name));
    CHECK(*forms[i].find("additionalProperties") == Value(false));
    CHECK(*forms[i].find("description") == Value(kinds()[i].about));
    const Value example = *base::json::parse(kinds()[i].facts.example);
    for (const auto& member : *example.get<Object>()) CHECK(properties->find(member.key) != nullptr);
  }
}

TEST_CASE("an unknown kind is named with its place and the nearest kind") {
  REQUIRE(complaint(R"({ "kind": "torn_writes" })") ==
          R"(f:1:11  unknown fault kind "torn_writes" in /kind  did you mean "torn_write"?)");
  REQUIRE(
      complaint(R"({ "kind": 3 })").starts_with("f:1:11  expected a string, found a whole number in /kind"));
  REQUIRE(complaint(R"({ "when": {} })").starts_with(R"(f:1:1  missing key "kind" in /)"));
  REQUIRE(complaint(R"("stall")") == "f:1:1  expected an object, found a string in /");
}

TEST_CASE("an unknown key is named with its place and the nearest key, in the fault and in its trigger") {
  REQUIRE(complaint(R"({ "kind": "torn_write", "keep_byte": "1B" })") ==
          R"(f:1:25  unknown key "keep_byte" in /  did you mean "keep_bytes"?)");
  REQUIRE(complaint(R"({ "kind": "torn_write", "when": { "nht": 1 } })") ==
          R"(f:1:35  unknown key "nht" in /when  did you mean "nth"?)");
  REQUIRE(complaint(R"({ "kind": "lost_sync", "when": { "op": "snyc" } })") ==
          R"(f:1:40  unknown value "snyc" in /when/op  did you mean "sync"?)");
}

TEST_CASE("a key that a kind must have is missed") {
  REQUIRE(complaint(R"({ "kind": "stall" })") == R"(f:1:1  missing key "for" in /)");
  REQUIRE(complaint(R"({ "kind": "io_error" })") == R"(f:1:1  missing key "when" in /)");
}

TEST_CASE("an unknown error is named with the nearest one") {
  REQUIRE(complaint(R"({ "kind": "failed_sync", "errno": "EOI" })") ==
          R"(f:1:35  unknown error "EOI" in /errno  did you mean "EIO"?)");
  REQUIRE(complaint(R"({ "kind": "failed_sync", "errno": 5 })") ==
          R"(f:1:35  expected an error's name like "EIO", found a whole number in /errno)");
}

TEST_CASE("every error reads back from the name that it prints") {
  const Value schema = base::schema<Errno>();
  const Array& names = *schema.find("enum")->get<Array>();
  REQUIRE(names.size() == 31);
  std::set<int> values;
  for (const Value& name : names) {
    Errno error;
    REQUIRE(base::read_document(base::json::to_text(name, base::json::Layout::compact), error).empty());
    REQUIRE(base::print(error) == name);
    values.insert(error.value);
  }
  REQUIRE(values.size() == names.size());
  REQUIRE(errno_name(0).empty());
}

}  // namespace
}  // namespace wallop::faults
