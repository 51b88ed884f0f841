// SPDX-License-Identifier: Apache-2.0
// Loss: what append accepted and a crash took.
#pragma once

#include <cstdint>

#include "io/time.h"
#include "scenarios/run/oracle.h"
#include "scenarios/run/record.h"

namespace wallop::scenarios {

// Deleted records are no loss.
struct LossOf {
  std::uint64_t record_count = 0, bytes = 0;
  io::Duration time{};  // From when the oldest one was accepted to when the newest one was.

  // Of each the larger.
  [[nodiscard]] LossOf worst(const LossOf& other) const;
};

// What recovery, whose finding this is, did not find.
[[nodiscard]] LossOf loss_of(const Promises& promises, const Finding& finding, const Records& records);

}  // namespace wallop::scenarios
