// SPDX-License-Identifier: Apache-2.0
// Recovery, and the questions that it must answer. The order matters: a log that does not open cannot be
// read, and what is read wrongly says more than what is missing.
#include "scenarios/run/oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/run/runner.h"
#include "scenarios/run/shown.h"

namespace wallop::scenarios {
namespace {

class Judge {
 public:
  Judge(io::World& world, const Judged& judged, const Promises& promises)
      : world_(world), judged_(judged), promises_(promises) {
    finding_.promised_lsn = promises.promised_lsn();
  }

  Finding judge(std::unique_ptr<Engine>* opened) {
    const io::Instant begin = world_.clock.now();
    auto result = judged_.engine->open(world_, std::string(kLogDirectory), *judged_.options);
    finding_.recovery_time = world_.clock.now() - begin;
    if (!result) {
      judge_refusal(std::move(result.error()));
      return std::move(finding_);
    }
    finding_.bytes_scanned = result->recovered.bytes_scanned;
    finding_.found_first = result->recovered.first_lsn;
    given_up_ = result->recovered.given_up;
    judge_given_up();
    judge_records(*result->engine, result->recovered);
    if (!finding_.failed() && !is_disturbed_) judge_durable();
    if (opened != nullptr) *opened = std::move(result->engine);
    return std::move(finding_);
  }

 private:
  [[nodiscard]] bool asks(std::string_view oracle) const {
    return std::ranges::find(judged_.oracles, oracle) != judged_.oracles.end();
  }
  // The first failure stands.
  void fail(std::string_view oracle, std::string what) {
    if (finding_.failed() || !asks(oracle)) return;
    finding_.oracle = oracle;
    finding_.what = std::move(what);
  }
  void fail(const std::optional<Breach>& breach) {
    if (breach) fail(breach->oracle, breach->what);
  }

  // A refusal that names what is lost is what an honest log does with a disk that lied; any other is a log
  // that does not come back.
  void judge_refusal(io::Error error) {
    if (is_disturbance(error)) {
      finding_.found_last = finding_.found_first - 1;
      finding_.refused = std::move(error);
      return;
    }
    const bool told = error.code == io::Code::corrupt && !error.detail.empty();
    const std::string said = io::describe(error);
    finding_.found_last = finding_.found_first - 1;
    finding_.loss = told ? Loss::told : Loss::none;
    finding_.refused = std::move(error);
    if (!told || judged_.blame == Blame::log) fail("opens", fmt::format("recovery refuses: {}", said));
    if (judged_.blame != Blame::world && promises_.promised_lsn() >= promises_.first_kept_lsn().value_or(1)) {
      fail("durable",
           fmt::format("{} acknowledged, and recovery refuses: {}",
                       range(promises_.first_kept_lsn().value_or(1), promises_.promised_lsn()), said));
    }
  }

  // What a fault did to recovery, and recovery handed on.
  [[nodiscard]] bool is_disturbance(const io::Error& error) const {
    if (judged_.disturbed == Disturbed::never) return false;
    const bool says_damaged = judged_.disturbed == Disturbed::by_faults && judged_.blame == Blame::world &&
                              error.code == io::Code::corrupt;
    return error.injected || says_damaged;
  }

  // Giving up what is lost, by word, is what an engine may be told to do; where nothing can be lost it is a
  // lie.
  void judge_given_up() {
    for (const LsnSpan& span : given_up_) {
      if (span.first <= promises_.promised_lsn()) finding_.loss = Loss::told;
      if (judged_.blame == Blame::log)
        fail("opens", fmt::format("recovery gives up {}, and nothing was lost", lsns(span.first, span.last)));
    }
  }

  // Where a reading that has shown all before `lsn` goes on: there, or behind what was given up.
  [[nodiscard]] std::uint64_t behind_given_up(std::uint64_t lsn) const {
    for (const LsnSpan& span : given_up_) {
      if (span.first <= lsn && lsn <= span.last) return span.last + 1;
    }
    return lsn;
  }

  void judge_records(Engine& engine, const Recovered& recovered) {
    const Records records(*judged_.workload, judged_.seed);
    Shown shown(records, &promises_);
    const io::Status status =
        engine.read(recovered.first_lsn, [&](std::uint64_t lsn, const KeyValue& record) {
          if (shown.count() > 0 && lsn == behind_given_up(shown.last() + 1) && lsn != shown.last() + 1)
            shown.skip();
          if (shown.count() == 0 && lsn != behind_given_up(recovered.first_lsn))
            fail("prefix", fmt::format("the first record is LSN {}, and recovery found LSN {}", lsn,
                                       recovered.first_lsn));
          fail(shown.add(lsn, record));
          return !finding_.failed();
        });
    finding_.found_last = shown.count() == 0 ? recovered.first_lsn - 1 : shown.last();
    finding_.found_bytes = shown.bytes();
    if (!status && is_disturbance(status.error())) {
      is_disturbed_ = true;
      return;
    }
    if (!status) {
      const bool promised = finding_.found_last < promises_.promised_lsn();
      fail(promised ? "durable" : "prefix",
           fmt::format("LSN {} cannot be read: {}", finding_.found_last + 1, io::describe(status.error())));
    }
    if (finding_.found_last != recovered.last_lsn) {
      fail("prefix", fmt::format("recovery found up to LSN {}, and the reader shows up to LSN {}",
                                 recovered.last_lsn, finding_.found_last));
    }
    fail(shown.end());
  }

  void judge_durable() {
    const std::uint64_t promised = promises_.promised_lsn();
    const auto kept = promises_.first_kept_lsn();
    if (kept && finding_.found_first > *kept)
      lose_unless_given_up(*kept, std::min(finding_.found_first - 1, promised));
    lose_unless_given_up(finding_.found_last + 1, promised);
  }

  // What was given up may only stand at the start of what is missing: the rest is lost in silence.
  void lose_unless_given_up(std::uint64_t first, std::uint64_t last) {
    first = behind_given_up(first);
    if (first <= last) lose(first, last);
  }

  void lose(std::uint64_t first, std::uint64_t last) {
    if (finding_.loss == Loss::none || finding_.loss == Loss::told)
      finding_.loss = is_proven(first) ? Loss::silent : Loss::undetectable;
    if (judged_.blame == Blame::world && finding_.loss != Loss::silent) return;
    fail("durable",
         fmt::format("{} acknowledged and {} gone", range(first, last), first == last ? "is" : "are"));
  }

  // Whether a byte that survived says that `lsn` was durable once. The engine has been opened meanwhile; it
  // may have written new files, and may not have touched old evidence.
  [[nodiscard]] bool is_proven(std::uint64_t lsn) const {
    if (judged_.engine->evidence == nullptr) return false;
    const auto proven = judged_.engine->evidence(world_, std::string(kLogDirectory), *judged_.options);
    return proven.has_value() && *proven >= lsn;
  }

  static std::string lsns(std::uint64_t first, std::uint64_t last) {
    return first == last ? fmt::format("LSN {}", first) : fmt::format("LSN {}..{}", first, last);
  }
  static std::string range(std::uint64_t first, std::uint64_t last) {
    return first == last ? fmt::format("LSN {} was", first) : fmt::format("LSN {}..{} were", first, last);
  }

  io::World& world_;
  const Judged& judged_;
  const Promises& promises_;
  std::vector<LsnSpan> given_up_;
  bool is_disturbed_ = false;  // A fault ended the reading.
  Finding finding_;
};

}  // namespace

const std::vector<std::string_view>& oracle_names() {
  static const std::vector<std::string_view> names{"opens", "prefix", "intact", "durable"};
  return names;
}

Finding recover_and_judge(io::World& world, const Judged& judged, const Promises& promises,
                          std::unique_ptr<Engine>* opened) {
  return Judge(world, judged, promises).judge(opened);
}

}  // namespace wallop::scenarios
