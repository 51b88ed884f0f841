// SPDX-License-Identifier: Apache-2.0
// Random traces through Medium, images at random cuts, and a trace that fails made small.
#include "sim/truth/synced_data_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/choices.h"
#include "sim/medium.h"
#include "sim/truth/random_trace.h"
#include "sim/truth/synced_oracle.h"

namespace wallop::sim {
namespace {

constexpr std::size_t kOpsMax = 12;
constexpr std::uint64_t kCutShare = 4;
constexpr std::uint64_t kSamplesOfShrinking = 64;
// So many traces of a model must have shown every fate that it names.
constexpr std::uint64_t kTracesToSeeAll = 20'000;

struct SyncedTally {
  std::uint64_t trace_count = 0, image_count = 0, synced_count = 0;
  SeenCounts seen{};
};

// Which cuts of a trace are looked at, and how often.
struct Looks {
  std::uint64_t seed = 0;
  std::uint64_t cut_share = 1;  // One cut of so many, and the end.
  std::uint64_t sample_count = 1;
};

class Trial {
 public:
  Trial(const ModelSpec& model, const PlantedInMedium& planted, const Looks& looks)
      : stage_(model),
        oracle_(model),
        medium_(planted.model ? *planted.model(model) : model, Disk()),
        planted_(planted),
        looks_(looks),
        draws_(looks.seed) {}

  std::optional<std::string> play(const std::vector<RandomOp>& ops) {
    for (const RandomOp& op : ops) {
      auto act = stage_.play(op);
      if (!act) continue;
      if (auto broken = apply(act->begin)) return broken;
      const bool waits = op.ends_late && !late_;
      if (waits) {
        late_ = std::move(act->end);
        continue;
      }
      if (auto broken = apply(act->end)) return broken;
      if (!late_) continue;
      if (auto broken = apply(*std::exchange(late_, std::nullopt))) return broken;
    }
    return look();
  }

  void add_to(SyncedTally& tally) const {
    ++tally.trace_count;
    tally.image_count += image_count_;
    tally.synced_count += oracle_.synced_count();
    for (std::size_t i = 0; i < kSeenCount; ++i) tally.seen[i] += oracle_.seen()[i];
  }

 private:
  std::optional<std::string> apply(const Entry& entry) {
    oracle_.apply(entry);
    if (planted_.entry) {
      Entry changed = entry;
      planted_.entry(changed);
      medium_.apply(changed);
    } else {
      medium_.apply(entry);
    }
    const bool is_looked_at = draws_.below(looks_.cut_share, base::site_number("cut"), cut_count_++) == 0;
    return is_looked_at ? look() : std::nullopt;
  }

  std::optional<std::string> look() {
    for (std::uint64_t i = 0; i < looks_.sample_count; ++i) {
      base::Seeded chooser(draws_.bits(base::site_number("image"), image_count_++));
      if (auto wrong = oracle_.complaint(medium_.image(Crash::power_loss, chooser))) return wrong;
    }
    return std::nullopt;
  }

  Stage stage_;
  SyncedOracle oracle_;
  Medium medium_;
  const PlantedInMedium& planted_;
  Looks looks_;
  base::Seeded draws_;
  std::optional<Entry> late_;
  std::uint64_t cut_count_ = 0, image_count_ = 0;
};

// Where a smaller trace is looked for: every cut, many images.
constexpr Looks look_hard(std::uint64_t seed) {
  return {.seed = seed, .cut_share = 1, .sample_count = kSamplesOfShrinking};
}

std::optional<std::string> complaint_about(const ModelSpec& model, const PlantedInMedium& planted,
                                           const std::vector<RandomOp>& ops, const Looks& looks) {
  return Trial(model, planted, looks).play(ops);
}

// Without each operation that the failure does not need, the last one first.
std::vector<RandomOp> without_needless(const ModelSpec& model, const PlantedInMedium& planted,
                                       std::vector<RandomOp> ops, const Looks& looks) {
  for (std::size_t at = ops.size(); at-- > 0;) {
    std::vector<RandomOp> fewer = ops;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
    if (complaint_about(model, planted, fewer, looks)) ops = std::move(fewer);
  }
  return ops;
}

std::string story(std::string_view name, const PlantedInMedium& planted, const std::vector<RandomOp>& failing,
                  const Looks& looks, const std::string& first_complaint) {
  const ModelSpec& model = *find_model(name);
  const Looks hard = look_hard(looks.seed);
  const bool repeats = complaint_about(model, planted, failing, hard).has_value();
  const auto ops = repeats ? without_needless(model, planted, failing, hard) : failing;
  const std::string complaint =
      repeats ? complaint_about(model, planted, ops, hard).value_or(first_complaint) : first_complaint;
  std::string text = fmt::format("{}: a crash image that may not be: {}\n", name, complaint);
  Stage stage(model);
  for (const RandomOp& op : ops) {
    if (const auto act = stage.play(op))
      text += fmt::format("  {}{}\n", to_text(*act), op.ends_late ? "   (ends after the next one)" : "");
  }
  return text;
}

// A fate that a model names and that no image had.
std::optional<std::string> never_seen(std::string_view name, const SyncedTally& tally) {
  if (tally.trace_count < kTracesToSeeAll) return std::nullopt;
  for (std::size_t i = 0; i < kSeenCount; ++i) {
    const Seen what{static_cast<std::uint8_t>(i)};
    if (tally.seen[i] > 0 || duty(*find_model(name), what) != Duty::must) continue;
    return fmt::format("{}: {} images of {} traces, and none shows {}, which the model names", name,
                       tally.image_count, tally.trace_count, in_words(what));
  }
  return std::nullopt;
}

std::vector<Count> counts_of(const std::vector<SyncedTally>& tallies) {
  SyncedTally all;
  std::uint64_t fate_count = 0;
  for (std::size_t model = 0; model < tallies.size(); ++model) {
    const SyncedTally& tally = tallies[model];
    all.trace_count += tally.trace_count;
    all.image_count += tally.image_count;
    all.synced_count += tally.synced_count;
    fate_count += static_cast<std::uint64_t>(std::ranges::count_if(tally.seen, [](auto n) { return n > 0; }));
  }
  return {{"random traces", all.trace_count},
          {"images", all.image_count},
          {"synced bytes, sizes and names in them", all.synced_count},
          {"kinds of loss seen, of all models", fate_count}};
}

}  // namespace

Finding prove_synced_data(const ProofRequest& request, const PlantedInMedium& planted) {
  const std::vector<std::string_view>& models = model_names();
  base::Seeded draws(request.seed);
  std::vector<SyncedTally> tallies(models.size());
  std::optional<std::string> failure;
  for (std::uint64_t i = 0; !failure && (i < request.cases_min || request.goes_on()); ++i) {
    const std::string_view name = models[i % models.size()];
    const bool has_faults = i / models.size() % 2 == 1;
    const std::vector<RandomOp> ops = random_ops(draws, i, kOpsMax, has_faults);
    const Looks looks{.seed = draws.bits(base::site_number("looks"), i), .cut_share = kCutShare};
    Trial trial(*find_model(name), planted, looks);
    if (const auto complaint = trial.play(ops)) failure = story(name, planted, ops, looks, *complaint);
    trial.add_to(tallies[i % models.size()]);
  }
  for (std::size_t i = 0; !failure && i < models.size(); ++i) failure = never_seen(models[i], tallies[i]);
  return {counts_of(tallies), std::move(failure)};
}

}  // namespace wallop::sim
