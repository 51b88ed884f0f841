// SPDX-License-Identifier: Apache-2.0
// Medium: what would be left if power failed now. It follows a journal entry by entry and knows, under a
// persistence model, what is durable and what is pending; image() builds one of the disks that the model
// allows.
//
//   Medium medium(model, start);
//   for (const Entry& entry : journal.entries()) {
//     medium.apply(entry);
//     EveryChoice every;
//     do { Disk disk = medium.image(Crash::power_loss, every); ... } while (every.next());
//   }
//
// Cuts are walked in order and never replayed from the start; an image costs what is pending. sim/README.md
// explains the models, rule by rule.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/choices.h"
#include "sim/disk.h"
#include "sim/journal.h"
#include "sim/model.h"

namespace wallop::sim {

enum class Crash : std::uint8_t {
  process_crash,  // Memory is gone; page cache and device stay. One image: what is visible.
  power_loss,     // What was not durable resolves as the model allows.
};

// The fates of a sector that image() asks about. That it is kept (the newest version) or lost (what was there
// before) always is; a model that does not name a fate does not get it here.
struct Alphabet {
  bool older = true;  // Versions between the two.
  bool zeros = true;  // Of a sector whose size lasted without its data.
  bool garbage = true;
};

// What one name held when power was lost, and what is left of it: for stories.
struct Fate {
  std::string path;
  std::string before;  // "8192 bytes visible, 4096 durable"; "not there".
  std::string after;   // "8192 bytes"; "not there".
  std::string why;     // "created at entry 7, its directory never synced"; "" where nothing was lost.
};

class Medium {
 public:
  // `model` outlives this. All of `start` is durable; the journal has so many entries before what comes.
  Medium(const ModelSpec& model, Disk start, std::uint64_t entry_count = 0);
  ~Medium();
  Medium(const Medium&);
  Medium& operator=(const Medium&);
  Medium(Medium&&) noexcept;
  Medium& operator=(Medium&&) noexcept;

  void apply(const Entry& entry);
  // For long runs: nothing that comes is about this file, which has no visible name. Its bytes go, unless an
  // image may still have it; whether they went.
  bool forget(ObjectId file);

  // The process that used it has ended: what was under way never ends.
  void end_process();
  // Files and directories of which something may be lost.
  [[nodiscard]] std::vector<ObjectId> unsettled() const;
  // Objects that are visible under no name: a process has them open.
  [[nodiscard]] std::vector<ObjectId> nameless() const;

  // Grows whenever the set of allowed images may have changed: a cut with the same revision as the one before
  // leaves the same images.
  [[nodiscard]] std::uint64_t revision() const;

  // One of the allowed disks. Asks, in this order: which pending names and sizes are kept ("crash.name",
  // "crash.size"), then for each file that is still reached which version of each pending sector or unit is
  // there ("crash.sector"). The subject is the operation or object, the ordinal the place within it; 0 is
  // always the newest.
  [[nodiscard]] Disk image(Crash crash, base::Chooser& chooser, const Alphabet& alphabet = {}) const;
  // At most so many, saturating: what image() could be asked to enumerate.
  [[nodiscard]] std::uint64_t image_count_max() const;

  // What is visible now: what a process finds that starts after another one crashed.
  [[nodiscard]] const Disk& visible() const;
  // What the device answers now, past the page cache.
  void read_stored(ObjectId file, std::uint64_t offset, std::span<std::byte> into) const;

  // What became of each name when `after` was left, which is one of the images: sorted by path.
  [[nodiscard]] std::vector<Fate> fates(const Disk& after) const;

  struct State;  // medium_state.h: private to medium*.cc.

 private:
  std::unique_ptr<State> state_;
};

}  // namespace wallop::sim
