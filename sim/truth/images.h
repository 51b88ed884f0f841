// SPDX-License-Identifier: Apache-2.0
// The crash images of a trace: played in a world, followed by a medium, and written down plainly.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <set>
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

// Every image that power loss may leave, each once. Nothing where there are more than that, or where they
// hold more than 256 MiB together.
[[nodiscard]] std::optional<std::set<PlainImage>> images_of(const Medium& medium, const Alphabet& alphabet,
                                                            std::size_t image_max);

}  // namespace wallop::sim
