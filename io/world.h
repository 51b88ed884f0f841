// SPDX-License-Identifier: Apache-2.0
// The world as it is handed to an engine: everything it may ask for, and nothing to reach for.
#pragma once

#include <cstdint>
#include <string_view>

#include "io/file_system.h"
#include "io/threads.h"
#include "io/time.h"

namespace wallop::io {

class Entropy {
 public:
  virtual ~Entropy() = default;
  // 64 bits that no other log, no other open and no other machine is likely to get.
  virtual std::uint64_t next() = 0;
};

// A stretch of time with a name, as traces show it.
struct Span {
  std::string_view name;  // A literal: "wal.sync".
  Instant begin;
  Instant end;
  std::uint64_t bytes = 0;  // What it was about: bytes written, synced, scanned; 0 where it says nothing.
};

class Tracer {
 public:
  virtual ~Tracer() = default;
  // Called by any thread, also while the caller holds locks: must not block nor call back through the seam.
  virtual void span(const Span& span) = 0;
};

class NoTracer final : public Tracer {
 public:
  void span(const Span&) override {}
};

// References only: whoever made the world outlives every engine on it.
struct World {
  FileSystem& files;
  Clock& clock;
  Entropy& entropy;
  Threads& threads;
  Tracer& tracer;
  // Failure points are armed or counted: an engine asks this flag before it passes a libfiu point, which
  // costs 22-38 ns even with nothing enabled.
  bool points = false;
  // The clock has prices: an engine asks this flag before it accounts for the work of each record.
  bool prices_work = false;
};

}  // namespace wallop::io
