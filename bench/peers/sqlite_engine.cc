// SPDX-License-Identifier: Apache-2.0
// SQLite's write-ahead log: one insert a transaction, a connection for each writer. synchronous=FULL syncs
// each commit; NORMAL hands it over.
#include <sqlite3.h>

#include <vector>

#include "bench/peers/peer.h"

namespace wallop::bench {
namespace {

constexpr int kBusyMilliseconds = 60'000;

class Connection {
 public:
  Connection(const std::string& path, bool is_durable) {
    require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "SQLite: cannot open " + path);
    sqlite3_busy_timeout(database_, kBusyMilliseconds);
    run("pragma journal_mode=wal");
    run("pragma wal_autocheckpoint=0");
    run(is_durable ? "pragma synchronous=full" : "pragma synchronous=normal");
    run("create table if not exists log(number integer primary key, value blob)");
    check(sqlite3_prepare_v2(database_, "insert into log values(?, ?)", -1, &insert_, nullptr), SQLITE_OK);
  }
  ~Connection() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void insert(std::uint64_t number, std::string_view value) {
    check(sqlite3_bind_int64(insert_, 1, static_cast<sqlite3_int64>(number)), SQLITE_OK);
    check(sqlite3_bind_blob64(insert_, 2, value.data(), value.size(), nullptr), SQLITE_OK);
    check(sqlite3_step(insert_), SQLITE_DONE);
    check(sqlite3_reset(insert_), SQLITE_OK);
  }

 private:
  void run(const char* statement) {
    check(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr), SQLITE_OK);
  }
  void check(int code, int expected) {
    if (code != expected) give_up(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

class SqlitePeer final : public Peer {
 public:
  explicit SqlitePeer(const PeerSetup& setup) {
    require(setup.promise == Promise::handed_over || setup.promise == Promise::durable,
            "sqlite hands every commit over, and knows no buffer");
    for (unsigned i = 0; i < setup.writers; ++i)
      connections_.push_back(
          std::make_unique<Connection>(setup.directory + "/log.db", setup.promise == Promise::durable));
  }

  std::uint64_t append(unsigned writer, std::uint64_t number, std::string_view record) override {
    connections_[writer]->insert(number, record.substr(kNumberBytes));
    return 0;
  }
  void sync() override { give_up("sqlite syncs with each commit or not at all"); }
  void close() override { connections_.clear(); }

 private:
  std::vector<std::unique_ptr<Connection>> connections_;
};

std::unique_ptr<Peer> open(const PeerSetup& setup) {
  return std::make_unique<SqlitePeer>(setup);
}

}  // namespace

const EngineKind kSqliteEngine{"sqlite", "SQLite in WAL mode, an insert a transaction", open, nullptr,
                               nullptr};

}  // namespace wallop::bench
