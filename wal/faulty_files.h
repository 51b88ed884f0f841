// SPDX-License-Identifier: Apache-2.0
// For tests: a file system that passes every call on, writes down what it was asked, and fails on command.
//
// Compare lists of operations (LogCabin does): "write 0000000000000002.wal", "sync 0000000000000002.wal",
// "sync log".
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "io/threads.h"

namespace wallop::wal::testing {

// What fails: the `after`-th next operation that reads like this, and all like it from then on where
// `for_ever`.
struct Failing {
  std::string operation;  // "write ", "sync 0000000000000002.wal": the start of the line.
  int after = 1;
  int os_error = 5;                 // EIO
  std::uint64_t reaches_bytes = 0;  // A write that fails has written this much.
};

class FaultyFiles final : public io::FileSystem {
 public:
  FaultyFiles(io::FileSystem& inner, io::Threads& threads) : inner_(inner), mutex_(threads.make_mutex()) {}

  void fail(Failing failing) {
    const std::unique_lock lock(*mutex_);
    failing_.push_back(std::move(failing));
  }
  void heal() {
    const std::unique_lock lock(*mutex_);
    failing_.clear();
  }
  // From here on the device never got the file's bytes from `offset` on: past the cache they read as zeros,
  // while the cache shows them. What a failed sync leaves behind.
  void lose_in_device(std::string name, std::uint64_t offset) {
    const std::unique_lock lock(*mutex_);
    lost_name_ = std::move(name);
    lost_from_ = offset;
  }
  // Called before each operation, by the thread that makes it; may block it.
  void before_each(std::function<void(std::string_view)> hook) { hook_ = std::move(hook); }
  std::vector<std::string> take_operations() {
    const std::unique_lock lock(*mutex_);
    return std::exchange(operations_, {});
  }

  io::Result<std::unique_ptr<io::File>> open(std::string_view path, const io::OpenOptions& options) override {
    if (auto passed = pass(options.create ? "create " : "open ", path); !passed) {
      return io::Failure(std::move(passed.error()));
    }
    auto file = inner_.open(path, options);
    if (!file) return file;
    return std::make_unique<FaultyFile>(*this, std::move(*file), base_name(path));
  }
  io::Result<std::vector<std::string>> list(std::string_view directory) override {
    return inner_.list(directory);
  }
  io::Result<io::FileInfo> stat(std::string_view path) override { return inner_.stat(path); }
  io::Status rename(std::string_view from, std::string_view to) override {
    auto passed = pass("rename " + base_name(from) + " to ", to);
    return passed ? inner_.rename(from, to) : passed;
  }
  io::Status link(std::string_view existing, std::string_view created) override {
    return inner_.link(existing, created);
  }
  io::Status remove(std::string_view path) override {
    auto passed = pass("remove ", path);
    return passed ? inner_.remove(path) : passed;
  }
  io::Status make_directory(std::string_view path) override {
    auto passed = pass("make ", path);
    return passed ? inner_.make_directory(path) : passed;
  }
  io::Status sync_directory(std::string_view path) override {
    auto passed = pass("sync ", path);
    return passed ? inner_.sync_directory(path) : passed;
  }
  io::Result<std::unique_ptr<io::Lock>> lock(std::string_view path) override { return inner_.lock(path); }
  io::Result<io::Space> space(std::string_view path) override { return inner_.space(path); }
  io::Result<std::uint32_t> write_unit_bytes(std::string_view path) override {
    return inner_.write_unit_bytes(path);
  }

 private:
  class FaultyFile final : public io::File {
   public:
    FaultyFile(FaultyFiles& files, std::unique_ptr<io::File> inner, std::string name)
        : files_(files), inner_(std::move(inner)), name_(std::move(name)) {}

    io::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
      if (auto passed = files_.pass("read ", name_); !passed) return io::Failure(std::move(passed.error()));
      return inner_->read_at(offset, into);
    }
    io::Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override {
      if (auto passed = files_.pass("read stored ", name_); !passed)
        return io::Failure(std::move(passed.error()));
      auto got = inner_->read_stored_at(offset, into);
      if (got) files_.hide_lost(name_, offset, into.first(*got));
      return got;
    }
    using io::File::write_at;
    io::Status write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
      std::uint64_t reaches = 0;
      auto passed = files_.pass("write ", name_, &reaches);
      if (passed) return inner_->write_at(offset, pieces);
      std::vector<std::byte> all;
      for (const io::Bytes piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
      all.resize(std::min<std::size_t>(all.size(), reaches));
      if (!all.empty() && !inner_->write_at(offset, io::Bytes(all))) return passed;
      return passed;
    }
    io::Status write_durable_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
      auto passed = files_.pass("write durable ", name_);
      return passed ? inner_->write_durable_at(offset, pieces) : passed;
    }
    io::Status sync() override {
      auto passed = files_.pass("sync ", name_);
      return passed ? inner_->sync() : passed;
    }
    io::Status sync_all() override {
      auto passed = files_.pass("sync all ", name_);
      return passed ? inner_->sync_all() : passed;
    }
    io::Status truncate(std::uint64_t size) override { return inner_->truncate(size); }
    io::Status allocate(std::uint64_t offset, std::uint64_t size, io::KeepSize keep_size) override {
      auto passed = files_.pass("allocate ", name_);
      return passed ? inner_->allocate(offset, size, keep_size) : passed;
    }
    io::Result<std::uint64_t> size() override { return inner_->size(); }

   private:
    FaultyFiles& files_;
    std::unique_ptr<io::File> inner_;
    std::string name_;
  };

  static std::string base_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
  }

  io::Status pass(std::string_view verb, std::string_view path, std::uint64_t* reaches = nullptr) {
    const std::string operation = std::string(verb) + base_name(path);
    if (hook_) hook_(operation);
    const std::unique_lock lock(*mutex_);
    operations_.push_back(operation);
    for (Failing& failing : failing_) {
      if (!operation.starts_with(failing.operation) || --failing.after > 0) continue;
      if (reaches != nullptr) *reaches = failing.reaches_bytes;
      return io::failure(failing.os_error, "injected", operation);
    }
    return {};
  }

  void hide_lost(const std::string& name, std::uint64_t offset, std::span<std::byte> bytes) {
    const std::unique_lock lock(*mutex_);
    if (name != lost_name_ || offset + bytes.size() <= lost_from_) return;
    const std::uint64_t kept = lost_from_ > offset ? lost_from_ - offset : 0;
    std::ranges::fill(bytes.subspan(kept), std::byte{0});
  }

  io::FileSystem& inner_;
  std::unique_ptr<io::Mutex> mutex_;
  std::string lost_name_;
  std::uint64_t lost_from_ = 0;
  std::vector<Failing> failing_;
  std::vector<std::string> operations_;
  std::function<void(std::string_view)> hook_;
};

}  // namespace wallop::wal::testing
