// SPDX-License-Identifier: Apache-2.0
// LevelDB as a log: a memtable of 1 GiB, so that nothing is flushed, and no compression. It has no buffer of
// its own that outlives a write, and no public reader of its log.
#include <leveldb/db.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>

#include "bench/peers/peer.h"
#include "bench/peers/stopwatch.h"

namespace wallop::bench {
namespace {

void check(const leveldb::Status& status) {
  if (!status.ok()) give_up("LevelDB: " + status.ToString());
}
leveldb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

std::unique_ptr<leveldb::DB> open_database(const std::string& directory) {
  leveldb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 1ULL << 30;
  options.compression = leveldb::kNoCompression;
  options.reuse_logs = true;  // Recovery makes no table of the log.
  leveldb::DB* database = nullptr;
  check(leveldb::DB::Open(options, directory, &database));
  return std::unique_ptr<leveldb::DB>(database);
}

class LevelPeer final : public Peer {
 public:
  explicit LevelPeer(const PeerSetup& setup) : database_(open_database(setup.directory)) {
    require(setup.promise == Promise::handed_over || setup.promise == Promise::durable,
            "leveldb hands every record over, and knows no buffer");
    how_.sync = setup.promise == Promise::durable;
  }

  std::uint64_t append(unsigned, std::uint64_t number, std::string_view record) override {
    const Key key(number);
    check(database_->Put(how_, slice(key.text()), slice(record.substr(kNumberBytes))));
    return 0;
  }
  void sync() override {
    leveldb::WriteOptions synced;
    synced.sync = true;
    leveldb::WriteBatch nothing;
    check(database_->Write(synced, &nothing));
  }
  void close() override {
    sync();
    database_.reset();
  }

 private:
  leveldb::WriteOptions how_;
  std::unique_ptr<leveldb::DB> database_;
};

std::unique_ptr<Peer> open(const PeerSetup& setup) {
  return std::make_unique<LevelPeer>(setup);
}

// LevelDB does not tell how many records it found.
Found recover(const std::string& directory, unsigned) {
  const Stopwatch watch;
  const auto database = open_database(directory);
  Found found;
  found.took_ns = watch.ns();
  return found;
}

}  // namespace

const EngineKind kLevelEngine{"leveldb", "LevelDB, a put a record", open, nullptr, recover};

}  // namespace wallop::bench
