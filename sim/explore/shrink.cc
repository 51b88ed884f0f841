// SPDX-License-Identifier: Apache-2.0
// Drop, then lower, until neither helps.
#include "sim/explore/shrink.h"

#include <utility>

namespace wallop::sim {
namespace {

class Shrinker {
 public:
  Shrinker(Answers failing, const std::function<bool(const Answers&)>& still_fails, std::uint64_t tries_max)
      : answers_(std::move(failing)),
        still_fails_(still_fails),
        tries_left_(tries_max),
        tries_max_(tries_max) {}

  // Every round that goes on has made the list shorter or an answer lower: it ends.
  Shrunk run() {
    bool has_changed = true;
    while (has_changed && tries_left_ > 0) {
      has_changed = drop();
      has_changed = lower() || has_changed;
    }
    return {std::move(answers_), tries_max_ - tries_left_};
  }

 private:
  bool accept(Answers candidate) {
    if (tries_left_ == 0) return false;
    --tries_left_;
    if (!still_fails_(candidate)) return false;
    answers_ = std::move(candidate);
    return true;
  }

  // Runs of answers, first all, then halves, down to single ones; the last ones first, since later questions
  // hang on earlier answers.
  bool drop() {
    bool has_changed = false;
    for (std::size_t length = answers_.size(); length > 0; length /= 2) {
      std::size_t end = answers_.size();
      while (end > 0) {
        const std::size_t begin = end > length ? end - length : 0;
        Answers candidate = answers_;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(begin),
                        candidate.begin() + static_cast<std::ptrdiff_t>(end));
        has_changed = accept(std::move(candidate)) || has_changed;
        end = begin;
      }
    }
    return has_changed;
  }

  // Each answer to the least that still fails: 1 first, then from half way up.
  bool lower() {
    bool has_changed = false;
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      std::uint64_t low = 1;
      while (low < answers_[i].answer) {
        Answers candidate = answers_;
        candidate[i].answer = low;
        if (accept(std::move(candidate))) {
          has_changed = true;
          break;
        }
        low += (answers_[i].answer - low + 1) / 2;
      }
    }
    return has_changed;
  }

  Answers answers_;
  const std::function<bool(const Answers&)>& still_fails_;
  std::uint64_t tries_left_;
  std::uint64_t tries_max_;
};

}  // namespace

Shrunk shrink(Answers failing, const std::function<bool(const Answers&)>& still_fails,
              std::uint64_t tries_max) {
  return Shrinker(std::move(failing), still_fails, tries_max).run();
}

}  // namespace wallop::sim
