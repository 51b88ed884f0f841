// SPDX-License-Identifier: Apache-2.0
// Sampling a device: one kind of command at a time, from one thread but where more are what is asked about.
//
// All of it goes through io::World, so that the same code measures a simulated device, whose figures are
// known: calibrate_test.cc holds one against the other. Work of the processor is done *and* told to the
// clock (io::Clock::spend): the one takes time on the real machine, the other in the simulated one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "checklist/calibration/samples.h"
#include "checklist/probe.h"
#include "checklist/stop.h"
#include "io/world.h"

namespace wallop::checklist {

struct Sampling {
  io::World& machine;
  Probes& probes;
  std::string directory;  // Empty; what is left in it is the caller's to remove.
  Stop stop;
  io::Duration budget{};  // About how long all of it may take.
  std::function<void(std::string_view what)> step = [](std::string_view) {};
};

// What the largest file takes, and those beside it.
inline constexpr std::uint64_t kSamplingBytes = 320ULL << 20;

// Ends early at an interrupt, with what there is then. Fails where the device, the file system or the log
// does; unsupported where files cannot be opened past the page cache.
[[nodiscard]] io::Result<DeviceSamples> sample_device(const Sampling& sampling);

// Of sample_device(): what needs no device. Into `samples`.
[[nodiscard]] io::Status sample_machine(const Sampling& sampling, DeviceSamples& samples);

}  // namespace wallop::checklist
