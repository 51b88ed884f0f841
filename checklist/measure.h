// SPDX-License-Identifier: Apache-2.0
// The measurements, each in a directory that is its own and that the caller removes.
//
// All of them end early at an interrupt and return what they have. They return an error only where the log or
// the device did.
#pragma once

#include <string>

#include "checklist/measured.h"
#include "checklist/profile.h"
#include "checklist/stop.h"
#include "io/world.h"

namespace wallop::checklist {

// Size of the plain file beside the log: room for many syncs before it is written over.
[[nodiscard]] std::uint64_t floor_file_bytes(const SyncPart& part);

// What every measurement is handed.
struct Bench {
  io::World& machine;
  Probes& probes;
  const Profile& profile;
  std::string directory;  // Empty.
  Stop stop;
};

[[nodiscard]] io::Result<LoadMeasured> measure_load(const Bench& bench);
[[nodiscard]] io::Result<SyncMeasured> measure_sync(const Bench& bench);
[[nodiscard]] io::Result<ThroughputMeasured> measure_throughput(const Bench& bench);
[[nodiscard]] io::Result<RotationMeasured> measure_rotation(const Bench& bench);
[[nodiscard]] io::Result<RecoveryMeasured> measure_recovery(const Bench& bench);

}  // namespace wallop::checklist
