// SPDX-License-Identifier: Apache-2.0
// Where the parts of the POSIX world meet.
#include "io/posix_world.h"

#include <utility>

#include "io/posix_clock.h"
#include "io/posix_entropy.h"
#include "io/posix_file_system.h"
#include "io/posix_threads.h"

namespace wallop::io {

struct PosixWorld::Parts {
  Parts(std::string root, Tracer* tracer)
      : files(std::move(root)),
        world{files, clock, entropy, threads, tracer != nullptr ? *tracer : no_tracer} {}

  PosixFileSystem files;
  PosixClock clock;
  PosixEntropy entropy;
  PosixThreads threads;
  NoTracer no_tracer;
  World world;
};

PosixWorld::PosixWorld(std::string root) : parts_(std::make_unique<Parts>(std::move(root), nullptr)) {}
PosixWorld::PosixWorld(std::string root, Tracer& tracer)
    : parts_(std::make_unique<Parts>(std::move(root), &tracer)) {}
PosixWorld::~PosixWorld() = default;

World& PosixWorld::world() {
  return parts_->world;
}

}  // namespace wallop::io
