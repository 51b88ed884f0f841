// SPDX-License-Identifier: Apache-2.0
// Playing the same steps twice, and making what differs small.
#include "sim/truth/kernel_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/choices.h"
#include "sim/world.h"

namespace wallop::sim {
namespace {

// One sequence of so many has syncs, durable and direct calls in it: those wait for a real disk.
constexpr std::uint64_t kSequencesForSyncs = 20;
constexpr std::uint64_t kShrinkTriesMax = 2000;

struct Difference {
  std::size_t step = 0;  // The one that differs; as many as there are: the tree at the end.
  std::string kernel, simulated;
};

// Where a file system's own answer is as good as the simulated one.
struct Quirk {
  std::string_view model;
  Call call;
  int kernel_error, simulated_error;
};
constexpr std::array kQuirks{
    // fs/xfs/xfs_inode.c (xfs_rename); POSIX.1-2017, rename: EEXIST or ENOTEMPTY.
    Quirk{"xfs", Call::rename, EEXIST, ENOTEMPTY},
};

bool says_error(std::string_view outcome, int os_error) {
  return outcome.starts_with(fmt::format("error {} ", os_error));
}

bool agree(const KernelPlace& place, Call call, const Difference& outcome) {
  if (outcome.kernel == outcome.simulated) return true;
  return std::ranges::any_of(kQuirks, [&](const Quirk& quirk) {
    return quirk.model == place.model && quirk.call == call &&
           says_error(outcome.kernel, quirk.kernel_error) &&
           says_error(outcome.simulated, quirk.simulated_error);
  });
}

// Takes away everything, without the names "." and "..".
std::optional<std::string> empty(io::FileSystem& files) {
  std::vector<std::string> directories{"."};
  for (std::size_t i = 0; i < directories.size(); ++i) {
    const auto names = files.list(directories[i]);
    if (!names.has_value()) return io::describe(names.error());
    for (const std::string& name : *names) {
      const std::string path = directories[i] + "/" + name;
      const auto info = files.stat(path);
      if (info.has_value() && info->kind == io::FileKind::directory) {
        directories.push_back(path);
      } else if (const io::Status gone = files.remove(path); !gone.has_value()) {
        return io::describe(gone.error());
      }
    }
  }
  while (directories.size() > 1) {
    if (const io::Status gone = files.remove(directories.back()); !gone.has_value())
      return io::describe(gone.error());
    directories.pop_back();
  }
  return std::nullopt;
}

std::optional<Difference> first_difference(const KernelPlace& place, const std::vector<Step>& steps) {
  World world({.model = find_model(place.model)});
  Player kernel(*place.files, place.direct);
  Player simulated(world.io().files, place.direct);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Difference outcome{i, kernel.play(steps[i]), simulated.play(steps[i])};
    if (!agree(place, steps[i].call, outcome)) return outcome;
  }
  Difference outcome{steps.size(), kernel.tree(), simulated.tree()};
  if (outcome.kernel != outcome.simulated) return outcome;
  return std::nullopt;
}

// What stands between two sequences: the place is empty again.
struct Outcome {
  std::optional<Difference> difference;
  std::optional<std::string> trouble;  // It could not be emptied.
};

Outcome play_on(const KernelPlace& place, const std::vector<Step>& steps) {
  auto difference = first_difference(place, steps);
  return {std::move(difference), empty(*place.files)};
}

// Without what comes after the difference, and without each half, quarter and so on that it does not need:
// rapidcheck's own list of smaller sequences grows with the square of the length.
std::vector<Step> without_chunks(const KernelPlace& place, std::vector<Step> steps) {
  const auto differs = [&](const std::vector<Step>& fewer) {
    return play_on(place, fewer).difference.has_value();
  };
  for (std::size_t size = steps.size(); size > 0; size /= 2) {
    for (std::size_t begin = 0; begin < steps.size();) {
      std::vector<Step> fewer = steps;
      const std::size_t end = std::min(begin + size, steps.size());
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin),
                  fewer.begin() + static_cast<std::ptrdiff_t>(end));
      if (differs(fewer)) {
        steps = std::move(fewer);
      } else {
        begin = end;
      }
    }
  }
  return steps;
}

// The same step with less in it.
rc::Seq<Step> smaller_steps(const Step& step) {
  const auto with = [step](std::uint64_t Step::* member) {
    return rc::seq::map(rc::shrink::towards(step.*member, std::uint64_t{0}),
                        [step, member](std::uint64_t less) {
                          Step smaller = step;
                          smaller.*member = less;
                          return smaller;
                        });
  };
  return rc::seq::concat(with(&Step::offset), with(&Step::bytes));
}

std::vector<Step> shrink(const KernelPlace& place, std::vector<Step> failing) {
  const auto smaller = [](const std::vector<Step>& steps) {
    return rc::seq::concat(rc::shrink::removeChunks(steps), rc::shrink::eachElement(steps, smaller_steps));
  };
  std::uint64_t try_count = 0;
  return rc::shrinkable::findLocalMin(
             rc::shrinkable::shrinkRecur(without_chunks(place, std::move(failing)), smaller),
             [&](const std::vector<Step>& steps) {
               return ++try_count <= kShrinkTriesMax && play_on(place, steps).difference.has_value();
             })
      .first;
}

std::string story(const KernelPlace& place, const std::vector<Step>& steps) {
  const Outcome again = play_on(place, steps);
  if (!again.difference)
    return fmt::format("{}: calls that differed once and agree when made again", place.name);
  std::string text = fmt::format("{} and the simulated file system ({}) differ:\n", place.name, place.model);
  for (std::size_t i = 0; i < steps.size() && i <= again.difference->step; ++i)
    text += fmt::format("  {:2}  {}\n", i + 1, describe(steps[i]));
  const std::string_view where =
      again.difference->step == steps.size() ? "the files at the end" : "the last call";
  return text + fmt::format("{}, on {}:\n{}\n{}, simulated:\n{}", where, place.name, again.difference->kernel,
                            where, again.difference->simulated);
}

struct KernelTally {
  std::uint64_t sequence_count = 0, call_count = 0;
};

std::vector<Count> counts_of(std::span<const KernelPlace> places, const std::vector<KernelTally>& tallies) {
  std::vector<Count> counts;
  for (std::size_t i = 0; i < places.size(); ++i) {
    counts.push_back({"sequences on " + places[i].name, tallies[i].sequence_count});
    counts.push_back({"calls on " + places[i].name, tallies[i].call_count});
  }
  return counts;
}

}  // namespace

Finding prove_kernel(const ProofRequest& request, std::span<const KernelPlace> places) {
  const rc::Gen<std::vector<Step>> quick = any_steps(Syncs::none);
  const rc::Gen<std::vector<Step>> slow = any_steps(Syncs::some);
  base::Seeded draws(request.seed);
  std::vector<KernelTally> tallies(places.size());
  std::optional<std::string> failure;
  for (std::uint64_t i = 0; !failure && !places.empty() && (i < request.cases_min || request.goes_on());
       ++i) {
    const KernelPlace& place = places[i % places.size()];
    const rc::Random chance(draws.bits(base::site_number("kernel_proof"), i));
    const bool has_syncs = i / places.size() % kSequencesForSyncs == 0;
    const std::vector<Step> steps = (has_syncs ? slow : quick)(chance, kRapidcheckSize).value();
    const Outcome played = play_on(place, steps);
    KernelTally& tally = tallies[i % places.size()];
    ++tally.sequence_count;
    tally.call_count += steps.size();
    if (played.difference) failure = story(place, shrink(place, steps));
    if (played.trouble) failure = fmt::format("{} could not be emptied: {}", place.name, *played.trouble);
  }
  return {counts_of(places, tallies), std::move(failure)};
}

}  // namespace wallop::sim
