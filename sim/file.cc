// SPDX-License-Identifier: Apache-2.0
// What each call on an open file does to memory and asks of the device.
//
// What surprises: a call that needs no system call on Linux (no bytes, an offset that no file has) is none
// here either: it is not journalled and no fault meets it.
#include "sim/file.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

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

Payload first_bytes(const Payload& payload, std::uint64_t count) {
  return payload.is_zeros() ? Payload::zeros(count) : Payload::of(payload.bytes().first(count));
}

// The bits that a fault turns.
void flip(const Running& running, std::span<std::byte> bytes) {
  if (!running.answer) [[likely]]
    return;
  for (const std::uint64_t bit : running.answer->effect.flipped_bits)
    if (bit / 8 < bytes.size()) bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
}

// Of an answer that begins before the place that it comes from does.
std::uint64_t missing_in_front(const faults::Elsewhere& place, std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t back = place.shift < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(place.shift) : 0;
  return back <= offset ? 0 : std::min(bytes, back - offset);
}

// The errno of a read that the device cannot serve. Nobody's plan says so: a fault has left it behind.
int cannot_be_read(Running& running) {
  running.is_injected = true;
  running.cost.command = Cost::Command::read;
  running.cost.device_bytes = running.begin().bytes;
  return EIO;
}

// What memory and medium get of it.
Payload stored_payload(std::span<const io::Bytes> pieces, const Running& running) {
  Payload payload = Payload::of(pieces);
  if (!running.answer || running.answer->effect.flipped_bits.empty()) [[likely]]
    return payload;
  std::vector<std::byte> bytes(payload.size());
  payload.copy(0, bytes);
  flip(running, bytes);
  return Payload::of(io::Bytes(bytes));
}

}  // namespace

File::File(Pipeline& pipeline, PageCache& cache, CachedFile& file, std::string name,
           const io::OpenOptions& options, const ModelSpec& model)
    : pipeline_(pipeline),
      cache_(cache),
      file_(file),
      name_(std::move(name)),
      options_(options),
      model_(model),
      told_(file.errors.sample()) {
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
  const auto read = [&](Running& running, std::span<std::byte> wanted) {
    if (is_misaligned(asked)) return EINVAL;
    running.begin().past_cache = options_.direct;
    return options_.direct ? read_past_cache(offset, wanted, running, given)
                           : read_cached(offset, wanted, running, given);
  };
  const io::Status done = pipeline_.run(
      asked, [&](Running& running) { return read(running, into); },
      [&](Running& running) { return fail_to_read(running, into, read); });
  if (!done.has_value()) return io::Failure(done.error());
  return given;
}

io::Result<std::size_t> File::read_stored_at(std::uint64_t offset, std::span<std::byte> into) {
  const Request asked = request(Verb::read_stored, "read stored", offset, into.size());
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  if (!is_within_offsets(offset, into.size())) return io::failure(EINVAL, asked.action, name_, offset);
  if (into.empty()) return 0;
  std::size_t given = 0;
  const auto read = [&](Running& running, std::span<std::byte> wanted) {
    return read_past_cache(offset, wanted, running, given);
  };
  const io::Status done = pipeline_.run(
      asked, [&](Running& running) { return read(running, into); },
      [&](Running& running) { return fail_to_read(running, into, read); });
  if (!done.has_value()) return io::Failure(done.error());
  return given;
}

int File::read_cached(std::uint64_t offset, std::span<std::byte> into, Running& running, std::size_t& given) {
  given = cache_.read(file_, offset, into);
  if (!cache_.is_fetchable(file_, offset, given)) return cannot_be_read(running);
  running.cost = cost_of_read(offset, given);
  give(offset, into.first(given), running);
  return 0;
}

int File::read_past_cache(std::uint64_t offset, std::span<std::byte> into, Running& running,
                          std::size_t& given) {
  running.cost.sent_first_bytes = cache_.dirty_bytes(file_, offset, into.size());
  given = cache_.read_stored(file_, offset, into);
  if (!cache_.is_readable(file_, offset, given)) return cannot_be_read(running);
  running.cost.command = Cost::Command::read;
  running.cost.device_bytes = given;
  give(offset, into.first(given), running);
  return 0;
}

// The answer, or what a fault makes of it.
void File::give(std::uint64_t offset, std::span<std::byte> answer, Running& running) {
  running.given_bytes = answer.size();
  if (!running.answer) [[likely]]
    return;
  if (running.answer->effect.elsewhere) read_elsewhere(*running.answer->effect.elsewhere, offset, answer);
  flip(running, answer);
}

void File::read_elsewhere(const faults::Elsewhere& place, std::uint64_t offset, std::span<std::byte> answer) {
  const CachedFile* file = file_elsewhere(place);
  std::ranges::fill(answer, std::byte{0});
  if (file == nullptr) return;
  const std::uint64_t before = missing_in_front(place, offset, answer.size());
  const std::span<std::byte> rest = answer.subspan(before);
  const std::uint64_t from = offset + before + static_cast<std::uint64_t>(place.shift);
  if (place.is_older) {
    PageCache::read_older(*file, from, rest);
  } else {
    cache_.read_elsewhere(*file, from, rest);
  }
}

// Null where there is no such file.
CachedFile* File::file_elsewhere(const faults::Elsewhere& place) {
  if (place.path.empty()) return &file_;
  const ObjectId object = cache_.disk().resolve(place.path);
  const bool is_file = object != kNoObject && cache_.disk().find(object)->kind == io::FileKind::file;
  return is_file ? &cache_.file(object) : nullptr;
}

// A fault stops it: what it gave before that is there.
template <class Read>
int File::fail_to_read(Running& running, std::span<std::byte> into, const Read& read) {
  const std::uint64_t done = std::min<std::uint64_t>(running.answer->effect.done_bytes, into.size());
  if (done > 0) {
    if (const int error = read(running, into.first(done))) return error;
  }
  return running.injected_error();
}

io::Status File::write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) {
  // Where the device has no cache of its own, what it was given lasts.
  const bool lasts = options_.direct && model_.device_cache.value == DeviceCache::none;
  if (options_.dsync || lasts) return write_durable_at(offset, pieces);
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
  return pipeline_.run(
      asked,
      [&](Running& running) {
        if (const int error = write_error(asked)) return error;
        const int error = write_what_fits(asked, stored_payload(pieces, running), running);
        if (asked.verb == Verb::write && running.reaches_nothing()) lose_behind_memory(running);
        if (running.begin().payload.size() == 0 || asked.verb != Verb::write_durable) return error;
        const int earlier = tell_earlier_error(running);
        return error != 0 ? error : earlier;
      },
      [&](Running& running) { return write_in_part(asked, pieces, running); });
}

// Memory shows what the device will never hear of, and what it has elsewhere instead.
void File::lose_behind_memory(const Running& running) {
  file_.diverged = true;
  const auto& elsewhere = running.answer->effect.elsewhere;
  if (CachedFile* file = elsewhere ? file_elsewhere(*elsewhere) : nullptr) file->diverged = true;
  if (const int late = running.answer->effect.late_error) file_.errors.add(late);
}

// A fault stops it in the middle.
int File::write_in_part(const Request& asked, std::span<const io::Bytes> pieces, Running& running) {
  const std::uint64_t done = std::min(running.answer->effect.done_bytes, asked.bytes);
  if (const int error = write_error(asked)) return error;
  if (done > 0) write_what_fits(asked, first_bytes(stored_payload(pieces, running), done), running);
  return running.injected_error();
}

// Where not all fits, the part that does is written all the same: Linux goes page by page.
int File::write_what_fits(const Request& asked, Payload payload, Running& running) {
  // Linux takes the pages of the range out of memory (mm/filemap.c, kiocb_invalidate_pages): what they showed
  // and the device never got is gone.
  if (options_.direct && file_.diverged)
    pipeline_.note_evicted(PageCache::pages_of(file_.id, asked.offset, payload.size()));
  const PageCache::Room room = cache_.make_room(file_, asked.offset, payload.size());
  if (room.bytes == 0) return room.os_error;
  if (room.bytes < payload.size()) payload = first_bytes(payload, room.bytes);
  OpBegin& begin = running.begin();
  cache_.write(file_, asked.offset, payload, begin.size_after);
  if (begin.effect != nullptr) [[unlikely]] {
    for (const faults::ByteRange& bad : begin.effect->unreadable)
      cache_.spoil(file_, asked.offset + bad.begin, asked.offset + std::min(bad.end, payload.size()));
  }
  begin.payload = std::move(payload);
  if (asked.verb == Verb::write_durable || options_.direct) {
    write_past_cache(asked, running);
  } else {
    running.cost.copied_bytes = room.bytes;
    running.cost.soils = true;
  }
  return room.os_error;
}

// Or through it at once. One whose flush is lost is in the device's own cache all the same.
void File::write_past_cache(const Request& asked, Running& running) {
  const std::uint64_t bytes = running.begin().payload.size();
  if (asked.verb == Verb::write_durable) {
    running.cost = {.command = Cost::Command::flush,
                    .device_bytes = cache_.dirty_bytes(file_, asked.offset, bytes),
                    .copied_bytes = bytes,
                    .changed = file_.size_changed,
                    .sent_until = file_.sent_until};
  } else {
    running.cost = {.command = Cost::Command::write, .device_bytes = bytes};
  }
  cache_.clean(file_, asked.offset, bytes);
  if (!options_.direct) return;
  running.begin().past_cache = true;
  cache_.invalidate(file_, asked.offset, bytes);
}

int File::write_error(const Request& asked) const {
  if (options_.read_only) return EBADF;
  return is_misaligned(asked) ? EINVAL : 0;
}

// The address of the engine's memory is not looked at: it would make runs differ.
bool File::is_misaligned(const Request& asked) const {
  const std::uint64_t sector_bytes = model_.sector_bytes.value;
  return options_.direct && (asked.offset % sector_bytes != 0 || asked.bytes % sector_bytes != 0);
}

Cost File::cost_of_read(std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t fetched = bytes == 0 ? 0 : cache_.fetch(file_, offset, bytes);
  return {.command = fetched == 0 ? Cost::Command::none : Cost::Command::read,
          .device_bytes = fetched,
          .copied_bytes = bytes};
}

// fdatasync leaves out the names.
Cost File::cost_of_sync(Verb verb) const {
  return {
      .command = Cost::Command::flush,
      .device_bytes = cache_.dirty_bytes(file_),
      .changed = verb == Verb::sync ? file_.size_changed : std::max(file_.size_changed, file_.names_changed),
      .sent_until = file_.sent_until};
}

io::Status File::sync() {
  return sync(request(Verb::sync, "sync"));
}

io::Status File::sync_all() {
  return sync(request(Verb::sync_all, "sync all"));
}

// Another sync that failed meanwhile was about the same pages: both are told (errseq). But for a deferred
// error, which waits for the next sync.
io::Status File::sync(const Request& asked) {
  if (!pipeline_.enter()) return Pipeline::world_ended(asked.action, name_);
  const std::uint64_t change_count = file_.change_count;
  return pipeline_.run(
      asked, [&](Running& running) { return write_back(running); },
      [&](Running& running) { return fail_to_write_back(running); },
      [&](Running& running, int os_error) {
        if (os_error == 0 && !running.reaches_nothing()) cache_.settle(file_, change_count);
        if (os_error != 0 || is_deferred()) return os_error;
        const int meanwhile = file_.errors.tell(told_, model_.error_reported.value);
        running.is_injected = meanwhile != 0;
        return meanwhile;
      });
}

// What is dirty now is covered; what is written while the device works is not. A lost sync sends everything:
// the device has it and does not keep its promise.
int File::write_back(Running& running) {
  running.cost = cost_of_sync(running.begin().verb);
  const int earlier = tell_earlier_error(running);
  if (earlier != 0 && is_deferred()) running.cost.device_bytes = 0;
  cache_.clean(file_);
  return earlier;
}

// Writeback of what is dirty fails. Who runs into it is told now, or under a deferred error like everybody
// else: at the next sync.
int File::fail_to_write_back(Running& running) {
  running.cost = cost_of_sync(running.begin().verb);
  file_.errors.add(running.injected_error());
  file_.diverged = true;
  if (model_.after_failed_sync.value != AfterFailedSync::dirty || !running.reaches_nothing())
    cache_.clean(file_);
  if (is_deferred() && running.reaches_nothing()) return 0;
  return file_.errors.tell(told_, model_.error_reported.value);
}

// Of a writeback before this one; 0 without. The kernel writes what is dirty and asks then
// (file_write_and_wait_range). ext4 and XFS return at once, without their journal's commit and without a
// flush (ext4_sync_file, xfs_file_fsync); Btrfs has committed its log before it asks (btrfs_sync_file). Under
// a deferred error nothing is written, and what was dirty is lost too.
int File::tell_earlier_error(Running& running) {
  const int earlier = file_.errors.tell(told_, model_.error_reported.value);
  if (earlier == 0) return 0;
  running.is_injected = true;
  const NamesOrder order = model_.names_order.value;
  if (!is_deferred() && order != NamesOrder::log && order != NamesOrder::in_order) {
    running.cost.command = Cost::Command::write;
    return earlier;
  }
  faults::Effect effect = running.answer ? running.answer->effect : faults::Effect{};
  effect.os_error = earlier;
  if (is_deferred()) effect.reach = faults::Reach::nothing;
  running.begin().effect = std::make_shared<const faults::Effect>(std::move(effect));
  return earlier;
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
  const auto reserve = [&](Running& running) {
    if (size == 0) return EINVAL;
    if (options_.read_only) return EBADF;
    return cache_.allocate(file_, offset, size, keep_size, running.begin().size_after);
  };
  return pipeline_.run(
      asked, reserve,
      [&](Running& running) {
        if (!running.reaches_nothing()) reserve(running);
        return running.injected_error();
      },
      [&](Running&, int os_error) {
        cache_.unsettle(file_.id);  // Pending from its end on: a sync meanwhile does not cover it.
        return os_error;
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
