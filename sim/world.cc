// SPDX-License-Identifier: Apache-2.0
// The parts of a world, in the order in which they need each other. Making one parses nothing and allocates
// little: exploration makes a new world for each crash image.
#include "sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ensure.h"
#include "faults/kinds/clock_freeze.h"
#include "faults/kinds/clock_jump.h"
#include "faults/kinds/lost_name.h"
#include "faults/kinds/lost_sync.h"
#include "faults/kinds/short_read.h"
#include "faults/kinds/slow_disk.h"
#include "faults/kinds/stall.h"
#include "faults/kinds/torn_sequence.h"
#include "faults/kinds/torn_write.h"
#include "sim/block_pool.h"
#include "sim/entropy.h"
#include "sim/file_system.h"
#include "sim/follower.h"
#include "sim/operation.h"
#include "sim/page_cache.h"
#include "sim/threads.h"
#include "sim/writeback.h"

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

// What takes time alone, or tears, or lies, leaves memory and device alike where pages are clean.
bool may_fail_a_sync(const faults::Fault& fault) {
  constexpr std::array<std::string_view, 9> kHarmless{
      faults::Stall::kName,    faults::SlowDisk::kName,  faults::TornWrite::kName,
      faults::LostSync::kName, faults::ShortRead::kName, faults::TornSequence::kName,
      faults::LostName::kName, faults::ClockJump::kName, faults::ClockFreeze::kName};
  return std::ranges::find(kHarmless, fault.kind()) == kHarmless.end();
}

// What is synced under such a fault is durable.
bool takes_time_alone(const faults::Fault& fault) {
  constexpr std::array<std::string_view, 4> kTimeAlone{faults::Stall::kName, faults::SlowDisk::kName,
                                                       faults::ClockJump::kName, faults::ClockFreeze::kName};
  return std::ranges::find(kTimeAlone, fault.kind()) != kTimeAlone.end();
}

std::optional<Wakeups> wakeups_of(const DeviceSpec* disk, Scheduler& scheduler, base::Draws& draws) {
  if (disk == nullptr || (!disk->wakeups.timer && !disk->wakeups.notified)) return std::nullopt;
  return Wakeups(disk->wakeups, scheduler, draws);
}

}  // namespace

struct World::Parts : FromPool {
  explicit Parts(WorldOptions& options) : Parts(options, Machine{.plan = std::move(options.plan)}) {}

  Parts(WorldOptions& options, Machine fresh) : Parts(options.machine ? *options.machine : fresh, options) {}

  Parts(Machine& machine, const WorldOptions& options)
      : plan(std::move(machine.plan)),
        left(options.left != nullptr ? std::optional(*options.left) : std::nullopt),
        start(start_of(options)),
        draws(options.seed),
        scheduler(scheduling_of(options, machine.now)),
        cpus(options.processors.cpus),
        wall(machine.wall),
        wakeups(wakeups_of(options.disk, scheduler, draws)),
        clock(scheduler, cpus, wall, options.processors.costs, wakeups ? &*wakeups : nullptr),
        threads(scheduler, wakeups ? &*wakeups : nullptr),
        entropy(draws),
        device(options.disk != nullptr ? *options.disk : instant_device(), draws, machine.disturbance),
        journal(options.journal, options.tail_entries),
        now(now_for(options)),
        tail_start(tail_start_for(options)),
        cache(scheduler, checked(options.model), start, options.capacity_bytes,
              now ? &now->medium() : nullptr),
        writeback(options.disk != nullptr ? options.disk->writeback : WritebackSpec{}, cache, device,
                  machine.now),
        pipeline(scheduler, device, writeback, cpus, wall, journal, plan, std::move(machine.operations)),
        files(pipeline, cache, *options.model),
        world{files, clock, entropy, threads, tracer, options.points, true},
        model(*options.model) {
    scheduler.count_progress([this] { return journal.count(); });
    if (now) when_added({});
    if (tail_start) keep_tail(options.tail_entries);
    if (now || tail_start) cache.when_gone([this](ObjectId file) { gone(file); });
    if (left) take_over();
    if (tail_start) forget_start();
  }

  static Disk start_of(const WorldOptions& options) {
    if (options.left != nullptr) return options.left->visible();
    return options.start != nullptr ? *options.start : Disk();
  }
  static SchedulerOptions scheduling_of(const WorldOptions& options, io::Instant now) {
    SchedulerOptions scheduling = options.scheduling;
    scheduling.begin = now;
    return scheduling;
  }

  // Before the first entry.
  [[nodiscard]] Medium first_medium(const ModelSpec& of_model) const {
    return left ? *left : Medium(of_model, start);
  }
  std::optional<Follower> now_for(const WorldOptions& options) const {
    if (std::ranges::none_of(plan.faults(), may_fail_a_sync)) return std::nullopt;
    return Follower(first_medium(checked(options.model)));
  }
  std::optional<Follower> tail_start_for(const WorldOptions& options) const {
    if (options.journal != JournalMode::tail) return std::nullopt;
    return Follower(first_medium(checked(options.model)));
  }

  // What the process before had open without a name is gone with it; what it wrote and did not sync is still
  // to be synced.
  void take_over() {
    for (const ObjectId file : left->nameless()) gone(file);
    for (const ObjectId object : left->unsettled()) cache.unsettle(object);
  }

  // A tail never goes back there, and what a file held at first is a file's worth of memory.
  void forget_start() {
    left.reset();
    start = Disk();
  }

  // Where the tail begins the medium must be known. It is what memory shows wherever everything is settled,
  // which a log that syncs comes to again and again; else it has to follow.
  void keep_tail(std::size_t entries_kept) {
    const bool keeps_promises = model.device_cache.value != DeviceCache::lying &&
                                std::ranges::all_of(plan.faults(), takes_time_alone);
    journal.when_full([=, this](const Entries& older, std::uint64_t newer_count) {
      const bool is_settled = keeps_promises && cache.is_settled() && pipeline.under_way_count() == 0;
      if (!is_settled && newer_count < 2 * entries_kept) return false;
      if (newer_part) {
        tail_start->jump(std::move(*newer_part), journal.count() - newer_count);
      } else {
        for (const Entry& entry : older) tail_start->apply(entry);
      }
      newer_part.reset();
      if (is_settled) newer_part.emplace(model, cache.disk(), journal.count());
      return true;
    });
  }

  void when_added(Journal::Listener listener) {
    if (!now) return journal.when_added(std::move(listener));
    journal.when_added([this, told = std::move(listener)](const Entry& entry) {
      follow(entry);
      if (told) told(entry);
    });
  }

  // Where memory comes to show what the device has, it is the medium that knows.
  void follow(const Entry& entry) {
    now->apply(entry);
    if (const auto* evicted = entry.get<Evicted>()) adopt(evicted->object);
    const auto* end = entry.get<OpEnd>();
    if (end == nullptr || model.after_failed_sync.value != AfterFailedSync::clean_old) return;
    using faults::Verb;
    const bool writes_back =
        end->verb == Verb::sync || end->verb == Verb::sync_all || end->verb == Verb::write_durable;
    // An allocation under way while a sync takes the file back reserves its blocks again.
    if ((writes_back && end->os_error != 0) || end->verb == Verb::allocate) adopt(end->object);
  }
  void adopt(ObjectId file) { cache.adopt(file, *now->medium().visible().find(file)); }

  void gone(ObjectId file) {
    if (now) now->gone(file, journal.count());
    if (tail_start) tail_start->gone(file, journal.count());
  }

  void evict(ObjectId file) {
    writeback.catch_up(scheduler.now());
    if (!scheduler.ended() && cache.evict(cache.file(file))) pipeline.note_evicted({file});
  }

  faults::Plan plan;
  std::optional<Medium> left;
  Disk start;
  base::Seeded draws;
  Scheduler scheduler;
  CpuTime cpus;
  WallClock wall;
  std::optional<Wakeups> wakeups;  // Where they take time.
  Clock clock;
  Threads threads;
  Entropy entropy;
  Device device;
  Journal journal;
  std::optional<Follower> now;         // Only where a plan could fail a sync.
  std::optional<Follower> tail_start;  // Where the journal's tail begins.
  std::optional<Medium> newer_part;    // Where its newer part does, if all was settled there.
  PageCache cache;
  Writeback writeback;
  Pipeline pipeline;
  FileSystem files;
  io::NoTracer tracer;
  io::World world;
  const ModelSpec& model;
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

void World::when_added(Journal::Listener listener) {
  parts_->when_added(std::move(listener));
}

void World::tell_plan(std::string_view mark) {
  parts_->plan.mark(mark);
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

std::expected<Medium, std::string> World::medium_at(std::uint64_t cut) const {
  const Journal& journal = parts_->journal;
  const bool has_beginning = parts_->tail_start || journal.first() == 0;
  if (!has_beginning || cut < journal.first() || cut > journal.count()) {
    return std::unexpected(
        fmt::format("cut {}: the journal keeps entries {} to {}; JournalMode::full keeps all, a longer "
                    "WorldOptions::tail_entries more",
                    cut, journal.first(), journal.count()));
  }
  Medium medium = parts_->tail_start ? parts_->tail_start->medium() : parts_->first_medium(parts_->model);
  for (std::uint64_t at = journal.first(); at < cut; ++at) medium.apply(journal.entry(at));
  return medium;
}

void World::evict(std::string_view path) {
  const auto found = find_object(parts_->cache.disk(), path);
  if (found) parts_->evict(*found);
}

void World::drop_caches() {
  for (const ObjectId file : parts_->cache.all()) parts_->evict(file);
}

DeviceUse World::device_use() const {
  return parts_->device.use();
}

Machine World::machine() const {
  return {.now = parts_->scheduler.now(),
          .wall = parts_->wall,
          .operations = parts_->pipeline.counts(),
          .disturbance = parts_->device.disturbance(),
          .plan = parts_->plan};
}

std::uint64_t World::peak_bytes() const {
  return parts_->cache.peak_bytes();
}

}  // namespace wallop::sim
