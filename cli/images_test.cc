// SPDX-License-Identifier: Apache-2.0
// wallop images as a user types it.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "cli/fixture.h"

namespace wallop::cli {
namespace {

using base::json::Array;
using base::json::Value;
using testing::contains;
using testing::Terminal;

constexpr std::string_view kAppend = R"({"op":"create","path":"a"}
{"op":"sync_directory","path":"."}
{"op":"write","path":"a","offset":0,"bytes":1024,"fill":"A"}
)";

struct Images {
  Images() { terminal.write("t.jsonl", kAppend); }

  Value json(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"images", "t.jsonl", "--format", "json"});
    REQUIRE(terminal.type(arguments) == Exit::passed);
    const auto document = base::json::parse(terminal.data());
    REQUIRE(document.has_value());
    return *document;
  }
  std::string refused(const std::vector<std::string>& arguments) {
    REQUIRE(terminal.type(arguments) == Exit::usage);
    REQUIRE(terminal.data().empty());
    return terminal.messages();
  }
  static std::uint64_t count(const Value& document) {
    return *document.find("image_count")->get<std::uint64_t>();
  }

  Terminal terminal;
};

TEST_CASE_METHOD(Images, "images in JSON have version, model, cut, count, and each image once, sorted") {
  const Value all = json({"--model", "posix"});
  REQUIRE(*all.find("version")->get<std::uint64_t>() == 1);
  REQUIRE(*all.find("model")->get<std::string>() == "posix");
  REQUIRE(*all.find("cut")->get<std::string>() == "all");
  // Nothing; empty; one sector, kept or lost; two of them, each kept or lost.
  REQUIRE(count(all) == 8);
  const Array& images = *all.find("images")->get<Array>();
  REQUIRE(images.size() == 8);
  REQUIRE(images.front().find("files")->get<base::json::Object>()->empty());
  const Value* file = images.back().find("files")->find("a");
  REQUIRE(*file->find("bytes")->get<std::uint64_t>() == 1024);
  REQUIRE(file->find("hex")->get<std::string>()->starts_with("41"));
}

TEST_CASE_METHOD(Images, "a cut, more fates and another model give other images") {
  REQUIRE(count(json({"--model", "posix", "--cut", "0"})) == 1);
  REQUIRE(count(json({"--model", "posix", "--cut", "1"})) == 2);
  REQUIRE(count(json({"--model", "posix", "--cut", "3"})) == 7);
  REQUIRE(count(json({"--model", "posix", "--cut", "3", "--fates", "all"})) == 13);
  REQUIRE(count(json({"--model", "ext4-ordered", "--cut", "3"})) == 3);
  REQUIRE(count(json({"--model", "ideal", "--cut", "3"})) == 2);
}

TEST_CASE_METHOD(Images, "for people an image is a list of names, sizes and runs of bytes") {
  REQUIRE(terminal.type({"images", "t.jsonl", "--model", "xfs", "--cut", "3"}) == Exit::passed);
  REQUIRE(terminal.data() ==
          "xfs   power lost after 3 of 3 operations: 2 images\n"
          "image 1\n"
          "  a      0 bytes\n"
          "image 2\n"
          "  a   1024 bytes  A*1024\n");
}

TEST_CASE_METHOD(Images, "a model of the user's own is read from its file") {
  REQUIRE(terminal.type({"schema", "model"}) == Exit::passed);
  REQUIRE(base::json::parse(terminal.data()).has_value());
  terminal.write("mine.json", "{ \"about\": \"x\" }");
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "mine.json"}), "mine.json:1:1"));
}

TEST_CASE_METHOD(Images, "what is wrong is said with the line, and ends with 2") {
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "posx"}), "did you mean \"posix\"?"));
  REQUIRE(contains(refused({"images", "nowhere.jsonl", "--model", "posix"}), "nowhere.jsonl"));
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "posix", "--cut", "4"}), "cuts 0 to 3"));
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "posix", "--cut", "-1"}), "no number"));
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "posix", "--fates", "old"}), "unknown fate"));
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "posix", "--limit", "3"}), "--limit"));
  REQUIRE(contains(refused({"images", "t.jsonl", "--model", "posix", "--cut", ""}), "no number"));
  REQUIRE(contains(refused({"images", "/dev/zero", "--model", "posix"}), "no regular file"));
  terminal.write("bad.jsonl", "\n{\"op\":\"sync\",\"path\":\"a\"}\n");
  REQUIRE(contains(refused({"images", "bad.jsonl", "--model", "posix"}), "bad.jsonl:2  "));
  terminal.write("worse.jsonl", "{\"op\":\"synk\",\"path\":\"a\"}\n");
  REQUIRE(contains(refused({"images", "worse.jsonl", "--model", "posix"}), "did you mean \"sync\"?"));
}

TEST_CASE_METHOD(Images, "an interrupt ends the walk of one cut, prints nothing, and ends with 130") {
  std::uint64_t asked_count = 0;
  terminal.interrupted = [&] { return ++asked_count > 12; };
  REQUIRE(terminal.type({"images", "t.jsonl", "--model", "posix", "--cut", "3"}) == Exit::interrupted);
  REQUIRE(terminal.data().empty());
  REQUIRE(contains(terminal.messages(), "images at cut 3 so far"));
}

TEST_CASE_METHOD(Images, "too many images say how many there were, and what to do") {
  const std::string many = refused({"images", "t.jsonl", "--model", "posix", "--limit", "3"});
  REQUIRE(contains(many, "4 images at cuts 0 to 3 of 3 so far, and cut 3 alone may have"));
  REQUIRE(contains(many, "ask for more with --limit N (here 3)"));
  std::string text;
  for (char name = 'a'; name <= 'p'; ++name) {
    text += fmt::format("{{\"op\":\"create\",\"path\":\"{}\"}}\n", name);
    text += fmt::format(
        "{{\"op\":\"write\",\"path\":\"{}\",\"offset\":1048575,\"bytes\":1,\"fill\":\"A\"}}\n", name);
  }
  terminal.write("t.jsonl", text);
  const std::string large = refused({"images", "t.jsonl", "--model", "ext4-ordered"});
  REQUIRE(contains(large, "the images hold more than 256 MiB"));
  REQUIRE(contains(large, "--cut N"));
}

TEST_CASE_METHOD(Images, "what a trace has for names cannot speak to the terminal") {
  terminal.write("t.jsonl", R"({"op":"create","path":"a\u001b[31m\nimage 9"})");
  REQUIRE(terminal.type({"images", "t.jsonl", "--model", "posix", "--cut", "1"}) == Exit::passed);
  REQUIRE_FALSE(contains(terminal.data(), "\x1b"));
  REQUIRE_FALSE(contains(terminal.data(), "\nimage 9"));
}

TEST_CASE_METHOD(Images, "an empty trace has one image, the empty disk") {
  terminal.write("t.jsonl", "");
  REQUIRE(count(json({"--model", "posix"})) == 1);
}

}  // namespace
}  // namespace wallop::cli
