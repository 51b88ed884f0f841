// SPDX-License-Identifier: Apache-2.0
// Which bytes of a torn write last.
#include "faults/kinds/torn_write.h"

#include <algorithm>
#include <utility>

namespace wallop::faults {
namespace {

constexpr std::uint64_t kUsualSectorBytes = 512;

// A write as its drive sees it: sectors lie at multiples of their size in the file, so that the first and the
// last one may be touched in part.
class Sectors {
 public:
  Sectors(const Op& op, std::uint64_t sector_bytes)
      : op_(op), sector_bytes_(sector_bytes), first_(op.offset / sector_bytes) {}

  [[nodiscard]] std::uint64_t count() const {
    return op_.bytes == 0 ? 0 : (op_.offset + op_.bytes - 1) / sector_bytes_ - first_ + 1;
  }
  // Of the sector that a byte of the write lies in, what belongs to the write.
  [[nodiscard]] ByteRange around(std::uint64_t byte) const {
    const std::uint64_t index = (op_.offset + byte) / sector_bytes_ - first_;
    return range(index, index + 1);
  }
  // Sectors [begin, end), as bytes of the write.
  [[nodiscard]] ByteRange range(std::uint64_t begin, std::uint64_t end) const {
    return {edge(begin), edge(end)};
  }

 private:
  [[nodiscard]] std::uint64_t edge(std::uint64_t index) const {
    const std::uint64_t at = (first_ + index) * sector_bytes_;
    return at <= op_.offset ? 0 : std::min(at - op_.offset, op_.bytes);
  }

  const Op& op_;
  std::uint64_t sector_bytes_;
  std::uint64_t first_;
};

// Ordinal 0 is the draw that settles the whole; the sectors' own coins follow.
constexpr std::uint64_t kSettling = 0;

// A coin for each sector. Were all or none to last, the write would not be torn: one drawn sector differs.
std::vector<ByteRange> subset(const Sectors& sectors, const Dice& dice) {
  std::vector<bool> kept(sectors.count());
  for (std::uint64_t i = 0; i < kept.size(); ++i) kept[i] = dice.below(2, kSettling + 1 + i) == 1;
  if (std::count(kept.begin(), kept.end(), kept.front()) == std::ssize(kept)) {
    kept[dice.below(kept.size(), kSettling)].flip();
  }
  std::vector<ByteRange> lasting;
  for (std::uint64_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) continue;
    const ByteRange range = sectors.range(i, i + 1);
    if (!lasting.empty() && lasting.back().end == range.begin) {
      lasting.back().end = range.end;
    } else {
      lasting.push_back(range);
    }
  }
  return lasting;
}

// Of the named pieces those that the write has, as far as it goes.
std::vector<ByteRange> within(const std::vector<Piece>& pieces, std::uint64_t bytes) {
  std::vector<ByteRange> lasting;
  for (const Piece& piece : pieces) {
    if (piece.from.value < bytes) lasting.push_back({piece.from.value, std::min(piece.to.value, bytes)});
  }
  return lasting;
}

// What does not last of the sectors on whose edge, or within which, the write tears.
std::vector<ByteRange> at_tears(const std::vector<ByteRange>& lasting, const Sectors& sectors,
                                std::uint64_t bytes) {
  std::vector<ByteRange> torn;
  const auto add = [&](ByteRange range) {
    if (!torn.empty() && torn.back().end >= range.begin) {
      torn.back().end = std::max(torn.back().end, range.end);
    } else if (range.begin < range.end) {
      torn.push_back(range);
    }
  };
  for (std::size_t i = 0; i < lasting.size(); ++i) {
    const auto [begin, end] = lasting[i];
    const std::uint64_t lost_before = i == 0 ? 0 : lasting[i - 1].end;
    const std::uint64_t lost_behind = i + 1 == lasting.size() ? bytes : lasting[i + 1].begin;
    if (begin > 0) add({std::max(sectors.around(begin - 1).begin, lost_before), begin});
    if (end < bytes) add({end, std::min(sectors.around(end).end, lost_behind)});
  }
  return torn;
}

ByteRange one_end(Tear model, std::uint64_t bytes, std::uint64_t kept) {
  return model == Tear::prefix ? ByteRange{0, kept} : ByteRange{bytes - kept, bytes};
}

// What lasts; nothing where all of it does, or none.
std::optional<std::vector<ByteRange>> lasting_of(const TornWrite& fault, const Op& op, const Sectors& sectors,
                                                 const Dice& dice) {
  using Ranges = std::vector<ByteRange>;
  if (fault.pieces) {
    Ranges lasting = within(*fault.pieces, op.bytes);
    const bool is_torn = !lasting.empty() && lasting != Ranges{{0, op.bytes}};
    return is_torn ? std::optional(std::move(lasting)) : std::nullopt;
  }
  if (fault.keep_bytes) {
    if (fault.keep_bytes->value >= op.bytes) return std::nullopt;
    return Ranges{one_end(fault.model, op.bytes, fault.keep_bytes->value)};
  }
  const std::uint64_t count = sectors.count();
  if (count < 2) return std::nullopt;
  if (fault.model == Tear::subset) return subset(sectors, dice);
  const std::uint64_t kept = 1 + dice.below(count - 1, kSettling);
  const bool is_prefix = fault.model == Tear::prefix;
  return Ranges{is_prefix ? sectors.range(0, kept) : sectors.range(count - kept, count)};
}

}  // namespace

std::optional<Effect> TornWrite::on(const Op& op, const Firing& firing) const {
  const Sectors sectors(op, sector_bytes.value_or(base::ByteCount{kUsualSectorBytes}).value);
  auto lasting = lasting_of(*this, op, sectors, firing.dice);
  if (!lasting) return std::nullopt;
  Effect effect{.lasting = std::move(lasting)};
  if (garbage.value_or(false)) effect.garbage = at_tears(*effect.lasting, sectors, op.bytes);
  return effect;
}

std::vector<Flaw> TornWrite::flaws() const {
  std::vector<Flaw> found;
  if (sector_bytes && sector_bytes->value == 0) {
    found.push_back({"sector_bytes", "a sector has at least one byte", "write \"512B\""});
  }
  if (keep_bytes && keep_bytes->value == 0) {
    found.push_back({"keep_bytes", "a write of which nothing lasts is not torn", "keep at least \"1B\""});
  }
  if (keep_bytes && model == Tear::subset) {
    found.push_back({"keep_bytes", "a subset is drawn by sector: no number of bytes can be kept",
                     "take \"prefix\" or \"suffix\""});
  }
  if (keep_bytes && sector_bytes && !garbage) {
    found.push_back({"sector_bytes", "\"keep_bytes\" is exact: sectors say nothing", "keep one of the two"});
  }
  if (!pieces) return found;
  if (keep_bytes) found.push_back({"keep_bytes", "the pieces say it already", "keep one of the two"});
  std::uint64_t behind = 0;
  for (std::size_t i = 0; i < pieces->size(); ++i) {
    const auto& [from, to] = (*pieces)[i];
    if (from.value >= to.value || (i > 0 && from.value <= behind)) {
      found.push_back(
          {"pieces", "the pieces do not rise, or touch", "begin each behind the end of the last"});
      break;
    }
    behind = to.value;
  }
  if (pieces->empty()) found.push_back({"pieces", "a write of which nothing lasts is not torn", "name one"});
  return found;
}

}  // namespace wallop::faults
