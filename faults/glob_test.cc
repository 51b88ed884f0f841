// SPDX-License-Identifier: Apache-2.0
// Globs: the rules one by one, then every short pattern on every short path against a second matcher.
#include "faults/glob.h"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

namespace wallop::faults {
namespace {

// The same language told in another way: all places of the pattern that a prefix of the path can reach.
class Positions {
 public:
  explicit Positions(std::string_view pattern) : pattern_(pattern) { add(0); }
  void take(char c) {
    const std::set<std::size_t> before = std::move(places_);
    places_.clear();
    for (const std::size_t at : before) take_at(at, c);
  }
  [[nodiscard]] bool done() const { return places_.contains(pattern_.size()); }

 private:
  [[nodiscard]] bool directories(std::size_t at) const {
    return pattern_.substr(at, 3) == "**/" && (at == 0 || pattern_[at - 1] == '/');
  }
  // `at` and whatever stars there may be skipped.
  void add(std::size_t at) {
    while (places_.insert(at).second && at < pattern_.size() && pattern_[at] == '*') {
      const std::size_t tree = directories(at) ? 3 : 2;
      at += pattern_.substr(at, 2) == "**" ? tree : 1;
    }
  }
  void take_at(std::size_t at, char c) {
    if (at == pattern_.size()) return;
    if (directories(at)) {
      // Only after a '/' may the rest begin.
      if (c == '/') {
        add(at);
      } else {
        places_.insert(at);
      }
    } else if (pattern_.substr(at, 2) == "**") {
      add(at);
    } else if (pattern_[at] == '*') {
      if (c != '/') add(at);
    } else if (pattern_[at] == c || (pattern_[at] == '?' && c != '/')) {
      add(at + 1);
    }
  }
  std::string_view pattern_;
  std::set<std::size_t> places_;
};

bool matches_slowly(std::string_view pattern, std::string_view path) {
  if (pattern.find('/') == std::string_view::npos) path = path.substr(path.rfind('/') + 1);
  Positions positions(pattern);
  for (const char c : path) positions.take(c);
  return positions.done();
}

// Every text of up to `length` letters of `alphabet`.
std::vector<std::string> all_texts(std::string_view alphabet, std::size_t length) {
  std::vector<std::string> texts{""};
  for (std::size_t first = 0, n = 0; n < length; ++n) {
    const std::size_t last = texts.size();
    for (; first < last; ++first) {
      for (const char c : alphabet) texts.push_back(texts[first] + c);
    }
  }
  return texts;
}

TEST_CASE("a pattern without a slash is held against the last name") {
  REQUIRE(glob_matches("*.wal", "0001.wal"));
  REQUIRE(glob_matches("*.wal", "log/deep/0001.wal"));
  REQUIRE_FALSE(glob_matches("*.wal", "0001.wal.tmp"));
  REQUIRE_FALSE(glob_matches("log", "log/0001.wal"));
}

TEST_CASE("a star and a question mark do not cross a slash, two stars do") {
  REQUIRE(glob_matches("log/*.wal", "log/1.wal"));
  REQUIRE_FALSE(glob_matches("log/*.wal", "log/deep/1.wal"));
  REQUIRE_FALSE(glob_matches("log?1.wal", "log/1.wal"));
  REQUIRE(glob_matches("log/**", "log/deep/1.wal"));
  REQUIRE(glob_matches("**/1.wal", "log/deep/1.wal"));
  REQUIRE(glob_matches("log/**/1.wal", "log/1.wal"));
}

TEST_CASE("a set holds its members and ranges, a negated set all others") {
  REQUIRE(glob_matches("[a-c]1", "b1"));
  REQUIRE_FALSE(glob_matches("[a-c]1", "d1"));
  REQUIRE(glob_matches("[!a-c]1", "d1"));
  REQUIRE(glob_matches("[]x]1", "]1"));
  REQUIRE(glob_matches("[a-]1", "-1"));
  REQUIRE_FALSE(glob_matches("a[!x]b/c", "a/b/c"));
}

TEST_CASE("an unclosed set and an empty pattern are refused with a sentence") {
  REQUIRE(glob_flaw("") == "an empty path matches nothing");
  REQUIRE(glob_flaw("*.[wal") == "'[' at character 3 of \"*.[wal\" is not closed");
  REQUIRE(glob_flaw("log/**/[!a-z]?.wal").empty());
}

TEST_CASE("every pattern of up to 6 letters matches every path of up to 5 as the second matcher says") {
  const auto patterns = all_texts("a*?/", 6);
  const auto paths = all_texts("ab/", 5);
  std::uint64_t compared = 0;
  for (const auto& pattern : patterns) {
    for (const auto& path : paths) {
      if (glob_matches(pattern, path) != matches_slowly(pattern, path)) FAIL(pattern << " on " << path);
      ++compared;
    }
  }
  REQUIRE(compared == 5461ULL * 364);
}

}  // namespace
}  // namespace wallop::faults
