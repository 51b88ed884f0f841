// SPDX-License-Identifier: Apache-2.0
// LevelDB's whole cycle on files in memory: open, put, lose power, open, get what was synced, close.
//
// The files know how much of them was synced; losing power cuts each there. Names last at once, and nothing
// is torn: less than a truthful world does. Between the loss and the next open every call of the instance
// that died fails: its background thread would write on otherwise. Built without RTTI, as LevelDB is: Env has
// none.
#include <leveldb/db.h>
#include <leveldb/env.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "bench/sim_peers/sim_task.h"

namespace wallop::bench {
namespace {

using leveldb::Slice;
using leveldb::Status;

struct MemoryFile {
  std::string bytes;
  std::size_t synced = 0;
};
using Shared = std::shared_ptr<MemoryFile>;

struct Machine {
  std::mutex mutex;
  std::map<std::string, Shared> files;
  bool is_dead = false;
};

class Sequential final : public leveldb::SequentialFile {
 public:
  explicit Sequential(Shared file) : file_(std::move(file)) {}
  Status Read(std::size_t count, Slice* result, char*) override {
    count = std::min(count, file_->bytes.size() - at_);
    *result = Slice(file_->bytes.data() + at_, count);
    at_ += count;
    return Status::OK();
  }
  Status Skip(std::uint64_t count) override {
    at_ = std::min<std::size_t>(at_ + count, file_->bytes.size());
    return Status::OK();
  }

 private:
  Shared file_;
  std::size_t at_ = 0;
};

class RandomAccess final : public leveldb::RandomAccessFile {
 public:
  explicit RandomAccess(Shared file) : file_(std::move(file)) {}
  Status Read(std::uint64_t offset, std::size_t count, Slice* result, char*) const override {
    if (offset > file_->bytes.size()) return Status::IOError("beyond the end");
    *result = Slice(file_->bytes.data() + offset, std::min<std::size_t>(count, file_->bytes.size() - offset));
    return Status::OK();
  }

 private:
  Shared file_;
};

class Writable final : public leveldb::WritableFile {
 public:
  Writable(Machine& machine, Shared file) : machine_(machine), file_(std::move(file)) {}
  Status Append(const Slice& data) override {
    const std::lock_guard lock(machine_.mutex);
    if (machine_.is_dead) return Status::IOError("power is lost");
    file_->bytes.append(data.data(), data.size());
    return Status::OK();
  }
  Status Sync() override {
    const std::lock_guard lock(machine_.mutex);
    if (machine_.is_dead) return Status::IOError("power is lost");
    file_->synced = file_->bytes.size();
    return Status::OK();
  }
  Status Close() override { return Status::OK(); }
  Status Flush() override { return Status::OK(); }

 private:
  Machine& machine_;
  Shared file_;
};

class Silent final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

// Threads and time are the machine's; files are those of a Machine.
class MemoryEnv final : public leveldb::EnvWrapper {
 public:
  MemoryEnv() : EnvWrapper(leveldb::Env::Default()) {}

  void lose_power() {
    const std::lock_guard lock(machine_.mutex);
    machine_.is_dead = true;
    for (auto& [name, file] : machine_.files) {
      auto left = std::make_shared<MemoryFile>();
      left->bytes = file->bytes.substr(0, file->synced);
      left->synced = left->bytes.size();
      file = std::move(left);
    }
  }
  void power_on() {
    const std::lock_guard lock(machine_.mutex);
    machine_.is_dead = false;
  }

  Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** result) override {
    return with(name, [&](const Shared& file) { *result = new Sequential(file); });
  }
  Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** result) override {
    return with(name, [&](const Shared& file) { *result = new RandomAccess(file); });
  }
  Status NewWritableFile(const std::string& name, leveldb::WritableFile** result) override {
    return changing([&] {
      *result = new Writable(machine_, machine_.files[name] = std::make_shared<MemoryFile>());
      return Status::OK();
    });
  }
  Status NewAppendableFile(const std::string& name, leveldb::WritableFile** result) override {
    return changing([&] {
      Shared& file = machine_.files[name];
      if (!file) file = std::make_shared<MemoryFile>();
      *result = new Writable(machine_, file);
      return Status::OK();
    });
  }
  bool FileExists(const std::string& name) override {
    const std::lock_guard lock(machine_.mutex);
    return machine_.files.contains(name);
  }
  Status GetChildren(const std::string& directory, std::vector<std::string>* names) override {
    const std::lock_guard lock(machine_.mutex);
    names->clear();
    const std::string inside = directory + "/";
    for (const auto& [name, file] : machine_.files)
      if (name.starts_with(inside)) names->push_back(name.substr(inside.size()));
    return Status::OK();
  }
  Status RemoveFile(const std::string& name) override {
    return changing([&] { return machine_.files.erase(name) > 0 ? Status::OK() : Status::NotFound(name); });
  }
  Status RenameFile(const std::string& from, const std::string& to) override {
    return changing([&] {
      const auto found = machine_.files.find(from);
      if (found == machine_.files.end()) return Status::NotFound(from);
      machine_.files[to] = found->second;
      machine_.files.erase(found);
      return Status::OK();
    });
  }
  Status GetFileSize(const std::string& name, std::uint64_t* bytes) override {
    return with(name, [&](const Shared& file) { *bytes = file->bytes.size(); });
  }
  Status CreateDir(const std::string&) override { return Status::OK(); }
  Status RemoveDir(const std::string&) override { return Status::OK(); }
  Status LockFile(const std::string&, leveldb::FileLock** lock) override {
    *lock = new leveldb::FileLock;
    return Status::OK();
  }
  Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return Status::OK();
  }
  Status NewLogger(const std::string&, leveldb::Logger** result) override {
    *result = new Silent;
    return Status::OK();
  }

 private:
  template <class Use>
  Status with(const std::string& name, Use use) {
    const std::lock_guard lock(machine_.mutex);
    const auto found = machine_.files.find(name);
    if (found == machine_.files.end()) return Status::NotFound(name);
    use(found->second);
    return Status::OK();
  }
  template <class Change>
  Status changing(Change change) {
    const std::lock_guard lock(machine_.mutex);
    return machine_.is_dead ? Status::IOError("power is lost") : change();
  }

  Machine machine_;
};

void check(const Status& status) {
  if (!status.ok()) end_with("LevelDB: " + status.ToString());
}

std::unique_ptr<leveldb::DB> open(MemoryEnv& files) {
  leveldb::Options options;
  options.create_if_missing = true;
  options.env = &files;
  options.write_buffer_size = 64 << 10;
  options.compression = leveldb::kNoCompression;
  leveldb::DB* database = nullptr;
  check(leveldb::DB::Open(options, "/log", &database));
  return std::unique_ptr<leveldb::DB>(database);
}

std::string key_of(std::uint64_t number) {
  std::string key = std::to_string(number);
  return std::string(8 - std::min<std::size_t>(8, key.size()), '0') + key;
}

}  // namespace

Numbers leveldb_cycle(const SimTask& task) {
  const std::string value(kRecordBytes - 8, 'v');
  leveldb::WriteOptions synced;
  synced.sync = true;
  return rate_of(task, [&]() -> std::uint64_t {
    MemoryEnv files;
    auto database = open(files);
    for (std::uint64_t i = 0; i < task.count; ++i)
      check(
          database->Put(i + 1 == synced_of(task.count) ? synced : leveldb::WriteOptions(), key_of(i), value));
    files.lose_power();
    database.reset();
    files.power_on();
    database = open(files);
    std::string found;
    for (std::uint64_t i = 0; i < synced_of(task.count); ++i) {
      check(database->Get({}, key_of(i), &found));
      demand(found == value, "LevelDB: a record is not the one that was put");
    }
    return 1;
  });
}

}  // namespace wallop::bench
