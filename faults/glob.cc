// SPDX-License-Identifier: Apache-2.0
// Matching without recursion: the last `*` and the last `**` remember where they stand and take more when
// what follows them fails. Earlier ones need no memory: names are parted by '/' alone, which a `*` cannot
// cross, and a `**` that matched early leaves the later stars the most room.
#include "faults/glob.h"

#include <fmt/format.h>

#include <optional>

namespace wallop::faults {
namespace {

// One unit of a pattern. A set's text is what stands between the brackets.
struct Token {
  enum class Kind { literal, any_one, set, star, tree, directories } kind;
  std::string_view text;
  std::size_t length;  // In the pattern.
};

// "[!a-c]" at the front of `rest`; nothing where it is not closed. A ']' that stands first is a member.
std::optional<Token> set_token(std::string_view rest) {
  const std::size_t first = rest.size() > 1 && (rest[1] == '!' || rest[1] == '^') ? 2 : 1;
  const std::size_t close = rest.find(']', first + 1);
  if (close == std::string_view::npos) return std::nullopt;
  return Token{Token::Kind::set, rest.substr(1, close - 1), close + 1};
}

// The token at `at`, which is not the end. "**/" means directories only where a name may begin.
std::optional<Token> token(std::string_view pattern, std::size_t at) {
  const std::string_view rest = pattern.substr(at);
  const bool name_begins = at == 0 || pattern[at - 1] == '/';
  if (name_begins && rest.starts_with("**/")) return Token{Token::Kind::directories, {}, 3};
  if (rest.starts_with("**")) return Token{Token::Kind::tree, {}, 2};
  if (rest.front() == '*') return Token{Token::Kind::star, {}, 1};
  if (rest.front() == '?') return Token{Token::Kind::any_one, {}, 1};
  if (rest.front() == '[') return set_token(rest);
  return Token{Token::Kind::literal, rest.substr(0, 1), 1};
}

bool in_set(std::string_view members, char c) {
  const bool negated = members.front() == '!' || members.front() == '^';
  if (negated) members.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const bool range = i + 2 < members.size() && members[i + 1] == '-';
    const char last = range ? members[i + 2] : members[i];
    found = found || (members[i] <= c && c <= last);
    if (range) i += 2;
  }
  return found != negated;
}

bool matches_one(const Token& one, char c) {
  if (one.kind == Token::Kind::literal) return one.text.front() == c;
  if (c == '/') return false;
  return one.kind == Token::Kind::any_one || in_set(one.text, c);
}

class Matcher {
 public:
  Matcher(std::string_view pattern, std::string_view path) : pattern_(pattern), path_(path) {}

  bool run() {
    // Each round either moves on or lets a star take one character more: the bound is met with room.
    const std::size_t rounds_max = 4 * (pattern_.size() + 2) * (path_.size() + 2) * (path_.size() + 2);
    for (std::size_t round = 0; round < rounds_max; ++round) {
      if (at_ == pattern_.size() && here_ == path_.size()) return true;
      if (!step() && !take_more()) return false;
    }
    return false;
  }

 private:
  // Where a star's remainder begins in the pattern, and how far the star reaches in the path.
  struct Mark {
    std::size_t rest;
    std::size_t reach;
    bool whole_names;
  };

  bool step() {
    if (at_ == pattern_.size()) return false;
    const auto next = token(pattern_, at_);
    if (!next) return false;
    if (next->kind == Token::Kind::star) {
      star_ = Mark{at_ + next->length, here_, false};
    } else if (next->kind == Token::Kind::tree || next->kind == Token::Kind::directories) {
      tree_ = Mark{at_ + next->length, here_, next->kind == Token::Kind::directories};
      star_.reset();
    } else {
      if (here_ == path_.size() || !matches_one(*next, path_[here_])) return false;
      ++here_;
    }
    at_ += next->length;
    return true;
  }

  bool take_more() {
    if (star_ && star_->reach < path_.size() && path_[star_->reach] != '/') {
      ++star_->reach;
      return resume(*star_);
    }
    if (!tree_ || tree_->reach == path_.size()) return false;
    star_.reset();
    if (!tree_->whole_names) {
      ++tree_->reach;
      return resume(*tree_);
    }
    const std::size_t slash = path_.find('/', tree_->reach);
    if (slash == std::string_view::npos) return false;
    tree_->reach = slash + 1;
    return resume(*tree_);
  }

  bool resume(const Mark& mark) {
    at_ = mark.rest;
    here_ = mark.reach;
    return true;
  }

  std::string_view pattern_, path_;
  std::size_t at_ = 0;    // In the pattern.
  std::size_t here_ = 0;  // In the path.
  std::optional<Mark> star_, tree_;
};

}  // namespace

std::string glob_flaw(std::string_view pattern) {
  if (pattern.empty()) return "an empty path matches nothing";
  for (std::size_t at = 0; at < pattern.size();) {
    const auto next = token(pattern, at);
    if (!next) return fmt::format("'[' at character {} of \"{}\" is not closed", at + 1, pattern);
    at += next->length;
  }
  return "";
}

bool glob_matches(std::string_view pattern, std::string_view path) {
  if (pattern.find('/') == std::string_view::npos) path = path.substr(path.rfind('/') + 1);
  return Matcher(pattern, path).run();
}

}  // namespace wallop::faults
