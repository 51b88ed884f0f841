// SPDX-License-Identifier: Apache-2.0
// The parts of a world, in the order in which they need each other. Making one parses nothing and allocates
// little: exploration makes a new world for each crash image.
#include "sim/world.h"

#include <utility>

#include "base/ensure.h"
#include "sim/entropy.h"
#include "sim/file_system.h"
#include "sim/operation.h"
#include "sim/page_cache.h"
#include "sim/threads.h"

namespace wallop::sim {
namespace {

const DeviceSpec& instant_device() {
  static const DeviceSpec kInstant;
  return kInstant;
}

const ModelSpec& checked(const ModelSpec* model) {
  base::ensure(model != nullptr, "a world has a persistence model");
  return *model;
}

KeepStored keep_stored(const faults::Plan& plan) {
  return plan.empty() ? KeepStored::no : KeepStored::yes;
}

}  // namespace

struct World::Parts {
  explicit Parts(WorldOptions& options)
      : plan(std::move(options.plan)),
        start(options.start != nullptr ? *options.start : Disk()),
        draws(options.seed),
        scheduler(options.scheduling),
        clock(scheduler, options.processors),
        threads(scheduler),
        entropy(draws),
        device(options.disk != nullptr ? *options.disk : instant_device(), draws),
        journal(options.journal),
        cache(checked(options.model), start, options.capacity_bytes, keep_stored(plan)),
        pipeline(scheduler, device, journal, plan),
        files(pipeline, cache, *options.model),
        world{files, clock, entropy, threads, tracer, options.points} {}

  faults::Plan plan;
  Disk start;
  base::Seeded draws;
  Scheduler scheduler;
  Clock clock;
  Threads threads;
  Entropy entropy;
  Device device;
  Journal journal;
  PageCache cache;
  Pipeline pipeline;
  FileSystem files;
  io::NoTracer tracer;
  io::World world;
};

World::World(WorldOptions options) : parts_(std::make_unique<Parts>(options)) {}

World::~World() = default;

io::World& World::io() {
  return parts_->world;
}

Ending World::run(const std::function<void()>& main_body) {
  return parts_->scheduler.run(main_body);
}

Scheduler& World::scheduler() {
  return parts_->scheduler;
}

Journal& World::journal() {
  return parts_->journal;
}

const faults::Plan& World::plan() const {
  return parts_->plan;
}

const Disk& World::visible() const {
  return parts_->cache.disk();
}

const Disk& World::start() const {
  return parts_->start;
}

DeviceUse World::device_use() const {
  return parts_->device.use();
}

}  // namespace wallop::sim
