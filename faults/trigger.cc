// SPDX-License-Identifier: Apache-2.0
// When a trigger fires, and why it never could.
#include "faults/trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "faults/effect.h"
#include "faults/glob.h"

namespace wallop::faults {
namespace {

bool number_fits(const Trigger& when, const Op& operation) {
  if (!when.counts()) return true;
  const std::uint64_t ordinal = when.ordinal(operation);
  if (when.nth) return ordinal == *when.nth;
  if (when.every) return *when.every != 0 && ordinal % *when.every == 0;
  const std::uint64_t first = when.from.value_or(1);
  return ordinal >= first && (!when.count || ordinal - first < *when.count);
}

bool within(const During& during, io::Instant at) {
  return at.time_since_epoch() >= during.from && at.time_since_epoch() < during.to;
}

// An instant is due until an operation at or after it has been hit.
bool instant_due(const std::vector<base::Duration>& instants, io::Instant now, const Past& past) {
  return std::any_of(instants.begin(), instants.end(), [&](base::Duration instant) {
    const io::Instant due(instant);
    return due <= now && (!past.last_fired || *past.last_fired < due);
  });
}

// The latest end of the spans [instant, instant + span) that hold now.
std::optional<io::Instant> end_of_span(const std::vector<base::Duration>& instants, io::Instant now,
                                       base::Duration span) {
  std::optional<io::Instant> end;
  for (const base::Duration instant : instants) {
    const io::Instant start(instant);
    if (start <= now && now - start < span) end = std::max(end.value_or(start), later(start, span));
  }
  return end;
}

// Gathers what is wrong, so that each rule below is one line.
class Flaws {
 public:
  void refuse_if(bool wrong, std::string_view key, std::string what, std::string hint = "") {
    if (wrong) found_.push_back({fmt::format("when/{}", key), std::move(what), std::move(hint)});
  }
  std::vector<Flaw> take() { return std::move(found_); }

 private:
  std::vector<Flaw> found_;
};

// Those that begin somewhere in a file.
constexpr VerbSet kBlockVerbs{Verb::read, Verb::read_stored, Verb::write, Verb::write_durable,
                              Verb::allocate};

std::string names_of(VerbSet verbs) {
  std::string names;
  for (const auto& entry : enum_names(Verb{})) {
    if (verbs.has(entry.value)) names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
  }
  return names;
}

void check_target(const Trigger& when, const Targets& targets, Flaws& flaws) {
  if (when.path) {
    std::string wrong = glob_flaw(*when.path);
    flaws.refuse_if(!wrong.empty(), "path", wrong);
  }
  for (const auto& entry : enum_names(Verb{})) {
    const bool is_hit = when.op ? std::ranges::find(when.op->values, entry.value) != when.op->values.end()
                                : targets.usual.has(entry.value);
    if (!is_hit || when.per != Per::block || kBlockVerbs.has(entry.value)) continue;
    flaws.refuse_if(true, "per", fmt::format("\"{}\" begins in no block", entry.name),
                    "\"op\" may name: " + names_of(kBlockVerbs));
    break;
  }
  if (!when.op) {
    if (targets.usual.empty())
      flaws.refuse_if(true, "op", "\"op\" must say which operations", "write \"op\": \"read\"");
    return;
  }
  flaws.refuse_if(when.op->values.empty(), "op", "an empty list names no operation");
  for (const Verb verb : when.op->values) {
    flaws.refuse_if(!targets.possible.has(verb), "op",
                    fmt::format("this fault never hits \"{}\"", name(verb)),
                    "it can hit: " + names_of(targets.possible));
  }
}

void check_numbers(const Trigger& when, Flaws& flaws) {
  flaws.refuse_if(when.nth == 0, "nth", "\"nth\" counts from 1");
  flaws.refuse_if(when.every == 0, "every", "\"every\" 0 never comes round");
  flaws.refuse_if(when.from == 0, "from", "\"from\" counts from 1");
  flaws.refuse_if(when.count == 0, "count", "\"count\" 0 means never", "leave the fault out instead");
  flaws.refuse_if(when.max == 0, "max", "\"max\" 0 means never", "leave the fault out instead");
  const bool run = when.from || when.count;
  const int ways = (when.nth ? 1 : 0) + (when.every ? 1 : 0) + (run ? 1 : 0);
  flaws.refuse_if(ways > 1, when.nth ? "nth" : "every", "more than one way to count",
                  "keep one of \"nth\", \"every\", \"from\" with \"count\"");
  flaws.refuse_if(when.per && ways == 0, "per", "\"per\" has nothing to count",
                  "add \"nth\", \"every\" or \"from\"");
}

void check_time(const Trigger& when, Flaws& flaws) {
  flaws.refuse_if(when.chance && when.chance->numerator == 0, "chance",
                  fmt::format("\"{}\" never comes true", when.chance ? to_text(*when.chance) : ""),
                  "leave the fault out instead");
  flaws.refuse_if(when.during && when.during->from >= when.during->to, "during",
                  "the stretch is empty: \"from\" must be before \"to\"");
  if (!when.at) return;
  flaws.refuse_if(when.at->values.empty(), "at", "an empty list names no instant");
  flaws.refuse_if(when.counts(), "at",
                  "\"at\" takes the first operation after an instant: a number cannot hold too",
                  "keep one of the two");
  flaws.refuse_if(when.chance.has_value(), "at", "\"at\" happens for certain: a chance cannot hold too",
                  "keep one of the two");
  flaws.refuse_if(when.during.has_value(), "at", "\"at\" and \"during\" both say when",
                  "keep one of the two");
}

}  // namespace

bool Trigger::concerns(const Op& operation, const Targets& targets) const {
  if (!targets.possible.has(operation.verb)) return false;
  if (op && std::find(op->values.begin(), op->values.end(), operation.verb) == op->values.end()) return false;
  if (!op && !targets.usual.has(operation.verb)) return false;
  return !path || glob_matches(*path, operation.path);
}

std::uint64_t Trigger::ordinal(const Op& operation) const {
  switch (per.value_or(Per::file)) {
    case Per::file:
      return operation.file_ordinal;
    case Per::device:
      return operation.device_ordinal;
    case Per::block:
      return operation.block_ordinal;
  }
  return operation.file_ordinal;
}

std::optional<io::Instant> Trigger::fires(const Op& operation, const Past& past, const Dice& dice,
                                          base::Duration span) const {
  if (max && past.fired_count >= *max) return std::nullopt;
  if (after && !past.is_after) return std::nullopt;
  if (at && span > base::Duration::zero()) return end_of_span(at->values, operation.at, span);
  if (at) return instant_due(at->values, operation.at, past) ? std::optional(operation.at) : std::nullopt;
  if (!number_fits(*this, operation)) return std::nullopt;
  if (during && !within(*during, operation.at)) return std::nullopt;
  if (chance && !dice.chance(*chance)) return std::nullopt;
  return later(operation.at, span);
}

std::vector<Flaw> Trigger::flaws(const Targets& targets) const {
  Flaws flaws;
  check_target(*this, targets, flaws);
  check_numbers(*this, flaws);
  check_time(*this, flaws);
  return flaws.take();
}

std::vector<Flaw> phase_flaws(const Trigger& when) {
  if (!when.phase) return {};
  return {{"when/phase", "this fault has no errno that could come before or after", "leave it out"}};
}

std::vector<Flaw> hold_flaws(std::optional<base::Duration> hold, const Trigger& when) {
  if (!hold) return {};
  if (*hold <= base::Duration::zero())
    return {{"for", "\"for\" no time at all", "leave it out for one operation"}};
  if (when.at) return {};
  return {
      {"for", "\"for\" needs instants to begin at", "add \"at\" to \"when\", or take \"during\" instead"}};
}

std::vector<Flaw> lasting_flaws(std::optional<base::Duration> hold, const Trigger& when) {
  if (hold && *hold <= base::Duration::zero())
    return {{"for", "\"for\" no time at all", "leave it out for ever"}};
  if (when.at) return {};
  return {{"when", "it holds from an instant on, and none is given", "add \"at\": \"10s\" to \"when\""}};
}

io::Instant later(io::Instant start, base::Duration span) {
  const io::Instant end(kForever);
  return start >= end || span > end - start ? end : start + span;
}

}  // namespace wallop::faults
