// SPDX-License-Identifier: Apache-2.0
// What Medium keeps: memory's content, what is durable, and between the two everything that is pending.
// Private to medium*.cc.
//
// Time is counted in ticks, one for each change in the order of issue. A question "was this committed before
// that?" is a comparison of ticks: where a journal of metadata lasts up to a *horizon*, all metadata below
// the horizon is there and none above it.
//
//   durable ── versions of sectors, sizes, metadata, by tick ──> visible
//                     ▲ a sync's begin freezes here, its end moves `durable` up to it
//
// Where everything lasts in order (NamesOrder::in_order) data is such metadata too: each unit of a write is a
// step of its own. Where syncs write a log (NamesOrder::log) its records lie over whatever prefix lasts.
//
// A unit of a file can live more than once: a truncate that frees it ends one life, the next write begins
// another (a birth). Content never passes from one life to the next in a model with a journal.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sim/disk.h"
#include "sim/journal.h"
#include "sim/medium.h"
#include "sim/model.h"

namespace wallop::sim::medium {

using Tick = std::uint64_t;
inline constexpr Tick kNever = ~Tick{0};

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// The bytes of one sector; null is zeros.
using SectorBytes = std::shared_ptr<const std::byte[]>;

// Whether the device can read a sector again.
enum class Readable : bool { no, yes };

// What memory held of a sector after one operation.
struct Version {
  Tick when = 0;
  std::uint64_t entry = 0;   // Of the journal, from 1.
  std::uint32_t sector = 0;  // Within its unit.
  bool was_sent = false;     // The device has it: a sync that fails does not lose it.
  bool is_exposed = false;   // Zeros that a growth made visible; nobody wrote them.
  bool is_stray = false;     // Memory took it for clean: it may last, and no sync sees to it.
  Readable readable = Readable::yes;
  SectorBytes bytes{};
  // Of a write that a fault tears: what is left of it if power fails while it is pending.
  std::optional<SectorBytes> torn{};
};

struct PendingUnit {
  std::vector<Tick> births;       // First writes of the unit while it had no written blocks.
  std::vector<Version> versions;  // In order.
};

struct SizeChange {
  enum class Joins : std::uint8_t { in_order, at_writeback };

  Tick when = 0;
  Joins joins =
      Joins::in_order;  // The journal of metadata: where its operation stands, or when its data is written.
  bool is_shrink = false;
  bool is_torn = false;  // By a fault; lasting_size then says how far the file grows.
  std::uint64_t size = 0;
  std::uint64_t edges_from = 0;  // A write may last cut at a unit's edge above this; `size` where it cannot.
  std::optional<std::uint64_t> lasting_size{};
};

struct PendingFile {
  std::map<std::uint64_t, PendingUnit> units;
  std::vector<SizeChange> sizes;  // In order.
  std::set<std::uint64_t>
      stale;             // Sectors that memory shows and takes for clean, and that the device does not have.
  Tick size_floor = 0;   // Where the sync began that made the durable size so.
  Tick last_shrink = 0;  // Pending where it is above size_floor.
  std::uint64_t failed_entry = 0;  // The sync that left them so; for stories.
  std::uint64_t lied_entry = 0;    // A sync that reported success and flushed nothing; for stories.

  [[nodiscard]] bool is_empty() const { return units.empty() && sizes.empty() && stale.empty(); }
};

// One operation on metadata; where everything lasts in order also one unit of a write.
struct Metadata {
  Tick when = 0;
  OpId op = 0;
  std::uint64_t entry = 0;
  faults::Verb verb = faults::Verb::open;
  std::vector<NameChange> names;
  ObjectId sized;        // Whose size it changes, in order; kNoObject: nobody's.
  bool is_lost = false;  // By a fault: it does not last if power fails while it is pending.
};

// The last change of an object that a sync must commit: all metadata up to it.
struct Relevant {
  Tick to_sync = 0;
  Tick to_sync_all = 0;
};

// What a sync, or a durable write, that has begun will make durable.
struct Freeze {
  faults::Verb verb = faults::Verb::sync;
  ObjectId object;
  Tick when = 0;
  std::uint64_t entry = 0;
  Tick commits = 0;  // All metadata up to here.
  bool reaches_disk = true;
  bool lies = false;       // The device acknowledges it and keeps it in its cache.
  bool fails = false;      // It ran into an error, whatever its caller is told.
  std::uint64_t size = 0;  // Of the file, and its blocks, as it began.
  RangeSet allocated{}, written{};
  // Of a durable write.
  std::uint64_t offset = 0, end = 0;
  bool needs_size = false;
};

// A sync that a lying cache acknowledged, until it is done after all.
struct Lie {
  Freeze frozen;
  io::Instant at;
  std::uint64_t written_bytes = 0;  // Of all writes before it.
};

// What a sync put into the log: some names, as of one tick. Over a prefix of metadata that ends before that
// tick they hold all the same.
struct LogRecord {
  Tick when = 0;
  ObjectId object;                  // The inode that was synced.
  Tick last_metadata = 0;           // The newest that it holds.
  std::vector<NameChange> taken{};  // Names that it had: gone where they still mean `object`.
  std::vector<NameChange> names{};  // Set, in any case.
};

// What of a write lies in one unit, where units last by themselves; else all of it.
struct Part {
  const OpBegin& op;
  Range bytes;                              // Of the file.
  std::optional<std::uint64_t> size_after;  // Where it makes the file grow.
};

// Whether it succeeds is known at its end alone; but for one that a fault fails once it is done.
struct Allocation {
  Range units;
  Tick when = 0;
  bool is_done = false;
};

}  // namespace wallop::sim::medium

namespace wallop::sim {

struct Medium::State {
  using Tick = medium::Tick;

  State(const ModelSpec& the_model, Disk start);

  void begin(const OpBegin& op);
  void end(const OpEnd& op, io::Instant at);
  void end_allocation(ObjectId object, const medium::Allocation& allocation);
  void evict(ObjectId object, medium::Range bytes);

  // ---- medium_pending.cc: what an operation leaves pending ----
  void change_names(const OpBegin& op);
  void flush_renamed(const OpBegin& op, medium::Metadata& metadata);
  void note_relevant_names(const OpBegin& op, Tick when);
  void write(const OpBegin& op);
  bool write_part(const medium::Part& part, Tick when);
  void write_sectors(const medium::Part& part, medium::PendingFile& file, Tick when);
  [[nodiscard]] bool note_births(medium::PendingFile& file, const medium::Part& part, Tick when);
  void land_elsewhere(const OpBegin& op);
  void redirty(ObjectId object, medium::Range bytes, Tick when);
  void grow_by_write(const medium::Part& part, medium::PendingFile& file, Tick when);
  void resize(const OpBegin& op);
  void shrink(ObjectId object, std::uint64_t size, Tick when);
  void expose_zeros(ObjectId object, std::uint64_t from, std::uint64_t to, Tick when);
  void add_version(ObjectId object, std::uint64_t sector, medium::Version version);
  void add_in_order(const OpBegin& op, medium::SizeChange change);
  [[nodiscard]] bool changes_nothing(const OpBegin& op, const medium::PendingFile& file,
                                     std::uint64_t sector) const;
  [[nodiscard]] bool has_history(ObjectId object, std::uint64_t sector) const;
  [[nodiscard]] medium::SectorBytes visible_sector(ObjectId object, std::uint64_t sector) const;
  void stored_sector(ObjectId object, std::uint64_t sector, std::span<std::byte> into) const;
  [[nodiscard]] bool can_be_left(ObjectId object) const;

  // ---- medium_commit.cc: what becomes durable, and what is lost for good ----
  [[nodiscard]] Tick commits_of(const OpBegin& op) const;
  void freeze(const OpBegin& op);
  void freeze_write(const OpBegin& op, Tick when, bool is_birth);
  void commit(const medium::Freeze& freeze);
  void commit_everything(Tick through);
  void commit_metadata(Tick through);
  void commit_directory(ObjectId directory, Tick through);
  void commit_sizes(ObjectId object, Tick through);
  void commit_file(const medium::Freeze& freeze);
  void commit_write(const medium::Freeze& freeze);
  void settle_shrinks(ObjectId object, medium::PendingFile& file, Tick through);
  void settle_shrink(ObjectId object, medium::PendingFile& file, const medium::SizeChange& change);
  void settle_zeros(Inode& inode, std::uint64_t index, medium::PendingUnit& unit,
                    const medium::SizeChange& change);
  void lie(const medium::Freeze& freeze, io::Instant at);
  void end_lies(io::Instant now);
  void lose(const medium::Freeze& freeze);
  void told(const medium::Freeze& freeze);
  void revert(const medium::Freeze& freeze);
  void mark_sent(ObjectId object, medium::Range bytes, Tick through);
  void forget_if_settled(ObjectId object);

  // ---- medium_log.cc: names that syncs put into a log ----
  void log_names(const medium::Freeze& freeze);
  [[nodiscard]] bool has_names_to_log(const medium::Freeze& freeze) const;
  [[nodiscard]] medium::LogRecord record_of(const medium::Freeze& freeze) const;
  void settle_logged();
  [[nodiscard]] bool is_settled(const medium::Metadata& change) const;

  [[nodiscard]] std::uint64_t sector_bytes() const { return model.sector_bytes.value; }
  [[nodiscard]] std::uint64_t unit_bytes() const { return model.write_unit_bytes.value; }
  [[nodiscard]] std::uint64_t sectors_per_unit() const { return unit_bytes() / sector_bytes(); }
  // Metadata lasts up to a horizon.
  [[nodiscard]] bool is_journalled() const { return model.names_order.value != NamesOrder::any; }
  [[nodiscard]] bool is_in_order() const { return model.names_order.value == NamesOrder::in_order; }
  [[nodiscard]] bool is_logged() const { return model.names_order.value == NamesOrder::log; }
  // The units, or sectors, that a range of bytes touches.
  [[nodiscard]] medium::Range units_of(std::uint64_t begin, std::uint64_t end) const {
    return {begin / unit_bytes(), (end + unit_bytes() - 1) / unit_bytes()};
  }
  [[nodiscard]] medium::Range sectors_of(std::uint64_t begin, std::uint64_t end) const {
    return {begin / sector_bytes(), (end + sector_bytes() - 1) / sector_bytes()};
  }
  Tick tick() {
    ++revision;
    return ++now;
  }

  const ModelSpec& model;
  Disk visible;
  Disk durable;  // Objects that were created are there, empty, before their name is.
  std::map<ObjectId, medium::PendingFile> files;
  std::vector<medium::Metadata> metadata;  // In order; none is durable.
  std::vector<medium::LogRecord> log;      // In order; each with metadata before it that is not durable.
  // Of earlier records, with the last metadata that they hold: in the log as long as that is not committed.
  std::map<ObjectId, Tick> settled_log;
  std::map<ObjectId, medium::Relevant> relevant;
  std::map<OpId, medium::Freeze> syncs;            // In flight.
  std::map<OpId, medium::Allocation> allocations;  // In flight.
  std::vector<medium::Lie> lies;                   // In order.
  std::uint64_t written_bytes = 0;                 // By all writes.
  Tick now = 0;
  std::uint64_t revision = 0;
  std::uint64_t entry_count = 0;
};

namespace medium {

// What a change of size does to a file in a model with a journal: what is beyond a shrink is gone, with its
// blocks; of the last unit only where the zeros behind the new end come first.
void apply_size(Inode& inode, const SizeChange& change, const ModelSpec& model);
// Sets the slots that a change of names assigns.
void apply_names(Disk& disk, const std::vector<NameChange>& names);
bool is_same_slot(const NameChange& one, const NameChange& other);
// Bytes and blocks beyond `size` go.
void cut(Inode& inode, std::uint64_t size, std::uint64_t unit_bytes);
void put_sector(Inode& inode, std::uint64_t offset, const std::byte* bytes, std::uint64_t size);
// Whether the device can read a sector, which those bytes are.
void mark_sector(Inode& inode, Range bytes, Readable readable);

// One image in the making.
struct Imaging {
  const Medium::State& state;
  base::Chooser& chooser;
  const Alphabet& alphabet;
  Disk& disk;
  Tick horizon;  // Metadata from here on is lost.
};

// What has one answer is not asked.
inline std::uint64_t ask(base::Chooser& chooser, const base::Question& what, std::uint64_t option_count) {
  return option_count == 1 ? 0 : chooser.choose(what, option_count);
}
// Of a file that the image has, with its size.
void choose_units(const Imaging& imaging, ObjectId object, const PendingFile& file);

}  // namespace medium
}  // namespace wallop::sim
