// SPDX-License-Identifier: Apache-2.0
// Random short traces with faults, as journal entries: the input of the proofs that need a million of them.
//
// Straight to entries, without a world around them, which is fifty times as fast. Everything lies on a grid
// of cells, and each write fills its cells with a sign of its own, so that whoever looks at an image knows
// which write a byte came from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/choices.h"
#include "sim/journal.h"
#include "sim/model.h"
#include "sim/truth/trace.h"

namespace wallop::sim {

inline constexpr std::uint64_t kCellBytes = 128;
inline constexpr std::uint64_t kCellMax = 96;  // Of a file: three write units of 4 KiB.
inline constexpr std::size_t kRandomOpsMax = 16;

enum class OpFault : std::uint8_t {
  none,
  lost,    // Says that all is well, and the medium hears nothing of it. Of writes and syncs.
  failed,  // Says that it failed, and moved nothing. Of syncs.
  torn,    // If power is lost while it is pending, a part of it lasts. Of writes.
};

// One operation, in terms that mean something whatever went before it: where it cannot be done, it is left
// out.
struct RandomOp {
  TraceOp::Kind kind = TraceOp::Kind::create;
  std::uint8_t name = 0, other_name = 0;  // Places in kTraceNames.
  std::uint8_t cell = 0, cell_count = 0;
  bool keep_size = false;
  OpFault fault = OpFault::none;
  bool ends_late = false;  // Of a sync: the next operation begins and ends before it ends.
};

// The last one is the directory of those with a slash.
inline constexpr std::array<std::string_view, 6> kTraceNames{"a", "b", "c", "d/a", "d/b", "d"};

[[nodiscard]] std::vector<RandomOp> random_ops(base::Draws& draws, std::uint64_t trace, std::size_t op_max,
                                               bool with_faults);

// What is visible as random operations go by; makes their entries.
class Stage {
 public:
  // `model` outlives this.
  explicit Stage(const ModelSpec& model) : model_(model) {}

  // What the operation adds to the journal; nothing where it cannot be done now.
  struct Act {
    RandomOp op;  // As it was done: one that writes to a file that is not there makes it instead.
    char fill = 0;
    Entry begin, end;
  };
  [[nodiscard]] std::optional<Act> play(const RandomOp& op);

 private:
  struct File {
    ObjectId object;
    std::uint64_t size = 0;
    bool is_reverted = false;  // Memory went back to what the device has: nobody knows its size here.
  };
  [[nodiscard]] bool is_possible(const RandomOp& op) const;
  [[nodiscard]] bool has_directory(std::uint8_t name) const;
  [[nodiscard]] NameChange slot(std::uint8_t name, ObjectId object) const;
  void sync(const RandomOp& op, OpBegin& begin);
  void change_names(const RandomOp& op, OpBegin& begin);
  void change_bytes(const RandomOp& op, OpBegin& begin);
  [[nodiscard]] char next_fill() const { return static_cast<char>('A' + write_count_); }

  const ModelSpec& model_;
  std::array<std::optional<std::size_t>, kTraceNames.size()> names_{};  // Places in files_.
  std::vector<File> files_;
  OpId op_count_ = 0;
  std::uint64_t write_count_ = 0;
};

// As docs/trace.md has it; a fault stands behind it in words.
[[nodiscard]] std::string to_text(const Stage::Act& act);

}  // namespace wallop::sim
