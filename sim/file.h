// SPDX-License-Identifier: Apache-2.0
// An open file of the simulated world, and the lock on one.
#pragma once

#include <string>

#include "io/file_system.h"
#include "sim/block_pool.h"
#include "sim/operation.h"
#include "sim/page_cache.h"

namespace wallop::sim {

class File final : public io::File, public FromPool {
 public:
  // `cache`, `pipeline` and `model` outlive this. `name` is for errors and faults, as the engine gave it.
  File(Pipeline& pipeline, PageCache& cache, CachedFile& file, std::string name,
       const io::OpenOptions& options, const ModelSpec& model);
  ~File() override;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  using io::File::write_at;
  io::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override;
  io::Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override;
  io::Status write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override;
  io::Status write_durable_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override;
  io::Status sync() override;
  io::Status sync_all() override;
  io::Status truncate(std::uint64_t size) override;
  io::Status allocate(std::uint64_t offset, std::uint64_t size, io::KeepSize keep_size) override;
  io::Result<std::uint64_t> size() override;

 private:
  [[nodiscard]] Request request(faults::Verb verb, std::string_view action, std::uint64_t offset = 0,
                                std::uint64_t bytes = 0) const;
  io::Status write(const Request& request, std::span<const io::Bytes> pieces);
  int write_what_fits(const Request& request, Payload payload, Running& running);
  void write_past_cache(const Request& request, Running& running);
  // 0 or an errno; `given` says how many bytes there were.
  int read_cached(std::uint64_t offset, std::span<std::byte> into, Running& running, std::size_t& given);
  int read_past_cache(std::uint64_t offset, std::span<std::byte> into, Running& running, std::size_t& given);
  template <class Read>
  int fail_to_read(Running& running, std::span<std::byte> into, const Read& read);
  void give(std::uint64_t offset, std::span<std::byte> answer, Running& running);
  void read_elsewhere(const faults::Elsewhere& place, std::uint64_t offset, std::span<std::byte> answer);
  [[nodiscard]] CachedFile* file_elsewhere(const faults::Elsewhere& place);
  io::Status sync(const Request& request);
  int write_back(Running& running);
  void lose_behind_memory(const Running& running);
  int write_in_part(const Request& asked, std::span<const io::Bytes> pieces, Running& running);
  int fail_to_write_back(Running& running);
  [[nodiscard]] int tell_earlier_error(Running& running);
  [[nodiscard]] bool is_deferred() const {
    return model_.after_failed_sync.value == AfterFailedSync::deferred;
  }
  [[nodiscard]] int write_error(const Request& request) const;
  [[nodiscard]] bool is_misaligned(const Request& request) const;
  [[nodiscard]] Cost cost_of_read(std::uint64_t offset, std::uint64_t bytes);
  [[nodiscard]] Cost cost_of_sync(faults::Verb verb) const;

  Pipeline& pipeline_;
  PageCache& cache_;
  CachedFile& file_;
  std::string name_;
  io::OpenOptions options_;
  const ModelSpec& model_;
  WritebackErrors::Told told_;  // What this description knows.
};

// Excludes all others for as long as it lives.
class Lock final : public io::Lock, public FromPool {
 public:
  // `cache` outlives this; `file` is not locked.
  Lock(PageCache& cache, CachedFile& file);
  ~Lock() override;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  PageCache& cache_;
  CachedFile& file_;
};

}  // namespace wallop::sim
