// SPDX-License-Identifier: Apache-2.0
// Every shipped model reads, is legal and gives a source for each value; what is misspelt or makes no sense
// is refused.
#include "sim/model.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/json.h"
#include "sim/embedded.h"

namespace wallop::sim {
namespace {

std::string text_of(std::string_view name) {
  const auto found = std::ranges::find(model_files(), name, &EmbeddedFile::name);
  REQUIRE(found != model_files().end());
  return std::string(found->text);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

TEST_CASE("models are found by name, and the names are listed in order") {
  REQUIRE(model_names() == std::vector<std::string_view>{"btrfs", "ext4-journal", "ext4-ordered",
                                                         "ext4-writeback", "ideal", "lying-cache", "posix",
                                                         "xfs"});
  REQUIRE(find_model("ext4-ordered")->write_unit_bytes.value == 4096);
  REQUIRE(find_model("posix")->names_order.value == NamesOrder::any);
  REQUIRE(find_model("ext5") == nullptr);
}

TEST_CASE("every shipped model reads, is legal, and prints to what reads back the same") {
  REQUIRE(model_files().size() == 8);
  for (const EmbeddedFile& file : model_files()) {
    INFO(file.name);
    ModelSpec model;
    REQUIRE(base::read_document(file.text, model).empty());
    REQUIRE_FALSE(problem_of(model));
    ModelSpec again;
    const base::json::Value printed = base::print(model);
    REQUIRE(base::read_document(base::json::to_text(printed, base::json::Layout::indented), again).empty());
    REQUIRE(base::print(again) == printed);
  }
}

TEST_CASE("every value of a shipped model has a sentence of source") {
  for (const EmbeddedFile& file : model_files()) {
    const auto document = base::json::parse(file.text);
    REQUIRE(document);
    for (const auto& member : *document->get<base::json::Object>()) {
      INFO(file.name << " " << member.key);
      const base::json::Value* source = member.value.find("source");
      const std::string* sentence = (source != nullptr ? *source : member.value).get<std::string>();
      REQUIRE((sentence != nullptr && sentence->ends_with(".")));
    }
  }
}

TEST_CASE("a misspelt key, a missing one and an unknown value are each an error") {
  for (const auto& [what, by] :
       {std::pair{"\"new_unit\"", "\"new_units\""}, std::pair{"\"source\"", "\"sources\""},
        std::pair{"\"by_sector\"", "\"by_secto\""}}) {
    INFO(by);
    ModelSpec model;
    REQUIRE_FALSE(base::read_document(replaced(text_of("posix"), what, by), model).empty());
  }
}

TEST_CASE("a unit that is no multiple of the sector, or half a journal, is a problem") {
  ModelSpec model = *find_model("ext4-ordered");
  model.write_unit_bytes.value = 256;
  REQUIRE(problem_of(model) == "a write unit of 256 bytes is not a power of two of sectors of 512 bytes");
  model = *find_model("ext4-ordered");
  model.sync_commits.value = SyncCommits::own;
  REQUIRE(problem_of(model));
}

}  // namespace
}  // namespace wallop::sim
