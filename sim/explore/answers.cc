// SPDX-License-Identifier: Apache-2.0
// The odometer, the recorder and the replayer.
#include "sim/explore/answers.h"

#include <algorithm>

#include "base/ensure.h"

namespace wallop::sim {
namespace {

bool is_same(const base::Question& one, const base::Question& other) {
  return one.site == other.site && one.subject == other.subject && one.ordinal == other.ordinal;
}

Answer named(const base::Question& what, std::uint64_t level, std::uint64_t option_count,
             std::uint64_t answer) {
  return {std::string(what.site), level, what.subject, what.ordinal, option_count, answer};
}

}  // namespace

std::uint64_t EveryChoice::choose(const base::Question& what, std::uint64_t option_count) {
  base::ensure(option_count >= 1, "a question has at least one answer");
  if (option_count == 1) return 0;
  if (at_ == wheels_.size()) wheels_.push_back({what, option_count, 0});
  const Wheel& wheel = wheels_[at_++];
  base::ensure(is_same(wheel.what, what) && wheel.option_count == option_count,
               "the same answers lead to the same questions");
  return wheel.answer;
}

bool EveryChoice::next() {
  base::ensure(at_ == wheels_.size(), "every question of the last list was asked again");
  at_ = 0;
  while (!wheels_.empty() && wheels_.back().answer + 1 == wheels_.back().option_count) wheels_.pop_back();
  if (wheels_.empty()) return false;
  ++wheels_.back().answer;
  return true;
}

Answers EveryChoice::answers(std::uint64_t level) const {
  Answers given;
  for (const Wheel& wheel : wheels_) {
    if (wheel.answer != 0) given.push_back(named(wheel.what, level, wheel.option_count, wheel.answer));
  }
  return given;
}

std::uint64_t Recording::choose(const base::Question& what, std::uint64_t option_count) {
  const std::uint64_t answer = inner_.choose(what, option_count);
  if (answer != 0) answers_.push_back(named(what, level_, option_count, answer));
  return answer;
}

Replay::Replay(const Answers& answers, std::uint64_t level)
    : answers_(answers), level_(level), used_(answers.size(), 0) {}

// The next answer to that question which was not given yet: a question may come twice.
std::uint64_t Replay::choose(const base::Question& what, std::uint64_t option_count) {
  base::ensure(option_count >= 1, "a question has at least one answer");
  for (std::size_t tried = 0; tried < answers_.size(); ++tried) {
    const std::size_t i = (next_ + tried) % answers_.size();
    const Answer& answer = answers_[i];
    const bool is_it = used_[i] == 0 && answer.level == level_ &&
                       is_same(what, {answer.site, answer.subject, answer.ordinal});
    if (!is_it) continue;
    if (answer.answer >= option_count) return 0;
    used_[i] = 1;
    next_ = i + 1;
    return answer.answer;
  }
  return 0;
}

Answers Replay::unused() const {
  Answers unused;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    if (answers_[i].level == level_ && used_[i] == 0) unused.push_back(answers_[i]);
  }
  return unused;
}

}  // namespace wallop::sim
