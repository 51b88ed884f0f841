// SPDX-License-Identifier: Apache-2.0
// Everything is the reference log's but the promise. Seen in rostam#94 and in many a log whose author took
// write(2) for durable.
#include "scenarios/run/engines/ack_before_sync.h"

#include <algorithm>
#include <utility>

#include "scenarios/run/engines/reference_wal.h"

namespace wallop::scenarios {
namespace {

class AckBeforeSync final : public Engine {
 public:
  AckBeforeSync(std::unique_ptr<Engine> log, std::uint64_t accepted)
      : log_(std::move(log)), accepted_(accepted) {}

  io::Result<AppendReceipt> append(std::span<const KeyValue> records) override {
    auto receipt = log_->append(records);
    if (receipt) accepted_ = std::max(accepted_, receipt->first_lsn + records.size() - 1);
    return receipt;
  }
  io::Status sync() override { return {}; }
  std::uint64_t durable() override { return accepted_; }
  std::uint64_t handed_over() override { return log_->handed_over(); }
  io::Status read(std::uint64_t first_lsn, const Visit& visit) override {
    return log_->read(first_lsn, visit);
  }
  io::Result<std::unique_ptr<Following>> follow(std::uint64_t first_lsn, Visibility /*asked*/) override {
    return log_->follow(first_lsn, Visibility::visible);
  }
  io::Result<std::uint64_t> delete_old(std::uint64_t keep_segments) override {
    return log_->delete_old(keep_segments);
  }
  io::Status close() override { return log_->close(); }

 private:
  std::unique_ptr<Engine> log_;
  std::uint64_t accepted_;
};

}  // namespace

io::Result<OpenedEngine> open_ack_before_sync(io::World& world, const std::string& directory,
                                              const EngineOptions& options) {
  EngineOptions lazy = options;
  lazy.sync = SyncPolicy{OsSync{.buffer_bytes = Bytes<0, 1ULL << 40>{0}, .buffer_time = std::nullopt}};
  auto opened = open_reference_wal(world, directory, lazy);
  if (opened) {
    opened->engine = std::make_unique<AckBeforeSync>(std::move(opened->engine), opened->recovered.last_lsn);
  }
  return opened;
}

}  // namespace wallop::scenarios
