// SPDX-License-Identifier: Apache-2.0
// Drawing operations, and playing them onto names and sizes.
#include "sim/truth/random_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>

namespace wallop::sim {
namespace {

using faults::Verb;
using Kind = TraceOp::Kind;

constexpr std::uint8_t kDirectoryName = kTraceNames.size() - 1;
constexpr std::uint8_t kFirstInDirectory = 3;
constexpr std::uint64_t kCellsPerSector = 512 / kCellBytes;

// How often each kind comes, of a hundred.
struct Weight {
  Kind kind;
  std::uint64_t share;
};
constexpr std::array kWeights{
    Weight{Kind::write, 32},   Weight{Kind::create, 10},        Weight{Kind::sync, 10},
    Weight{Kind::sync_all, 5}, Weight{Kind::sync_directory, 8}, Weight{Kind::rename, 9},
    Weight{Kind::truncate, 7}, Weight{Kind::write_durable, 5},  Weight{Kind::link, 4},
    Weight{Kind::remove, 4},   Weight{Kind::allocate, 3},       Weight{Kind::make_directory, 3}};

Kind kind_at(std::uint64_t hundredth) {
  for (const Weight& weight : kWeights) {
    if (hundredth < weight.share) return weight.kind;
    hundredth -= weight.share;
  }
  return Kind::write;
}

Verb verb_of(Kind kind) {
  switch (kind) {
    case Kind::create:
      return Verb::open;
    case Kind::make_directory:
      return Verb::make_directory;
    case Kind::write:
      return Verb::write;
    case Kind::write_durable:
      return Verb::write_durable;
    case Kind::truncate:
      return Verb::truncate;
    case Kind::allocate:
      return Verb::allocate;
    case Kind::sync:
      return Verb::sync;
    case Kind::sync_all:
      return Verb::sync_all;
    case Kind::sync_directory:
      return Verb::sync_directory;
    case Kind::rename:
      return Verb::rename;
    case Kind::link:
      return Verb::link;
    case Kind::remove:
      break;
  }
  return Verb::remove;
}

bool is_sync(Kind kind) {
  return kind == Kind::sync || kind == Kind::sync_all || kind == Kind::sync_directory;
}
bool is_about_bytes(Kind kind) {
  return kind == Kind::write || kind == Kind::write_durable || kind == Kind::truncate ||
         kind == Kind::allocate;
}

// Draws of one trace, one after the other.
class Dice {
 public:
  Dice(base::Draws& draws, std::uint64_t trace) : draws_(draws), site_(base::site_number("trace") + trace) {}
  std::uint64_t below(std::uint64_t bound) { return draws_.below(bound, site_, count_++); }

 private:
  base::Draws& draws_;
  std::uint64_t site_, count_ = 0;
};

// Half of them whole sectors.
void draw_cells(Dice& dice, RandomOp& op) {
  const std::uint64_t grain = dice.below(2) == 0 ? kCellsPerSector : 1;
  const std::uint64_t reach =
      dice.below(2) == 0 ? kCellMax : kCellMax / 4;  // Near ones overwrite each other.
  const std::uint64_t first = dice.below(reach / grain) * grain;
  const std::uint64_t count = (1 + dice.below(dice.below(3) == 0 ? 64 / grain : 8 / grain)) * grain;
  op.cell = static_cast<std::uint8_t>(first);
  op.cell_count = static_cast<std::uint8_t>(std::min(count, kCellMax - first));
}

OpFault draw_fault(Dice& dice, Kind kind) {
  if (dice.below(4) != 0) return OpFault::none;
  if (kind == Kind::write) return dice.below(2) == 0 ? OpFault::lost : OpFault::torn;
  if (is_sync(kind)) return dice.below(2) == 0 ? OpFault::lost : OpFault::failed;
  return OpFault::none;
}

std::shared_ptr<const faults::Effect> effect_of(const RandomOp& op) {
  if (op.fault == OpFault::none) return nullptr;
  faults::Effect effect;
  if (op.fault == OpFault::torn) {
    const std::uint64_t begin = op.cell_count / 3 * kCellBytes;
    effect.lasting = {{begin, begin + (op.cell_count + 2U) / 3 * kCellBytes}};
  } else {
    effect.reach = faults::Reach::nothing;
    effect.os_error = op.fault == OpFault::failed ? EIO : 0;
  }
  return std::make_shared<const faults::Effect>(std::move(effect));
}

// A model that defers what a sync has run into lets it succeed.
int told_error(const ModelSpec& model, const RandomOp& op) {
  const bool defers =
      model.after_failed_sync.value == AfterFailedSync::deferred && op.kind != Kind::sync_directory;
  return op.fault == OpFault::failed && !defers ? EIO : 0;
}

std::string_view in_words(OpFault fault) {
  switch (fault) {
    case OpFault::none:
      return "";
    case OpFault::lost:
      return "   (a fault: reports success and reaches nothing)";
    case OpFault::failed:
      return "   (a fault: fails and reaches nothing)";
    case OpFault::torn:
      break;
  }
  return "   (a fault: lasts in part if power fails now)";
}

}  // namespace

std::vector<RandomOp> random_ops(base::Draws& draws, std::uint64_t trace, std::size_t op_max,
                                 bool with_faults) {
  Dice dice(draws, trace);
  std::vector<RandomOp> ops(3 + dice.below(op_max - 2));
  std::uint8_t name = 0;
  for (RandomOp& op : ops) {
    op.kind = kind_at(dice.below(100));
    if (dice.below(2) == 0) name = static_cast<std::uint8_t>(dice.below(kDirectoryName));
    op.name = name;  // Half of them stay with the file of the one before.
    op.other_name = static_cast<std::uint8_t>(dice.below(kDirectoryName));
    draw_cells(dice, op);
    op.keep_size = dice.below(2) == 0;
    if (with_faults) op.fault = draw_fault(dice, op.kind);
    op.ends_late = is_sync(op.kind) && dice.below(5) == 0;
  }
  return ops;
}

// A trace that begins with nothing but names that are missing would be a waste: what writes to a file that is
// not there makes it instead, and what makes one that is there writes to it.
std::optional<Stage::Act> Stage::play(const RandomOp& asked) {
  RandomOp op = asked;
  if (op.kind == Kind::make_directory) op.name = kDirectoryName;
  if (is_about_bytes(op.kind) && !names_[op.name]) op.kind = Kind::create;
  if (op.kind == Kind::create && names_[op.name]) op.kind = Kind::write;
  if (op.kind != asked.kind) op.fault = OpFault::none;
  if (!is_possible(op)) return std::nullopt;
  Act act{op, next_fill(), {}, {}};
  OpBegin begin;
  begin.op = ++op_count_;
  begin.verb = verb_of(op.kind);
  begin.effect = effect_of(op);
  if (is_about_bytes(op.kind)) {
    change_bytes(op, begin);
  } else if (is_sync(op.kind)) {
    sync(op, begin);
  } else {
    change_names(op, begin);
  }
  act.end.what = OpEnd{begin.op, begin.verb, begin.object, told_error(model_, op), 0};
  act.begin.what = std::move(begin);
  return act;
}

void Stage::sync(const RandomOp& op, OpBegin& begin) {
  if (op.kind == Kind::sync_directory) {
    begin.object = op.name < kFirstInDirectory ? kRootDirectory : files_[*names_[kDirectoryName]].object;
    return;
  }
  File& file = files_[*names_[op.name]];
  begin.object = file.object;
  if (op.fault == OpFault::failed && model_.after_failed_sync.value == AfterFailedSync::clean_old)
    file.is_reverted = true;
}

bool Stage::has_directory(std::uint8_t name) const {
  return name < kFirstInDirectory || name == kDirectoryName || names_[kDirectoryName].has_value();
}

bool Stage::is_possible(const RandomOp& op) const {
  if (!has_directory(op.name) || !has_directory(op.other_name)) return false;
  const bool is_there = names_[op.name].has_value();
  switch (op.kind) {
    case Kind::create:
    case Kind::make_directory:
      return !is_there;
    case Kind::sync_directory:
      return true;
    case Kind::rename:
      return is_there && names_[op.name] != names_[op.other_name];
    case Kind::link:
      return is_there && !names_[op.other_name];
    case Kind::remove:
    case Kind::sync:
    case Kind::sync_all:
      return is_there;
    default:
      return is_there && !files_[*names_[op.name]].is_reverted;
  }
}

NameChange Stage::slot(std::uint8_t name, ObjectId object) const {
  static const std::array kShared = [] {
    std::array<std::shared_ptr<const std::string>, kTraceNames.size()> made;
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = std::make_shared<const std::string>(kTraceNames[i].substr(kTraceNames[i].rfind('/') + 1));
    return made;
  }();
  const bool is_in_root = name < kFirstInDirectory || name == kDirectoryName;
  return {is_in_root ? kRootDirectory : files_[*names_[kDirectoryName]].object, kShared[name], object};
}

void Stage::change_names(const RandomOp& op, OpBegin& begin) {
  auto& named = names_[op.name];
  if (op.kind == Kind::create || op.kind == Kind::make_directory) {
    named = files_.size();
    files_.push_back({.object = ObjectId{files_.size() + 2}});
    begin.creates = true;
  }
  begin.object = files_[*named].object;
  auto& other = names_[op.other_name];
  if (op.kind == Kind::rename) {
    begin.names = {slot(op.name, kNoObject), slot(op.other_name, begin.object)};
    other = std::exchange(named, std::nullopt);
  } else if (op.kind == Kind::link) {
    begin.names = {slot(op.other_name, begin.object)};
    other = named;
  } else {
    begin.names = {slot(op.name, begin.creates ? begin.object : kNoObject)};
    if (!begin.creates) named.reset();
  }
}

void Stage::change_bytes(const RandomOp& op, OpBegin& begin) {
  File& file = files_[*names_[op.name]];
  begin.object = file.object;
  begin.offset = op.cell * kCellBytes;
  if (op.kind == Kind::truncate) {
    begin.size_after = file.size = begin.offset;
    return;
  }
  begin.bytes = op.cell_count * kCellBytes;
  const std::uint64_t end = begin.offset + begin.bytes;
  const bool keeps_size = op.kind == Kind::allocate && op.keep_size;
  if (end > file.size && !keeps_size) begin.size_after = file.size = end;
  if (op.kind == Kind::allocate) return;
  std::array<char, kCellMax * kCellBytes> bytes;
  std::fill_n(bytes.begin(), begin.bytes, next_fill());
  ++write_count_;
  begin.payload = Payload::of(std::as_bytes(std::span(bytes).first(begin.bytes)));
}

std::string to_text(const Stage::Act& act) {
  const RandomOp& op = act.op;
  TraceOp shown{.kind = op.kind, .path = std::string(kTraceNames[op.name])};
  if (op.kind == Kind::sync_directory) shown.path = op.name < kFirstInDirectory ? "." : "d";
  if (op.kind == Kind::rename || op.kind == Kind::link) shown.to = kTraceNames[op.other_name];
  if (op.kind == Kind::truncate) {
    shown.bytes = op.cell * kCellBytes;
  } else if (is_about_bytes(op.kind)) {
    shown.offset = op.cell * kCellBytes;
    shown.bytes = op.cell_count * kCellBytes;
    shown.keep_size = op.kind == Kind::allocate && op.keep_size;
    shown.fill = act.fill;
  }
  return fmt::format("{}{}", to_text(shown), in_words(op.fault));
}

}  // namespace wallop::sim
