// SPDX-License-Identifier: Apache-2.0
// Targets: what is fuzzed. Each takes any bytes, and says which of its sentences they broke.
//
// A sentence is an invariant, not the absence of a crash: what validates encodes to the same bytes, a look
// changes nothing, recovery loses nothing it had found. The same functions run under libFuzzer (driver.cc)
// and over the corpus in ci/test (corpus_test.cc).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file.h"
#include "wal/fuzz/mend.h"

namespace wallop::wal::fuzz {

// Keeps the first sentence that did not hold.
class Sentences {
 public:
  // Returns `holds`: what rests on a broken sentence need not be asked.
  bool expect(bool holds, std::string_view sentence) {
    if (!holds && broken_.empty()) broken_ = sentence;
    return holds;
  }
  // "" while all hold.
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  std::string broken_;
};

// Changes the first `size` bytes somehow, up to all of `buffer`; says how many there are now.
using RawMutation = std::function<std::size_t(MutableBytes buffer, std::size_t size)>;

struct Target {
  std::string_view name;
  void (*run)(io::Bytes input, Sentences& sentences);
  // Changes an input and makes its checksums right, mostly. A function of its arguments.
  std::size_t (*mutate)(MutableBytes buffer, std::size_t size, std::uint64_t seed, const RawMutation& raw);
};

std::span<const Target> targets();
const Target* find_target(std::string_view name);

// One each; target.cc lists them.
extern const Target kSegmentHeaderTarget;
extern const Target kFrameTarget;
extern const Target kRecordTarget;
extern const Target kLinkTarget;
extern const Target kMarksTarget;
extern const Target kRecoveryTarget;

// For decoders: the raw mutation, then `mend` in all but one case of eight.
std::size_t mutate_and_mend(MutableBytes buffer, std::size_t size, std::uint64_t seed, const RawMutation& raw,
                            void (*mend)(MutableBytes input));

// For recovery: an image stays one, with one to three of its pieces changed, and mended likewise.
std::size_t mutate_image(MutableBytes buffer, std::size_t size, std::uint64_t seed, const RawMutation& raw);

// Where the bytes under test claim to stand, as the first bytes of an input give it.
struct Place {
  SegmentId segment;
  std::uint64_t offset = 0;
  io::Bytes rest;
};
inline constexpr std::size_t kPlaceBytes = 3;
// Segments 1 to 256, offsets in lines of 64 bytes. `rest` is empty where there are no more bytes.
Place place_in(io::Bytes input);
// The log that inputs of decoders belong to.
inline constexpr LogUuid kFuzzUuid{std::byte{0x57}, std::byte{0x41}, std::byte{0x4c}};

}  // namespace wallop::wal::fuzz
