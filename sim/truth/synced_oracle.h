// SPDX-License-Identifier: Apache-2.0
// SyncedOracle: what every crash image must hold, by one simple rule, however a medium works it out:
//
//   A byte, a size and a name in an image are what memory held there at some time since it was last made
//   durable, or a fate that the model names.
//
// What was synced and has not changed since has one such past, and so may not differ. The oracle reads the
// journal of a random trace (random_trace.h: its grid, its signs), shares no code with Medium, and errs on
// the side of allowing: what follows from the order of a file system's journal, it leaves to the reference
// model of durability.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/disk.h"
#include "sim/journal.h"
#include "sim/model.h"
#include "sim/truth/random_trace.h"

namespace wallop::sim {

// What an image may have done to what was not synced. Each model names some of these; that none of them is
// ever seen would make a disk kinder than the model.
enum class Seen : std::uint8_t {
  lost_bytes,       // Written bytes that are not there.
  lost_size,        // A size that is not the newest.
  lost_name,        // A name that is not the newest.
  synced_nameless,  // A file that was synced, and whose first name did not last.
  zeros,            // Zeros where something was written, below a size that lasted.
  garbage,
  later_overwrite,  // A later overwrite of a file without an earlier one.
  half_rename,      // A renamed file under neither name or both, or what it replaced gone before it.
};
inline constexpr std::size_t kSeenCount = 8;
using SeenCounts = std::array<std::uint64_t, kSeenCount>;

[[nodiscard]] std::string_view in_words(Seen seen);

enum class Duty : std::uint8_t {
  must,   // Some image of some trace has it.
  may,    // Not judged.
  never,  // No image has it.
};
[[nodiscard]] Duty duty(const ModelSpec& model, Seen seen);

class SyncedOracle {
 public:
  // `model` outlives this.
  explicit SyncedOracle(const ModelSpec& model);

  void apply(const Entry& entry);

  // What an image left now must not be; nothing where it may be. Counts what it saw.
  [[nodiscard]] std::optional<std::string> complaint(const Disk& image);

  [[nodiscard]] const SeenCounts& seen() const { return seen_; }
  // Cells, sizes and names in images that could be but one thing, and were.
  [[nodiscard]] std::uint64_t synced_count() const { return synced_count_; }

 private:
  // One bit for each content of a cell: 0 is zeros, n the n-th sign from 'A' on, 63 garbage. Of a name one
  // for each object, 0 is nobody.
  using Past = std::uint64_t;

  using Cells = std::array<bool, kCellMax>;

  // Since a file was last made durable.
  struct FileFloor {
    std::array<Past, kCellMax> cells{};
    Cells is_changed{};
    std::uint64_t size = 0, size_min = 0, size_max = 0;
    std::uint64_t written_sectors = 0;  // A bit each.
  };
  struct File {
    std::array<std::uint8_t, kCellMax> cells{};  // What memory holds.
    std::uint64_t size = 0;
    // Memory counts it as clean and the device does not have it: no sync makes it durable.
    Cells is_stray{};
    bool is_distrusted = false;  // Memory itself went back, the oracle cannot say how far.
    bool had_fault = false;
    bool was_synced = false;
    std::size_t first_name = 0;
    FileFloor floor;
  };
  struct Name {
    ObjectId directory;
    std::string name;
    std::uint64_t object = 0;  // The bit of the one that it means; 0 is nobody.
    Past past = 1;
    std::uint64_t change_count = 0;  // In all.
  };
  // Of a file whose old name was durable, to a name that it did not have before.
  struct Rename {
    std::uint64_t object = 0;
    std::size_t from = 0, to = 0;
    bool replaces = false;                       // The new name meant another file, and that was durable.
    std::uint64_t from_count = 0, to_count = 0;  // Changes of those names, this one included.
  };
  // A sync under way: what has been since its begin.
  struct Sync {
    OpId op = 0;
    ObjectId object;
    bool is_of_directory = false;
    bool met_failure = false;  // Another sync of the file failed meanwhile.
    bool is_faulty = false, fails = false;
    FileFloor floor;
    Cells was_stray{};
    std::vector<Past> names;
  };
  struct Held {
    std::vector<std::uint64_t> objects;  // By name.
    std::vector<bool> is_reached;        // Whether the image has the name's directory.
  };

  void begin(const OpBegin& op);
  void end(const OpEnd& op);
  void begin_sync(const OpBegin& op);
  void settle_file(const Sync& sync);
  void settle_names(const Sync& sync);
  void settle_first_name(std::size_t name, const Sync& sync);
  void lose(const Sync& sync);
  void write(const OpBegin& op);
  void settle_write(ObjectId object);
  void resize(ObjectId object, std::uint64_t size);
  void take_along(ObjectId object, std::uint64_t begin, std::uint64_t end);
  void change_names(const OpBegin& op);
  void note_rename(const OpBegin& op);
  void add_past(std::size_t name, std::uint64_t object);
  [[nodiscard]] std::size_t find_name(ObjectId directory, std::string_view name);
  [[nodiscard]] File& file(ObjectId object) { return files_.at(object.value() - 2); }
  // The floors that a change of the file is after: its own, and those of syncs under way.
  template <class Change>
  void each_floor(ObjectId object, Change change);

  [[nodiscard]] std::optional<std::string> check_names(const Disk& image, Held& held);
  [[nodiscard]] std::optional<std::string> check_renames(const Held& held);
  [[nodiscard]] std::optional<std::string> check_file(const Name& name, const File& file, const Inode& inode);
  [[nodiscard]] std::optional<std::string> check_cell(const File& file, std::uint64_t cell,
                                                      const char* bytes);
  [[nodiscard]] bool may_be_garbage(const File& file, std::uint64_t cell) const;
  void count(Seen what) { ++seen_[static_cast<std::size_t>(what)]; }
  // The same, and what is wrong where the model never has it.
  [[nodiscard]] std::optional<std::string> note(Seen what);

  const ModelSpec& model_;
  std::vector<File> files_;
  std::vector<Name> names_;
  std::vector<Rename> renames_;
  std::vector<Sync> syncs_;
  OpBegin durable_write_;  // The one under way.
  SeenCounts seen_{};
  std::uint64_t synced_count_ = 0;
};

}  // namespace wallop::sim
