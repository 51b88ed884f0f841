// SPDX-License-Identifier: Apache-2.0
// Choices and draws: the only two sources of chance.
//
// A *choice* is one question, "which of n?", with 0 always the calm answer. Choices are enumerated, sampled,
// recorded, replayed and made small (sim/explore): crash images, schedules, optional faults. A *draw* is a
// value that only has to look random: a latency tail, a record's size. It is a pure function of (seed, site,
// ordinal), so that a new draw in one place does not shift the draws of another, and it is never enumerated
// nor part of a list of answers.
#pragma once

#include <cstdint>
#include <string_view>

namespace wallop::base {

// What a choice is about. The names come from the code (string literals); the numbers count from the start of
// the run, never from its end: a list of answers then keeps its meaning when the end moves (which shrinking
// does).
struct Question {
  std::string_view site;      // "crash.piece", "schedule.next"
  std::uint64_t subject = 0;  // Which one: an operation id, a file's object id.
  std::uint64_t ordinal = 0;  // The how-manieth of its kind for that subject.
};

class Chooser {
 public:
  virtual ~Chooser() = default;
  // One of 0 .. option_count - 1. option_count must be at least 1; with 1 the answer is 0 and nothing is
  // recorded.
  virtual std::uint64_t choose(const Question& what, std::uint64_t option_count) = 0;
};

// Always calm: every answer is 0.
class Calm final : public Chooser {
 public:
  std::uint64_t choose(const Question&, std::uint64_t) override { return 0; }
};

// The draws of one seed.
class Draws {
 public:
  virtual ~Draws() = default;
  // Uniform over all 64-bit values. `site` names the place in the code, `ordinal` counts its draws.
  virtual std::uint64_t bits(std::uint64_t site, std::uint64_t ordinal) = 0;

  // Uniform over 0 .. bound - 1; bound must be at least 1. Multiply-shift: the bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound, std::uint64_t site, std::uint64_t ordinal);
  // True with the chance `numerator` in `denominator`.
  bool chance(std::uint64_t numerator, std::uint64_t denominator, std::uint64_t site, std::uint64_t ordinal);
};

// A site's number, from its name: stable over compilers and builds (FNV-1a).
constexpr std::uint64_t site_number(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

// The keyed generator f(seed, site, ordinal), and a chooser that answers from it: each answer depends on the
// seed and on how many questions went before.
class Seeded final : public Draws, public Chooser {
 public:
  explicit Seeded(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t bits(std::uint64_t site, std::uint64_t ordinal) override;
  std::uint64_t choose(const Question& what, std::uint64_t option_count) override;

 private:
  std::uint64_t seed_;
  std::uint64_t question_count_ = 0;
};

}  // namespace wallop::base
