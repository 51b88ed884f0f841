// SPDX-License-Identifier: Apache-2.0
// Trigger: when a fault strikes. Plain data, the same for every kind.
//
//   { "path": "*.wal", "op": "sync", "nth": 3 }                   the third sync of each such file
//   { "op": ["write", "write_durable"], "chance": "1/1000" }      one in a thousand, by the fault's own draws
//   { "at": ["10s", "30s"] }                                      the first operation at or after each
//   instant { "from": 5, "count": 2, "per": "device" }                    the fifth and sixth on the whole
//   device { "op": "write", "nth": 2, "per": "block" }                   each block's second write { "every":
//   10, "during": { "from": "5s", "to": "9s" }, "max": 3 } { "op": "sync", "after": "full", "max": 1 } the
//   first sync after the fault named "full"
//
// All keys that are given must hold. What surprises: operations are counted for each verb by itself, from the
// start of the world and whether or not the path matches; so "nth": 3 over two files and two verbs can fire
// four times ("max" says how often at most), and "per": "device" with a path may never meet its number.
//
// A trigger keeps no state: what it must know of earlier firings is handed in (Past).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fields.h"
#include "faults/dice.h"
#include "faults/one_or_many.h"
#include "faults/op.h"
#include "faults/verb_set.h"
#include "io/time.h"

namespace wallop::faults {

// What makes a fault impossible or senseless, as a user must hear it.
struct Flaw {
  std::string key;   // "when/nth": where in the fault's JSON.
  std::string what;  // "\"nth\" counts from 1".
  std::string hint;  // How to mend it, or "".
  bool operator==(const Flaw&) const = default;
};

// What one fault did before the operation at hand.
struct Past {
  std::uint64_t fired_count = 0;
  std::optional<io::Instant> last_fired;
  bool is_after = false;  // What its "after" names has happened, at an earlier operation.
};

enum class Per : std::uint8_t { file, device, block };
constexpr auto enum_names(Per) {
  return std::array{base::EnumName{"file", Per::file}, base::EnumName{"device", Per::device},
                    base::EnumName{"block", Per::block}};
}

// Whether the fault keeps the operation from happening, or strikes once it is done.
enum class Phase : std::uint8_t { before, after };
constexpr auto enum_names(Phase) {
  return std::array{base::EnumName{"before", Phase::before}, base::EnumName{"after", Phase::after}};
}

// [from, to) in virtual time since the world's start.
struct During {
  base::Duration from{};
  base::Duration to{};
  bool operator==(const During&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("from", from, "Virtual time since the start of the world.", base::Need::required);
    v("to", to, "The first instant that is out again.", base::Need::required);
  }
};

struct Trigger {
  std::optional<std::string> path;
  std::optional<OneOrMany<Verb>> op;
  std::optional<std::uint64_t> nth, every, from, count;
  std::optional<Per> per;
  std::optional<base::Ratio> chance;
  std::optional<OneOrMany<base::Duration>> at;
  std::optional<During> during;
  std::optional<std::uint64_t> max;
  std::optional<std::string> after;
  std::optional<Phase> phase;
  bool operator==(const Trigger&) const = default;

  template <class Visitor>
  void fields(Visitor& v) {
    v("path", path, "Glob; without '/' it is held against the file's last name. Absent: every path.");
    v("op", op, "Which operations, of those that the fault can hit. Absent: its usual ones.");
    v("nth", nth, "This one alone, counted from 1 for each verb.");
    v("every", every, "Each one whose number is a multiple of this.");
    v("from", from, "This one, counted from 1, and those after it.");
    v("count", count, "How many, beginning with \"from\". Absent: for ever.");
    v("per", per,
      "What the numbers count: operations on each file (the default), on the whole device, or those that "
      "begin "
      "in each block of 4096 bytes.");
    v("chance", chance, "The chance of each operation, \"1/1000\".");
    v("at", at,
      "Instants of virtual time: the first operation at or after each; faults with a \"for\" hold that "
      "long.");
    v("during", during, "Only in this stretch of virtual time.");
    v("max", max, "How many operations it hits at most.");
    v("after", after,
      "Only once the fault of this name has fired, or the workload has come to this mark; \"crash\": only "
      "while what is left of a crash is recovered, in a world whose time and numbers begin anew.");
    v("phase", phase,
      "Of a fault with an errno: before (the default) nothing is done; after, it is done, and fails all the "
      "same.");
  }

  // Whether the operation is one of those the trigger looks at: its verb and its path.
  [[nodiscard]] bool concerns(const Op& operation, const Targets& targets) const;

  // Whether it goes by the operation's number.
  [[nodiscard]] bool counts() const { return nth || every || from || count; }
  // The operation's number, as "per" counts.
  [[nodiscard]] std::uint64_t ordinal(const Op& operation) const;

  // For an operation that concerns it: whether the fault strikes. `span` is how long the fault holds from
  // each instant of `at`, 0 for one operation. Gives the end of the span, without `at` counted from the
  // operation.
  [[nodiscard]] std::optional<io::Instant> fires(const Op& operation, const Past& past, const Dice& dice,
                                                 base::Duration span) const;

  // Why it can never fire, or says two things at once. Keys begin with "when/".
  [[nodiscard]] std::vector<Flaw> flaws(const Targets& targets) const;
};

// Of a kind that knows no difference between before and after an operation.
[[nodiscard]] std::vector<Flaw> phase_flaws(const Trigger& when);

// Of a kind whose "for" may be left out: it needs instants to begin at, and must be some time.
[[nodiscard]] std::vector<Flaw> hold_flaws(std::optional<base::Duration> hold, const Trigger& when);

// Of a kind that holds for ever where "for" is left out: likewise.
[[nodiscard]] std::vector<Flaw> lasting_flaws(std::optional<base::Duration> hold, const Trigger& when);

// At most a century after the world's start (effect.h).
[[nodiscard]] io::Instant later(io::Instant start, base::Duration span);

}  // namespace wallop::faults
