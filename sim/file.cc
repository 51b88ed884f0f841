// SPDX-License-Identifier: Apache-2.0
// What each call on an open file does to memory and asks of the device.
//
// What surprises: a call that needs no system call on Linux (no bytes, an offset that no file has) is none
// here either: it is not journalled and no fault meets it.
#include "sim/file.h"

#include <cerrno>
#include <limits>
#include <utility>

namespace wallop::sim {
namespace {

using faults::Verb;

// off_t has a sign.
bool is_within_offsets(std::uint64_t offset, std::uint64_t bytes) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return offset <= kMax && bytes <= kMax - offset;
}

std::uint64_t total_bytes(std::span<const io::Bytes> pieces) {
  std::uint64_t total = 0;
  for (const io::Bytes piece : pieces) total += piece.size();
  return total;
}

}  // namespace

File::File(Pipeline& pipeline, PageCache& cache, CachedFile& file, std::string name,
           const io::OpenOptions& options, std::uint32_t sector_bytes)
    : pipeline_(pipeline),
      cache_(cache),
      file_(file),
      name_(std::move(name)),
      options_(options),
      sector_bytes_(sector_bytes) {
  cache_.open(file_);
}

File::~File() {
  cache_.close(file_);
}

Request File::request(Verb verb, std::string_view action, std::uint64_t offset, std::uint64_t bytes) const {
  return {
      .verb = verb, .action = action, .path = name_, .object = file_.id, .offset = offset, .bytes = bytes};
}

io::Result<std::size_t> File::read_at(std::uint64_t offset, std::span<std::byte> into) {
  const Request asked = request(Verb::read, "read", offset, into.size());
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  if (!is_within_offsets(offset, into.size())) return io::failure(EINVAL, asked.action, name_, offset);
  if (into.empty()) return 0;
  std::size_t given = 0;
  const io::Status done = pipeline_.run(asked, [&](Running& running) {
    if (is_misaligned(asked)) return EINVAL;
    given = cache_.read(file_, offset, into);
    running.given_bytes = given;
    running.cost = cost_of_read(offset, given);
    return 0;
  });
  if (!done.has_value()) return io::Failure(done.error());
  return given;
}

io::Result<std::size_t> File::read_stored_at(std::uint64_t offset, std::span<std::byte> into) {
  const Request asked = request(Verb::read_stored, "read stored", offset, into.size());
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  if (!is_within_offsets(offset, into.size())) return io::failure(EINVAL, asked.action, name_, offset);
  if (into.empty()) return 0;
  std::size_t given = 0;
  const io::Status done = pipeline_.run(asked, [&](Running& running) {
    running.cost.sent_first_bytes = cache_.dirty_bytes(file_, offset, into.size());
    given = cache_.read_stored(file_, offset, into);
    running.given_bytes = given;
    running.cost.command = Cost::Command::read;
    running.cost.device_bytes = given;
    return 0;
  });
  if (!done.has_value()) return io::Failure(done.error());
  return given;
}

io::Status File::write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) {
  if (options_.dsync) return write_durable_at(offset, pieces);
  return write(request(Verb::write, "write", offset, total_bytes(pieces)), pieces);
}

io::Status File::write_durable_at(std::uint64_t offset, std::span<const io::Bytes> pieces) {
  return write(request(Verb::write_durable, "write durably", offset, total_bytes(pieces)), pieces);
}

io::Status File::write(const Request& asked, std::span<const io::Bytes> pieces) {
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  if (!is_within_offsets(asked.offset, asked.bytes))
    return io::failure(EINVAL, asked.action, name_, asked.offset);
  if (asked.bytes == 0) return {};
  return pipeline_.run(asked, [&](Running& running) {
    if (const int error = write_error(asked)) return error;
    Payload payload = Payload::of(pieces);
    OpBegin& begin = running.begin();
    if (const int error = cache_.write(file_, asked.offset, payload, begin.size_after)) return error;
    begin.payload = std::move(payload);
    running.cost = cost_of_write(asked);
    // Past the page cache, or through it at once. One whose flush is lost is in the device's own cache all
    // the same.
    if (asked.verb == Verb::write_durable || options_.direct) cache_.sent(file_, asked.offset, asked.bytes);
    return 0;
  });
}

int File::write_error(const Request& asked) const {
  if (options_.read_only) return EBADF;
  return is_misaligned(asked) ? EINVAL : 0;
}

// The address of the engine's memory is not looked at: it would make runs differ.
bool File::is_misaligned(const Request& asked) const {
  return options_.direct && (asked.offset % sector_bytes_ != 0 || asked.bytes % sector_bytes_ != 0);
}

Cost File::cost_of_read(std::uint64_t offset, std::uint64_t bytes) {
  if (options_.direct) return {.command = Cost::Command::read, .device_bytes = bytes, .copied_bytes = 0};
  const std::uint64_t fetched = bytes == 0 ? 0 : cache_.fetch(file_, offset, bytes);
  return {.command = fetched == 0 ? Cost::Command::none : Cost::Command::read,
          .device_bytes = fetched,
          .copied_bytes = bytes};
}

// Once the bytes are in the page cache and dirty.
Cost File::cost_of_write(const Request& asked) const {
  if (asked.verb == Verb::write_durable) {
    return {.command = Cost::Command::flush,
            .device_bytes = cache_.dirty_bytes(file_, asked.offset, asked.bytes),
            .copied_bytes = asked.bytes};
  }
  if (options_.direct)
    return {.command = Cost::Command::write, .device_bytes = asked.bytes, .copied_bytes = 0};
  return {.command = Cost::Command::none, .device_bytes = 0, .copied_bytes = asked.bytes};
}

io::Status File::sync() {
  return sync(request(Verb::sync, "sync"));
}

io::Status File::sync_all() {
  return sync(request(Verb::sync_all, "sync all"));
}

// What is dirty now is covered; what is written while the device works is not. A lost sync sends everything:
// the device has it and does not keep its promise.
io::Status File::sync(const Request& asked) {
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  const auto cost = [&] {
    return Cost{
        .command = Cost::Command::flush, .device_bytes = cache_.dirty_bytes(file_), .copied_bytes = 0};
  };
  return pipeline_.run(
      asked,
      [&](Running& running) {
        running.cost = cost();
        cache_.sent(file_);
        return 0;
      },
      [&](Running& running) {
        running.cost = cost();
        running.reaches_nothing() ? cache_.lost(file_) : cache_.sent(file_);
      });
}

io::Status File::truncate(std::uint64_t size) {
  const Request asked = request(Verb::truncate, "truncate", size);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  if (!is_within_offsets(0, size)) return io::failure(EINVAL, asked.action, name_, size);
  return pipeline_.run(asked, [&](Running& running) {
    if (options_.read_only) return EINVAL;
    if (const int error = cache_.truncate(file_, size)) return error;
    running.begin().size_after = size;
    return 0;
  });
}

io::Status File::allocate(std::uint64_t offset, std::uint64_t size, io::KeepSize keep_size) {
  const Request asked = request(Verb::allocate, "allocate", offset, size);
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  if (!is_within_offsets(offset, size)) return io::failure(EINVAL, asked.action, name_, offset);
  return pipeline_.run(asked, [&](Running& running) {
    if (size == 0) return EINVAL;
    if (options_.read_only) return EBADF;
    return cache_.allocate(file_, offset, size, keep_size, running.begin().size_after);
  });
}

io::Result<std::uint64_t> File::size() {
  const Request asked = request(Verb::stat, "stat");
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  std::uint64_t size = 0;
  const io::Status done = pipeline_.run(asked, [&](Running&) {
    size = cache_.inode(file_).size;
    return 0;
  });
  if (!done.has_value()) return io::Failure(done.error());
  return size;
}

Lock::Lock(PageCache& cache, CachedFile& file) : cache_(cache), file_(file) {
  file_.locked = true;
  cache_.open(file_);
}

Lock::~Lock() {
  file_.locked = false;
  cache_.close(file_);
}

}  // namespace wallop::sim
