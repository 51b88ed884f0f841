// SPDX-License-Identifier: Apache-2.0
// The crash images of a trace: played in a world, followed by a medium, and written down plainly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/disk.h"
#include "sim/journal.h"
#include "sim/medium.h"
#include "sim/model.h"
#include "sim/truth/plain_image.h"
#include "sim/truth/trace.h"

namespace wallop::sim {

struct Played {
  std::vector<Entry> entries;
  std::vector<std::size_t> cuts;  // [n]: how many entries there are when n operations have ended.
};

// One after the other, through the file system of a world of that model. An operation that fails makes the
// trace bad: the reason is the file system's.
[[nodiscard]] std::expected<Played, TraceProblem> play(const Trace& trace, const ModelSpec& model);

[[nodiscard]] PlainImage plain(const Disk& disk);

// The images of one medium after the other, each once; bounded in number and in memory, whatever comes.
class ImageSet {
 public:
  enum class End : std::uint8_t {
    all,        // Every image that power loss may leave is in the set. After all others some are missing:
    too_many,   // There are more than were asked for.
    too_large,  // They would hold more than kImageBytesMax.
    too_alike,  // So many walks for so few images that the rest is given up.
    interrupted,
  };
  // Of all images together, their names included.
  static constexpr std::uint64_t kImageBytesMax = 256ULL << 20;

  // `interrupted` is asked before each image.
  explicit ImageSet(
      std::size_t image_max, std::function<bool()> interrupted = [] { return false; })
      : image_max_(image_max), interrupted_(std::move(interrupted)) {}

  [[nodiscard]] End add(const Medium& medium, const Alphabet& alphabet);

  [[nodiscard]] const std::set<PlainImage>& images() const { return images_; }
  [[nodiscard]] std::set<PlainImage> take() && { return std::move(images_); }

 private:
  std::size_t image_max_;
  std::function<bool()> interrupted_;
  std::set<PlainImage> images_;
  std::uint64_t bytes_ = 0;
};

// Every image that power loss may leave, each once. Nothing where ImageSet would not have them all.
[[nodiscard]] std::optional<std::set<PlainImage>> images_of(const Medium& medium, const Alphabet& alphabet,
                                                            std::size_t image_max);

}  // namespace wallop::sim
