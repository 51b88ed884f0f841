// SPDX-License-Identifier: Apache-2.0
// One calibration: sample the device, make a disk's file of it, let the log run on both, compare.
//
// Everything is written inside one fresh directory below the one asked for, wallop-calibrate-*, and that is
// gone when this returns, also after a failure or an interrupt.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "checklist/calibration/twin.h"
#include "checklist/probe.h"
#include "io/world.h"
#include "sim/device_spec.h"

namespace wallop::checklist {

struct CalibrationOptions {
  io::Duration budget = std::chrono::seconds(60);  // About how long all of it may take on the device.
  std::string date{};                              // As sources say it: "2026-11-26".
  // Asked often and by any thread; once true, stays true.
  std::function<bool()> interrupted = [] { return false; };
  std::function<void(std::string_view what)> step = [](std::string_view) {};
};

struct Calibration {
  sim::DeviceSpec disk;
  std::vector<Comparison> twin;
  std::string device, machine;  // "ext4 on vda", "Linux 6.18, 2 CPUs".
  std::string left_behind;      // What could not be removed, and why; "" as it should be.
  bool interrupted = false;     // Then `disk` and `twin` say nothing.
};

// Fails, with nothing left behind, where `directory` is not there, is no directory, cannot be written to, has
// too little space (no_space; the detail says how much it takes), or lies in memory (unsupported).
[[nodiscard]] io::Result<Calibration> calibrate(io::World& machine, Probes& probes,
                                                std::string_view directory,
                                                const CalibrationOptions& options);

}  // namespace wallop::checklist
