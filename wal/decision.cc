// SPDX-License-Identifier: Apache-2.0
// Mode and verdict to what is done, with a sentence where nothing is.
#include "wal/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

io::Failure refuse(io::Code code, const Options& options, std::string sentence) {
  return io::failure(code, "open log", options.directory, std::move(sentence) + "; nothing was changed");
}

std::string what_is_wrong(const RecoveryInfo& info) {
  std::string sentence;
  for (const LsnRange& range : info.lost) {
    const std::string last = info.loss_has_no_end ? "?" : std::to_string(range.last.value());
    sentence +=
        fmt::format("records {}..{} were acknowledged and are damaged or gone; ", range.first.value(), last);
  }
  sentence += info.damage;
  if (sentence.ends_with("; ")) sentence.resize(sentence.size() - 2);
  return sentence;
}

io::Failure torn(const Options& options, const RecoveryInfo& info) {
  return refuse(io::Code::corrupt, options,
                fmt::format("{} bytes behind record {} are no record, and recovery is absolute",
                            info.bytes_discarded, info.last.value()));
}

io::Failure cannot_tell(const Options& options) {
  return refuse(
      io::Code::invalid, options,
      "the log ends in a recycled segment, where a torn end does not show, and recovery is absolute; "
      "open and close it once in strict, with recycle_segments 0");
}

// The LSN that the log goes on with once it has given up what was found to be lost.
io::Result<Lsn> first_behind_loss(const Options& options, const Examination& found) {
  const Lsn proven = std::max(found.end, found.evidence);
  if (!options.first_lsn && found.info.loss_has_no_end) {
    return refuse(
        io::Code::invalid, options,
        "nothing that is left tells how many records are lost; give first_lsn, above every LSN that "
        "was ever used");
  }
  if (!options.first_lsn) return proven.next();
  if (*options.first_lsn > proven) return *options.first_lsn;
  return refuse(io::Code::invalid, options,
                fmt::format("first_lsn is {}; records up to {} were acknowledged", options.first_lsn->value(),
                            proven.value()));
}

// Whatever is counted from here on in one epoch stays within what validates.
bool has_numbers_left(const Options& options, const Examination& found) {
  const Lsn last = std::max({found.end, found.evidence, options.first_lsn.value_or(Lsn{})});
  return std::max(last.value(), found.highest_id.value()) <= kNumberMax / 2 &&
         found.highest_epoch < kEpochCounterMax;
}

}  // namespace

io::Result<Decision> decide(const Options& options, const Examination& found) {
  if (!has_numbers_left(options, found)) {
    return refuse(io::Code::unsupported, options,
                  "its LSNs, segment ids or epochs are used up; salvage it into a new log");
  }
  const RecoveryInfo& info = found.info;
  const bool is_absolute = options.recovery == RecoveryMode::absolute;
  if (is_absolute && info.tail == TailState::torn) return torn(options, info);
  if (is_absolute && info.tail == TailState::recycled) return cannot_tell(options);
  if (info.corruption_detected() && options.recovery != RecoveryMode::prefix)
    return refuse(io::Code::corrupt, options, what_is_wrong(info));

  Decision decision;
  decision.link = {found.last_with_records(), found.low_water, found.accepted};
  AcceptedLosses& losses = decision.link.losses;
  if (info.corruption_detected()) {
    decision.damage = Damage::accepted;
    const auto first = first_behind_loss(options, found);
    if (!first) return io::Failure(first.error());
    losses.add({found.end.next(), first->previous()});
  }
  // The last one tells with what the log goes on, wherever it lies.
  losses.forget_before(std::min(found.low_water.lsn, decision.link.predecessor.end.last.next()));
  if (losses.count() > kAcceptedLossesMax) {
    return refuse(
        io::Code::unsupported, options,
        fmt::format("{} losses were accepted before, and a log records no more; delete the segments "
                    "before the last of them, or salvage",
                    kAcceptedLossesMax));
  }
  return decision;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
