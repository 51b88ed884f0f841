// SPDX-License-Identifier: Apache-2.0
// Proof: virtual time is what the disk's file says. The distribution of latencies is the configured one, tail
// included; throughput is depth over latency up to the channels (Little's law); bandwidth and a provider's
// limits hold to the nanosecond; a stall is felt once, by all files of the device; and a slow host changes no
// virtual figure.
//
// What is random is judged at a level of 1 %, and only a device that is rejected three times running, with
// fresh draws, fails: a sound one does so once in a million. What is not random must hold exactly.
#pragma once

#include <functional>
#include <string>

#include "sim/device_spec.h"
#include "sim/truth/proof.h"
#include "sim/world.h"

namespace wallop::sim {

// What is measured. A test hands in one that breaks its word.
struct TimeSubject {
  // The disk that is built for a file: the same.
  std::function<DeviceSpec(DeviceSpec)> built = [](DeviceSpec spec) { return spec; };
  // What holds the device for 80 ms, as a scenario has it.
  std::string stall = R"({ "kind": "stall", "for": "80ms", "when": { "at": "100ms" } })";
  // What a world feels of a host that was slow for so long: nothing.
  std::function<void(World&, io::Duration)> host_was_slow = [](World&, io::Duration) {};
};

// Cases are the shipped disks in turn, then disks made of them at random.
[[nodiscard]] Finding prove_time(const ProofRequest& request, io::Clock& host);
[[nodiscard]] Finding prove_time(const ProofRequest& request, io::Clock& host, const TimeSubject& subject);

}  // namespace wallop::sim
