// SPDX-License-Identifier: Apache-2.0
// The small language of this room's tests: faults as JSON, operations in a few words, and what the one does
// to the other.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/fields.h"
#include "faults/fault.h"
#include "faults/plan.h"

namespace wallop::faults {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A fault that must read without a problem.
inline Fault fault(std::string_view text) {
  Fault read;
  for (const auto& problem : base::read_document(text, read)) FAIL(base::json::describe("fault", problem));
  return read;
}

// The first problem of a fault, as a user would see it; "" where there is none.
inline std::string complaint(std::string_view text) {
  Fault read;
  const base::json::Problems problems = base::read_document(text, read);
  return problems.empty() ? "" : base::json::describe("f", problems.front());
}

// What it prints, on one line.
inline std::string printed(const Fault& fault) {
  return base::json::to_text(base::print(fault), base::json::Layout::compact);
}

inline io::Instant at(io::Duration since_start) {
  return io::Instant(since_start);
}

// The first operation of its kind, on one file.
inline Op operation(Verb verb, io::Instant when = {}) {
  return {.verb = verb, .path = "log/1.wal", .id = 1, .device_ordinal = 1, .file_ordinal = 1, .at = when};
}
// The how-manieth it is: on its file, on the device and of all.
inline Op numbered(Verb verb, std::uint64_t ordinal, io::Instant when = {}) {
  Op op = operation(verb, when);
  op.id = op.file_ordinal = op.device_ordinal = ordinal;
  return op;
}
inline Op write_of(std::uint64_t offset, std::uint64_t bytes) {
  Op op = operation(Verb::write);
  op.offset = offset;
  op.bytes = bytes;
  return op;
}

// What a fault that has never fired does to an operation.
inline std::optional<Effect> effect_on(const Fault& fault, const Op& op) {
  return fault.concerns(op) ? fault.on(op, Past{}, Dice(1, op.id)) : std::nullopt;
}
inline std::optional<Effect> effect_on(std::string_view json, const Op& op) {
  return effect_on(fault(json), op);
}

// What a fault of one errno looks like.
inline Effect failure(int os_error) {
  return {.os_error = os_error, .reach = Reach::nothing};
}

}  // namespace wallop::faults
