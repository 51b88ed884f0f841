// SPDX-License-Identifier: Apache-2.0
// RocksDB as a log: large memtables, so that nothing is flushed, and no compression. `rocksdb` puts records;
// `rocksdb-log` writes them as log data alone (PutLogData), which spares it the memtable.
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/write_batch.h>

#include "bench/peers/peer.h"
#include "bench/peers/stopwatch.h"

namespace wallop::bench {
namespace {

enum class What : std::uint8_t { puts, log_data };

void check(const rocksdb::Status& status) {
  if (!status.ok()) give_up("RocksDB: " + status.ToString());
}
rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

rocksdb::Options options_for(bool is_buffered) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 4ULL << 30;
  options.compression = rocksdb::kNoCompression;
  options.manual_wal_flush = is_buffered;
  options.avoid_flush_during_shutdown = true;  // The log stays.
  options.avoid_flush_during_recovery = true;
  return options;
}

std::unique_ptr<rocksdb::DB> open_database(const std::string& directory, bool is_buffered) {
  rocksdb::DB* database = nullptr;
  check(rocksdb::DB::Open(options_for(is_buffered), directory, &database));
  return std::unique_ptr<rocksdb::DB>(database);
}

class RocksPeer final : public Peer {
 public:
  RocksPeer(const PeerSetup& setup, What what)
      : what_(what),
        database_(open_database(setup.directory,
                                setup.promise == Promise::buffered || setup.promise == Promise::batched)) {
    how_.sync = setup.promise == Promise::durable;
  }

  std::uint64_t append(unsigned, std::uint64_t number, std::string_view record) override {
    rocksdb::WriteBatch batch;
    if (what_ == What::log_data) {
      check(batch.PutLogData(slice(record)));
    } else {
      const Key key(number);
      check(batch.Put(slice(key.text()), slice(record.substr(kNumberBytes))));
    }
    check(database_->Write(how_, &batch));
    return 0;
  }
  void sync() override { check(database_->FlushWAL(true)); }
  void close() override {
    sync();
    check(database_->Close());
  }

 private:
  What what_;
  rocksdb::WriteOptions how_;
  std::unique_ptr<rocksdb::DB> database_;
};

Found scan(const std::string& directory) {
  const auto database = open_database(directory, false);
  const Stopwatch watch;
  std::unique_ptr<rocksdb::TransactionLogIterator> log;
  check(database->GetUpdatesSince(0, &log));
  Found found;
  for (; log->Valid(); log->Next()) {
    require(log->GetBatch().writeBatchPtr != nullptr, "RocksDB: a batch that cannot be read");
    ++found.record_count;
  }
  check(log->status());
  found.took_ns = watch.ns();
  return found;
}

Found recover(const std::string& directory, unsigned) {
  const Stopwatch watch;
  const auto database = open_database(directory, false);
  Found found;
  found.took_ns = watch.ns();
  found.record_count = database->GetLatestSequenceNumber();
  return found;
}

std::unique_ptr<Peer> open_puts(const PeerSetup& setup) {
  return std::make_unique<RocksPeer>(setup, What::puts);
}
std::unique_ptr<Peer> open_log_data(const PeerSetup& setup) {
  return std::make_unique<RocksPeer>(setup, What::log_data);
}

}  // namespace

const EngineKind kRocksEngine{"rocksdb", "RocksDB, a put a record", open_puts, scan, recover};
const EngineKind kRocksLogEngine{"rocksdb-log", "RocksDB, log data alone", open_log_data, nullptr, nullptr};

}  // namespace wallop::bench
