// SPDX-License-Identifier: Apache-2.0
// Choosers that enumerate, record and replay, and the list of answers between them.
//
// An answer is named by its question (site, subject, ordinal), not by its place in a list: a list keeps its
// meaning when other questions come or go, which shrinking and new code both do. What is not in the list is
// answered 0, the calm way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/choices.h"
#include "base/fields.h"

namespace wallop::sim {

struct Answer {
  std::string site;
  std::uint64_t level = 0;  // Of crashes: 0 is the workload's world, 1 the recovery of its crash, and so on.
  std::uint64_t subject = 0;
  std::uint64_t ordinal = 0;
  std::uint64_t option_count = 0;
  std::uint64_t answer = 0;
  bool operator==(const Answer&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("site", site, "Which question.", base::Need::required);
    v("level", level, "How many crashes came before it.");
    v("subject", subject, "What it was about.");
    v("ordinal", ordinal, "Which of its kind.");
    v("options", option_count, "How many answers there were.", base::Need::required);
    v("answer", answer, "Which one was given; 0 is the calm one.", base::Need::required);
  }
};
using Answers = std::vector<Answer>;

// Every list of answers, one after the other: an odometer whose last question turns fastest. Starts with all
// calm.
//
//   EveryChoice every;
//   do { build(every); } while (every.next());
class EveryChoice final : public base::Chooser {
 public:
  std::uint64_t choose(const base::Question& what, std::uint64_t option_count) override;
  // Sets up the next list; false when all have been walked. The questions asked so far must be asked again
  // alike.
  bool next();
  // What was answered since the last next(), calm answers left out.
  [[nodiscard]] Answers answers(std::uint64_t level) const;

 private:
  struct Wheel {
    base::Question what;
    std::uint64_t option_count;
    std::uint64_t answer;
  };
  std::vector<Wheel> wheels_;
  std::size_t at_ = 0;
};

// Asks another chooser and writes down what it said, calm answers left out.
class Recording final : public base::Chooser {
 public:
  Recording(base::Chooser& inner, std::uint64_t level) : inner_(inner), level_(level) {}
  std::uint64_t choose(const base::Question& what, std::uint64_t option_count) override;
  [[nodiscard]] const Answers& answers() const { return answers_; }

 private:
  base::Chooser& inner_;
  std::uint64_t level_;
  Answers answers_;
};

// Answers from a list; calm where the list says nothing.
class Replay final : public base::Chooser {
 public:
  // Of `answers`, those of that level. `answers` outlives this.
  Replay(const Answers& answers, std::uint64_t level);
  std::uint64_t choose(const base::Question& what, std::uint64_t option_count) override;
  // Answers of the list that were never asked for, or that have less options now: the code has changed since.
  [[nodiscard]] Answers unused() const;

 private:
  const Answers& answers_;
  std::uint64_t level_;
  std::vector<char> used_;
  std::size_t next_ = 0;  // Behind the last one given: mostly they are asked for in their order.
};

}  // namespace wallop::sim
