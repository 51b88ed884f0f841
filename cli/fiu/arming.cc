// SPDX-License-Identifier: Apache-2.0
// Asking each fault what it would do, and writing down what libfiu must know of it.
#include "cli/fiu/arming.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/choices.h"
#include "base/fields.h"
#include "faults/errno_name.h"
#include "faults/points.h"

namespace wallop::cli::libfiu {
namespace {

using base::json::Member;
using base::json::Object;
using base::json::Value;
using faults::Fault;
using faults::Verb;

// What a trigger may say here. "per" is looked at by itself: only "device" can be had.
constexpr std::array<std::string_view, 8> kTriggerKeys{"op",    "nth",    "every", "from",
                                                       "count", "chance", "max",   "per"};
constexpr std::string_view kCan =
    "here a trigger may say \"op\", \"nth\", \"every\", \"from\", \"count\", \"chance\", \"max\"";

std::uint64_t number_in(const Value& object, std::string_view key) {
  const Value* const value = object.find(key);
  const auto* const number = value == nullptr ? nullptr : value->get<std::uint64_t>();
  return number == nullptr ? 0 : *number;
}

// The fault with a trigger that looks at one verb and always fires; nothing where it cannot do without more.
std::optional<Fault> always_on(const Fault& fault, Verb verb) {
  const Value printed = base::print(fault);
  Value always;
  for (const Member& member : *printed.get<Object>()) {
    if (member.key != "when") always.set(member.key, member.value);
  }
  always.set("when", Value().set("op", faults::name(verb)));
  Fault probe;
  base::json::Problems problems;
  base::Reading reading(problems);
  Fault::read_json(always, probe, reading);
  return problems.empty() ? std::optional(probe) : std::nullopt;
}

// The errno, where that is all that the fault does to an operation of that verb, whatever it is about.
std::optional<int> errno_alone(const Fault& fault, Verb verb) {
  const auto probe = always_on(fault, verb);
  if (!probe) return std::nullopt;
  std::optional<int> found;
  for (const bool creates : {false, true}) {
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{8192}}) {
      const faults::Op op{.verb = verb,
                          .path = "any",
                          .id = 1,
                          .bytes = bytes,
                          .device_ordinal = 1,
                          .file_ordinal = 1,
                          .creates = creates};
      const auto effect = probe->on(op, {}, faults::Dice(1, 1));
      if (!effect || effect->os_error == 0) return std::nullopt;
      if (*effect != faults::Effect{.os_error = effect->os_error, .reach = faults::Reach::nothing})
        return std::nullopt;
      if (found && *found != effect->os_error) return std::nullopt;
      found = effect->os_error;
    }
  }
  return found;
}

class Arming {
 public:
  explicit Arming(std::uint64_t seed) : seed_(seed) {}

  void add(const Fault& fault, const std::string& label) {
    label_ = label;
    const std::size_t refused_before = refusals.size();
    const Value printed = base::print(fault);
    const Value* const when = printed.find("when");
    Armed armed;
    armed.seed = base::Seeded(seed_).bits(base::site_number(label), 0);
    if (when != nullptr) read_trigger(*when, armed);
    add_points(fault, armed);
    if (refusals.size() != refused_before) return;
    plan.faults.push_back(armed);
    plan.labels.push_back(label);
  }

  ArmedPlan plan;
  std::vector<Refusal> refusals;

 private:
  void refuse(std::string_view what, std::string hint) {
    refusals.push_back({fmt::format("{}: {}", label_, what), std::move(hint)});
  }

  void read_trigger(const Value& when, Armed& into) {
    for (const Member& member : *when.get<Object>()) {
      if (std::ranges::find(kTriggerKeys, member.key) == kTriggerKeys.end())
        refuse(fmt::format("libfiu is not told what \"{}\" asks for", member.key), std::string(kCan));
    }
    for (const NumberKey& key : kNumberKeys) into.*key.number |= number_in(when, key.name);
    const bool counts = into.nth + into.every + into.from + into.count > 0;
    if (counts && when.find("per") == nullptr)
      refuse("numbers count the calls of each file, and libfiu is not told which file a call is about",
             "say \"per\": \"device\": all calls of that name count, in both worlds");
    else if (const Value* const per = when.find("per"); per != nullptr && *per != Value("device"))
      refuse("libfiu is not told which file a call is about", "say \"per\": \"device\"");
    const Value* const chance = when.find("chance");
    const auto* const text = chance == nullptr ? nullptr : chance->get<std::string>();
    const auto ratio = text == nullptr ? std::nullopt : std::optional(base::parse_ratio(*text));
    if (!ratio || !*ratio) return;
    into.chance = (*ratio)->numerator;
    into.in = (*ratio)->denominator;
  }

  void add_points(const Fault& fault, Armed& into) {
    for (const auto& entry : enum_names(Verb{})) {
      if (!fault.concerns({.verb = entry.value, .path = "any"})) continue;
      add_point(fault, entry.value, into);
    }
  }

  void add_point(const Fault& fault, Verb verb, Armed& into) {
    const std::string_view point = faults::point_of(verb);
    const std::size_t number = point_number(point);
    if (number == kPoints.size()) {
      return refuse(fmt::format("libfiu's preload has no point for \"{}\"", faults::name(verb)),
                    "name other operations in \"op\"");
    }
    const auto os_error = errno_alone(fault, verb);
    if (!os_error) {
      return refuse(
          fmt::format(
              "libfiu can only let a call fail with an errno, and that is not what this does to \"{}\"",
              faults::name(verb)),
          "io_error and failed_sync can be had; the others in the simulated world: wallop run");
    }
    into.os_error = *os_error;
    into.points[number] = true;
    const auto [known, fresh] = errno_of_.emplace(number, *os_error);
    if (fresh || known->second == *os_error) return;
    refuse(fmt::format("libfiu keeps one errno for each point, and {} has {} already", point,
                       faults::errno_name(known->second)),
           "run the two in turn");
  }

  std::uint64_t seed_;
  std::string label_;
  std::map<std::size_t, int> errno_of_;  // By point.
};

template <class Each>
void each_point(const Armed& fault, Each each) {
  for (std::size_t point = 0; point < kPoints.size(); ++point) {
    if (fault.points[point]) each(kPoints[point]);
  }
}

}  // namespace

std::expected<ArmedPlan, std::vector<Refusal>> arm(std::span<const Fault> faults, std::uint64_t seed) {
  if (faults.empty()) return std::unexpected(std::vector<Refusal>{{"the plan holds no fault", ""}});
  if (faults.size() > kFaultsMax) {
    return std::unexpected(std::vector<Refusal>{
        {fmt::format("{} faults, and {} can be armed", faults.size(), kFaultsMax), "split the plan"}});
  }
  Arming arming(seed);
  const std::vector<std::string> labels = faults::labels(faults);
  for (std::size_t i = 0; i < faults.size(); ++i) arming.add(faults[i], labels[i]);
  if (!arming.refusals.empty()) return std::unexpected(std::move(arming.refusals));
  return std::move(arming.plan);
}

std::string to_text(const ArmedPlan& plan) {
  std::string text;
  for (const Armed& fault : plan.faults) {
    std::vector<std::string_view> points;
    each_point(fault, [&](const char* point) { points.emplace_back(point); });
    text +=
        fmt::format("{}points={} errno={}", text.empty() ? "" : "; ", fmt::join(points, ","), fault.os_error);
    for (const NumberKey& key : kNumberKeys) {
      const bool is_needed = key.name != "seed" || fault.chance != 0;
      if (fault.*key.number != 0 && is_needed) text += fmt::format(" {}={}", key.name, fault.*key.number);
    }
  }
  return text;
}

std::string fiu_run_words(const ArmedPlan& plan) {
  std::string words = "fiu-run -x";
  for (const Armed& fault : plan.faults) {
    const auto point_count = std::ranges::count(fault.points, true);
    const bool counts = fault.nth + fault.every + fault.from + fault.count > 0;
    // libfiu's "onetime" is once at each point.
    if (counts || fault.max > 1 || (fault.max == 1 && point_count > 1)) return "";
    each_point(fault, [&](const char* point) {
      const std::string how = fault.chance == 0
                                  ? ""
                                  : fmt::format(",probability={}", static_cast<double>(fault.chance) /
                                                                       static_cast<double>(fault.in));
      words += fmt::format(" -c '{} name={},failinfo={}{}{}'", fault.chance == 0 ? "enable" : "enable_random",
                           point, fault.os_error, how, fault.max == 1 ? ",onetime" : "");
    });
  }
  return words;
}

}  // namespace wallop::cli::libfiu
