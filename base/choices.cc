// SPDX-License-Identifier: Apache-2.0
// The keyed generator behind draws and seeded choices.
#include "base/choices.h"

#include "base/ensure.h"

namespace wallop::base {
namespace {

// SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014): a bijection whose every output bit depends on
// every input bit. Three rounds over three keys are far more than a simulation's draws need.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

constexpr std::uint64_t scale(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(bits) * bound) >> 64);
}

}  // namespace

std::uint64_t Draws::below(std::uint64_t bound, std::uint64_t site, std::uint64_t ordinal) {
  ensure(bound >= 1, "a draw has at least one outcome");
  return scale(bits(site, ordinal), bound);
}

bool Draws::chance(std::uint64_t numerator, std::uint64_t denominator, std::uint64_t site,
                   std::uint64_t ordinal) {
  return below(denominator, site, ordinal) < numerator;
}

std::uint64_t Seeded::bits(std::uint64_t site, std::uint64_t ordinal) {
  return mix(mix(mix(seed_) ^ site) ^ ordinal);
}

std::uint64_t Seeded::choose(const Question& what, std::uint64_t option_count) {
  ensure(option_count >= 1, "a question has at least one answer");
  if (option_count == 1) return 0;
  return below(option_count, site_number(what.site), question_count_++);
}

}  // namespace wallop::base
