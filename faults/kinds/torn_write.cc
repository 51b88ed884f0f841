// SPDX-License-Identifier: Apache-2.0
// Which bytes of a torn write last.
#include "faults/kinds/torn_write.h"

#include <algorithm>

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

ByteRange one_end(Tear model, std::uint64_t bytes, std::uint64_t kept) {
  return model == Tear::prefix ? ByteRange{0, kept} : ByteRange{bytes - kept, bytes};
}

}  // namespace

std::optional<Effect> TornWrite::on(const Op& op, const Firing& firing) const {
  Effect effect;
  if (keep_bytes) {
    if (keep_bytes->value >= op.bytes) return std::nullopt;
    effect.lasting = {one_end(model, op.bytes, keep_bytes->value)};
    return effect;
  }
  const Sectors sectors(op, sector_bytes.value_or(base::ByteCount{kUsualSectorBytes}).value);
  const std::uint64_t count = sectors.count();
  if (count < 2) return std::nullopt;
  if (model == Tear::subset) {
    effect.lasting = subset(sectors, firing.dice);
  } else {
    const std::uint64_t kept = 1 + firing.dice.below(count - 1, kSettling);
    const bool first = model == Tear::prefix;
    effect.lasting = {first ? sectors.range(0, kept) : sectors.range(count - kept, count)};
  }
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
  if (keep_bytes && sector_bytes) {
    found.push_back({"sector_bytes", "\"keep_bytes\" is exact: sectors say nothing", "keep one of the two"});
  }
  return found;
}

}  // namespace wallop::faults
