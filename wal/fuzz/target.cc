// SPDX-License-Identifier: Apache-2.0
// The list of targets, and what the decoders' ones share.
#include "wal/fuzz/target.h"

#include <algorithm>
#include <array>

#include "wal/little_endian.h"

namespace wallop::wal::fuzz {

std::span<const Target> targets() {
  static const std::array kTargets{kSegmentHeaderTarget, kFrameTarget, kRecordTarget,
                                   kLinkTarget,          kMarksTarget, kRecoveryTarget};
  return kTargets;
}

const Target* find_target(std::string_view name) {
  const auto all = targets();
  const auto found = std::ranges::find(all, name, &Target::name);
  return found == all.end() ? nullptr : &*found;
}

std::size_t mutate_and_mend(MutableBytes buffer, std::size_t size, std::uint64_t seed, const RawMutation& raw,
                            void (*mend)(MutableBytes input)) {
  size = raw(buffer, size);
  if (seed % 8 != 0) mend(buffer.first(size));
  return size;
}

Place place_in(io::Bytes input) {
  if (input.size() < kPlaceBytes) return {SegmentId(1), 0, {}};
  return {SegmentId(std::to_integer<std::uint64_t>(input[0]) + 1),
          load<std::uint16_t>(&input[1]) * kLineBytes, input.subspan(kPlaceBytes)};
}

}  // namespace wallop::wal::fuzz
