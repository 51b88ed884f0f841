// SPDX-License-Identifier: Apache-2.0
// What the writers of the stress write: records of which every byte follows from who wrote them, so that
// whoever reads one knows without asking anybody whether it is whole, whose it is, and what must stand around
// it.
//
//   key    "12 345 1 3": writer 12's record 345, the second of a batch of three
//   value  the same text again and again; its length follows from writer and number
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wal/record.h"

namespace wallop::wal::stress {

struct Name {
  std::uint64_t writer = 0;
  std::uint64_t number = 0;  // From 1, without gaps, in the writer's order.
  std::uint64_t place = 0;   // In its batch, from 0; a record appended alone is a batch of one.
  std::uint64_t count = 1;   // Of the batch.
  bool operator==(const Name&) const = default;
};

std::string key_of(const Name& name);
std::string value_of(const Name& name);

// Nothing where it is not, byte for byte, what a writer wrote.
std::optional<Name> name_of(const Record& record);

}  // namespace wallop::wal::stress
