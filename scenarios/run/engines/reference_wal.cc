// SPDX-License-Identifier: Apache-2.0
// The reference log behind the engine's interface: options that a scenario leaves out stay the log's own.
#include "scenarios/run/engines/reference_wal.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "wal/wal.h"

namespace wallop::scenarios {
namespace {

wal::SyncPolicy policy_of(const AlwaysSync& /*policy*/) {
  return wal::Always{};
}

wal::SyncPolicy policy_of(const BatchSync& policy) {
  wal::Batch batch;
  if (policy.window) batch.window = *policy.window;
  if (policy.bytes) batch.bytes = policy.bytes->value;
  if (policy.stall_max) batch.stall_max = *policy.stall_max;
  return batch;
}

wal::SyncPolicy policy_of(const OsSync& policy) {
  wal::Os os;
  if (policy.buffer_bytes) os.buffer_bytes = policy.buffer_bytes->value;
  if (policy.buffer_time) os.buffer_time = *policy.buffer_time;
  return os;
}

wal::Preallocate preallocate_of(Preallocation wanted) {
  switch (wanted) {
    case Preallocation::none:
      return wal::Preallocate::none;
    case Preallocation::allocate:
      return wal::Preallocate::allocate;
    case Preallocation::zero_fill:
      return wal::Preallocate::zero_fill;
  }
  return wal::Preallocate::none;
}

wal::RecoveryMode recovery_of(RecoveryChoice wanted) {
  switch (wanted) {
    case RecoveryChoice::strict:
      return wal::RecoveryMode::strict;
    case RecoveryChoice::absolute:
      return wal::RecoveryMode::absolute;
    case RecoveryChoice::prefix:
      return wal::RecoveryMode::prefix;
  }
  return wal::RecoveryMode::strict;
}

wal::Compression compression_of(const EngineOptions& options) {
  switch (options.compression.value_or(ValueCompression::none)) {
    case ValueCompression::none:
      return wal::Compression::none;
    case ValueCompression::lz4:
      return wal::Compression::lz4;
    case ValueCompression::zstd:
      return wal::Compression::zstd;
  }
  return wal::Compression::none;
}

wal::EvidenceLevel evidence_of(EvidenceLevel wanted) {
  switch (wanted) {
    case EvidenceLevel::lagged:
      return wal::EvidenceLevel::lagged;
    case EvidenceLevel::sealed_idle:
      return wal::EvidenceLevel::sealed_idle;
    case EvidenceLevel::synchronous:
      return wal::EvidenceLevel::synchronous;
  }
  return wal::EvidenceLevel::lagged;
}

// 4 KiB where the world does not say.
std::uint64_t write_unit_of(io::World& world) {
  const auto unit = world.files.write_unit_bytes(".");
  return unit ? *unit : 4096;
}

wal::Options options_of(io::World& world, const std::string& directory, const EngineOptions& options) {
  wal::Options of;
  of.directory = directory;
  if (options.sync)
    of.sync = std::visit([](const auto& policy) { return policy_of(policy); }, options.sync->kind);
  if (options.segment_bytes) of.segment_bytes = options.segment_bytes->value;
  if (options.segment_blocks) of.segment_bytes = options.segment_blocks->value * write_unit_of(world);
  if (options.spare_segments) of.spare_segments = static_cast<unsigned>(options.spare_segments->value);
  if (options.recycle_segments) of.recycle_segments = static_cast<unsigned>(options.recycle_segments->value);
  if (options.preallocate) of.preallocate = preallocate_of(*options.preallocate);
  if (options.recovery) of.recovery = recovery_of(*options.recovery);
  if (options.recovery_threads) of.recovery_threads = static_cast<unsigned>(options.recovery_threads->value);
  if (options.evidence) of.evidence = evidence_of(*options.evidence);
  if (options.sectors)
    of.sectors = *options.sectors == SectorUse::packed ? wal::Sectors::packed : wal::Sectors::fresh;
  if (options.frame_bytes_max) of.frame_bytes_max = options.frame_bytes_max->value;
  if (options.record_bytes_max) of.record_bytes_max = options.record_bytes_max->value;
  return of;
}

class FollowingWal final : public Following {
 public:
  explicit FollowingWal(wal::Follower follower) : follower_(std::move(follower)) {}

  io::Status next(const Visit& visit) override {
    const auto found = follower_.await_next();
    if (!found) return std::unexpected(found.error());
    visit(found->lsn.value(), {found->record.key, found->record.value});
    return {};
  }

 private:
  wal::Follower follower_;
};

class ReferenceWal final : public Engine {
 public:
  ReferenceWal(wal::Wal opened, wal::Compression compression)
      : wal_(std::move(opened)), compression_(compression) {}

  io::Result<AppendReceipt> append(std::span<const KeyValue> records) override {
    if (records.size() == 1) {
      auto placed = wal_.append(record_of(records.front()));
      if (!placed) return std::unexpected(std::move(placed.error()));
      return AppendReceipt{placed->lsn.value(), placed->position.segment.value()};
    }
    std::vector<wal::Record> batch;
    batch.reserve(records.size());
    for (const KeyValue& record : records) batch.push_back(record_of(record));
    auto appended = wal_.append_batch(batch);
    if (!appended) return std::unexpected(std::move(appended.error()));
    return AppendReceipt{appended->lsns.first.value(), appended->first.segment.value()};
  }

  io::Status sync() override {
    auto synced = wal_.sync();
    if (!synced) return std::unexpected(std::move(synced.error()));
    return {};
  }

  std::uint64_t durable() override { return wal_.stats().durable.value(); }
  std::uint64_t handed_over() override { return wal_.stats().written.value(); }

  io::Status read(std::uint64_t first_lsn, const Visit& visit) override {
    auto reader = wal_.read_from(wal::Lsn(first_lsn));
    if (!reader) return std::unexpected(std::move(reader.error()));
    for (;;) {
      auto next = reader->next();
      if (!next) return std::unexpected(std::move(next.error()));
      if (!*next) return {};
      const wal::RecordView& found = **next;
      if (!visit(found.lsn.value(), {found.record.key, found.record.value})) return {};
    }
  }

  io::Result<std::unique_ptr<Following>> follow(std::uint64_t first_lsn, Visibility visibility) override {
    auto follower =
        wal_.tail(wal::Lsn(first_lsn),
                  visibility == Visibility::durable ? wal::Visibility::durable : wal::Visibility::visible);
    if (!follower) return std::unexpected(std::move(follower.error()));
    return std::make_unique<FollowingWal>(std::move(*follower));
  }

  io::Result<std::uint64_t> delete_old(std::uint64_t keep_segments) override {
    const std::vector<wal::SegmentInfo> segments = wal_.segments();
    if (segments.size() > keep_segments) {
      auto deleted = wal_.delete_segments_before(segments[segments.size() - keep_segments].id);
      if (!deleted) return std::unexpected(std::move(deleted.error()));
    }
    return first_kept();
  }

  io::Status close() override { return wal_.close(); }

  std::uint64_t first_kept() {
    const std::vector<wal::SegmentInfo> segments = wal_.segments();
    return segments.empty() ? 1 : segments.front().lsns.first.value();
  }

 private:
  [[nodiscard]] wal::Record record_of(const KeyValue& record) const {
    wal::Record put = wal::Record::put(record.key, record.value);
    put.compression = compression_;
    return put;
  }

  wal::Wal wal_;
  wal::Compression compression_;
};

}  // namespace

io::Result<OpenedEngine> open_reference_wal(io::World& world, const std::string& directory,
                                            const EngineOptions& options) {
  auto opened = wal::Wal::open(world, options_of(world, directory, options));
  if (!opened) return std::unexpected(std::move(opened.error()));
  auto engine = std::make_unique<ReferenceWal>(std::move(opened->wal), compression_of(options));
  Recovered recovered;
  recovered.last_lsn = opened->info.last.value();
  recovered.first_lsn = engine->first_kept();
  recovered.bytes_scanned = opened->info.bytes_scanned;
  for (const wal::LsnRange& range : opened->info.accepted)
    recovered.given_up.push_back({range.first.value(), range.last.value()});
  return OpenedEngine{std::move(engine), recovered};
}

}  // namespace wallop::scenarios
