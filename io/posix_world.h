// SPDX-License-Identifier: Apache-2.0
// The real machine as a world: files under one directory, the system's clocks, randomness and threads.
#pragma once

#include <memory>
#include <string>

#include "io/world.h"

namespace wallop::io {

// Relative paths start at `root`, absolute ones are taken as they are; "." is the root itself. The root need
// not exist yet: each call that needs it says so. A relative root follows the process's working directory.
class PosixWorld {
 public:
  explicit PosixWorld(std::string root);
  // `tracer` must outlive this world.
  PosixWorld(std::string root, Tracer& tracer);
  ~PosixWorld();
  PosixWorld(const PosixWorld&) = delete;
  PosixWorld& operator=(const PosixWorld&) = delete;

  // Valid as long as this object. Every part may be used by any number of threads at once.
  [[nodiscard]] World& world();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace wallop::io
