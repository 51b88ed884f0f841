// SPDX-License-Identifier: Apache-2.0
// Walking all images of a trace, then drawing until each must have come.
#include "sim/truth/sampling_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/answers.h"
#include "sim/medium.h"
#include "sim/truth/random_trace.h"

namespace wallop::sim {
namespace {

constexpr std::size_t kSmallOpsMax = 5;
// A trace whose rarest image is rarer than one in so many is left out: it would take too many samples.
constexpr std::uint64_t kRarestMax = 512;
constexpr std::uint64_t kImagesMax = 4096;
// exp(-30) is 10^-13.
constexpr std::uint64_t kSamplesPerRarity = 30;

// Every list of answers, and of how many equally likely ones it is one.
class Weighing final : public base::Chooser {
 public:
  explicit Weighing(base::Chooser& inner) : inner_(inner) {}
  std::uint64_t choose(const base::Question& what, std::uint64_t option_count) override {
    rarity_ = rarity_ > kRarestMax ? rarity_ : rarity_ * option_count;
    return inner_.choose(what, option_count);
  }
  [[nodiscard]] std::uint64_t rarity() const { return rarity_; }

 private:
  base::Chooser& inner_;
  std::uint64_t rarity_ = 1;
};

struct AllImages {
  std::map<std::uint64_t, std::uint64_t> samples;  // Hash -> how often it was drawn.
  std::uint64_t rarest = 1;                        // One in so many draws.
};

// Nothing where they are too many or too rare.
std::optional<AllImages> all_images(const Medium& medium) {
  AllImages all;
  EveryChoice every;
  std::uint64_t count = 0;
  do {
    Weighing weighing(every);
    all.samples.emplace(medium.image(Crash::power_loss, weighing).hash(), 0);
    all.rarest = std::max(all.rarest, weighing.rarity());
    if (all.rarest > kRarestMax || ++count > kImagesMax) return std::nullopt;
  } while (every.next());
  return all;
}

struct SamplingCase {
  Medium medium;
  std::string text;  // Its trace.
};

SamplingCase case_of(std::string_view model, base::Draws& draws, std::uint64_t number) {
  const ModelSpec& spec = *find_model(model);
  SamplingCase made{Medium(spec, Disk()), fmt::format("{}:\n", model)};
  Stage stage(spec);
  for (const RandomOp& op : random_ops(draws, number, kSmallOpsMax, false)) {
    const auto act = stage.play(op);
    if (!act) continue;
    made.medium.apply(act->begin);
    made.medium.apply(act->end);
    made.text += "  " + to_text(*act) + "\n";
  }
  return made;
}

struct SamplingTally {
  std::uint64_t trace_count = 0, image_count = 0, sample_count = 0, left_out_count = 0;
};

// What sampling did wrong.
std::optional<std::string> sample(const SamplingCase& sampled, AllImages& all,
                                  const MakeSampler& make_sampler, std::uint64_t seed, SamplingTally& tally) {
  base::Seeded seeds(seed);
  const std::uint64_t sample_count = all.rarest * kSamplesPerRarity;
  for (std::uint64_t i = 0; i < sample_count; ++i) {
    const auto chooser = make_sampler(seeds.bits(base::site_number("sample"), i));
    const auto found = all.samples.find(sampled.medium.image(Crash::power_loss, *chooser).hash());
    if (found == all.samples.end())
      return fmt::format("{}sampling found an image that is not among the {} that there are", sampled.text,
                         all.samples.size());
    ++found->second;
  }
  ++tally.trace_count;
  tally.image_count += all.samples.size();
  tally.sample_count += sample_count;
  const auto missed = std::ranges::count(all.samples, 0U, [](const auto& image) { return image.second; });
  if (missed == 0) return std::nullopt;
  return fmt::format("{}{} samples reached {} of {} images; the rarest is one in {}", sampled.text,
                     sample_count, all.samples.size() - static_cast<std::size_t>(missed), all.samples.size(),
                     all.rarest);
}

}  // namespace

Finding prove_sampling(const ProofRequest& request) {
  return prove_sampling(request, [](std::uint64_t seed) { return std::make_unique<base::Seeded>(seed); });
}

Finding prove_sampling(const ProofRequest& request, const MakeSampler& make_sampler) {
  const std::vector<std::string_view>& models = model_names();
  base::Seeded draws(request.seed);
  SamplingTally tally;
  std::optional<std::string> failure;
  for (std::uint64_t i = 0; !failure && (i < request.cases_min || request.goes_on()); ++i) {
    const SamplingCase sampled = case_of(models[i % models.size()], draws, i);
    auto all = all_images(sampled.medium);
    if (!all) {
      ++tally.left_out_count;
      continue;
    }
    failure = sample(sampled, *all, make_sampler, draws.bits(base::site_number("samples"), i), tally);
  }
  return {{{"small traces", tally.trace_count},
           {"images, each of them reached", tally.image_count},
           {"samples", tally.sample_count},
           {"traces left out, with images too rare or too many", tally.left_out_count}},
          std::move(failure)};
}

}  // namespace wallop::sim
