// SPDX-License-Identifier: Apache-2.0
// CrashWalk: the disks that power loss can leave of one world, one after the other: cut by cut, and at each
// cut image by image.
//
// A cut at which nothing changed that could be seen afterwards is passed over: it leaves what the cut before
// left.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/run/crash_state.h"

namespace wallop::scenarios {

// Where power is lost, and how many images of it are drawn; 0: every one.
struct PlannedCut {
  std::uint64_t cut = 0;
  std::uint64_t draws = 0;
};

class CrashWalk {
 public:
  struct Plan {
    std::optional<std::vector<PlannedCut>> cuts;   // By rising cut; without, all that differ.
    std::uint64_t images_max = ~std::uint64_t{0};  // At one cut; beyond, so many are drawn.
    std::uint64_t first_cut = 0;
    std::uint64_t promised_at_end = 0;  // Up to this LSN, where the world's whole journal is before the cut.
    std::uint64_t seed = 1;             // Of the draws.
  };

  // `world` outlives it. `promises` are those of its start.
  CrashWalk(const Subject& subject, sim::World& world, Promises promises, Plan plan);

  // Moves on to the next disk; false at the end.
  bool next();

  // ---- Of the disk at hand ----
  [[nodiscard]] const sim::Disk& disk() const { return disk_; }
  [[nodiscard]] std::uint64_t cut() const { return cut_; }
  [[nodiscard]] const Promises& promises() const { return promises_; }
  // Its cut and its image, of that level.
  [[nodiscard]] sim::Answers answers(std::uint64_t level) const;

  // So far.
  [[nodiscard]] std::uint64_t cut_count() const { return cut_count_; }
  [[nodiscard]] std::uint64_t bounded_count() const {
    return bounded_count_;
  }  // Cuts whose images were drawn.

 private:
  bool next_cut();
  void apply_next();
  void promise_at_end();
  bool next_image();
  void draw();

  sim::World& world_;
  Promises promises_;
  Plan plan_;
  sim::Medium medium_;
  std::size_t planned_ = 0;
  std::uint64_t applied_ = 0;  // Entries.
  std::uint64_t cut_ = 0;
  bool is_at_cut_ = false, is_first_cut_ = true, is_first_image_ = true;
  bool is_drawn_ = false;
  std::uint64_t draws_left_ = 0, drawn_count_ = 0;
  sim::EveryChoice every_;
  sim::Answers drawn_;
  sim::Disk disk_;
  std::uint64_t cut_count_ = 0, bounded_count_ = 0;
};

// The cuts of a world that differ from the one before, from `first_cut` on; the last one is its end.
[[nodiscard]] std::vector<std::uint64_t> distinct_cuts(const Subject& subject, sim::World& world,
                                                       std::uint64_t first_cut);

}  // namespace wallop::scenarios
