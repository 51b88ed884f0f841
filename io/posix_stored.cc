// SPDX-License-Identifier: Apache-2.0
// Reading a file past the page cache: two ways, and what each proves.
//
// Direct (O_DIRECT). The kernel first writes back the dirty pages of the range, then asks the device. So
// bytes that were never synced are read as they were written: the read does not prove that anything had been
// durable before it. What it does show is a lost writeback. After a failed sync the page is marked clean and
// still shows the new bytes, while the device holds the old ones, and this read returns those (Rebello et
// al., ATC 2020). Nor does it prove more than that the *device* answers so: it may answer from its own
// volatile cache. Assumption: a file system that takes the flag means it; tmpfs is known not to (it takes
// O_DIRECT since Linux 6.6 and reads memory), ZFS before 2.3 ignored it.
//
// Evict, where O_DIRECT is refused (open(2): EINVAL). The clean pages of the file are dropped
// (POSIX_FADV_DONTNEED; dirty, locked and mapped ones stay, posix_fadvise(2)), mincore tells whether all of
// the range is gone, and only then is it read the ordinary way. It proves the same as above, except that a
// page which somebody else reads in between is served from the cache; if it came in after the drop, it too
// came from the device. Pages still there: unsupported.
//
// Reading once proves nothing, and is about time alone. The kernel fills its cache through windows of
// readahead, one after the other, and a page at a time; on the machine where this was measured a long file
// that nobody had read came so at less than half of the device's rate, and directly at all of it. A stretch
// of which any page is in the cache is read the ordinary way, as mincore tells. (A read with RWF_NOWAIT would
// tell as well, but it starts the readahead that it does not wait for.)
#include "io/posix_stored.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "io/aligned_bytes.h"
#include "io/posix_read.h"

namespace wallop::io {
namespace {

constexpr std::string_view kAction = "read stored";

// A mebibyte from anywhere takes one read.
constexpr std::size_t kBounceBytes = (std::size_t{1} << 20) + kAlignBytes;
// Below that the readahead that an ordinary read starts is worth more than what a direct one saves.
constexpr std::size_t kOnceMinBytes = std::size_t{256} << 10;

Failure unsupported(std::string_view name, std::string detail) {
  return failure(Code::unsupported, kAction, name, std::move(detail));
}

// In memory there is nothing past the page cache; devices, pipes and /proc have no stored bytes of their own.
bool has_storage(int fd) {
  struct stat info{};
  struct statfs fs{};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return false;
  return ::fstatfs(fd, &fs) == 0 && fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC &&
         fs.f_type != HUGETLBFS_MAGIC;
}

// No page of the range is in the page cache. `size` must not be 0. False also where mincore cannot tell.
bool is_evicted(int fd, std::uint64_t offset, std::size_t size) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t begin = offset - offset % page;
  const std::size_t span = (offset + size - begin + page - 1) / page * page;
  void* const mapped = ::mmap(nullptr, span, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(begin));
  if (mapped == MAP_FAILED) return false;
  std::array<unsigned char, 1024> pages;
  bool none = true;
  for (std::size_t asked = 0, count = 0; none && asked < span / page; asked += count) {
    count = std::min(pages.size(), span / page - asked);
    none = ::mincore(static_cast<std::byte*>(mapped) + asked * page, count * page, pages.data()) == 0 &&
           std::ranges::none_of(std::span(pages).first(count),
                                [](unsigned char flags) { return (flags & 1) != 0; });
  }
  ::munmap(mapped, span);
  return none;
}

}  // namespace

StoredReader::StoredReader(const Descriptor& file, std::string_view name, const PosixCalls& calls)
    : file_(file), name_(name), calls_(calls) {}

Result<std::size_t> StoredReader::read_at(std::uint64_t offset, std::span<std::byte> into) {
  switch (decide()) {
    case Way::direct:
      return read_direct(offset, into, kAction);
    case Way::evict:
      return read_evicted(offset, into);
    case Way::none:
    case Way::undecided:
      break;
  }
  return unsupported(name_, "the file system keeps its files in memory, or this is no ordinary file");
}

Result<std::size_t> StoredReader::read_once_at(std::uint64_t offset, std::span<std::byte> into) {
  constexpr std::string_view kOnce = "read once";
  if (into.size() >= kOnceMinBytes && is_evicted(file_.get(), offset, into.size()) &&
      decide() == Way::direct) {
    auto got = read_direct(offset, into, kOnce);
    if (got || got.error().code != Code::unsupported) return got;
  }
  return read_until_end(calls_, file_.get(), offset, into, kOnce, name_);
}

StoredReader::Way StoredReader::decide() {
  const std::lock_guard guard(mutex_);
  if (way_ != Way::undecided) return way_;
  if (!has_storage(file_.get())) return way_ = Way::none;
  // /proc/self/fd leads to the file itself, also when its name has changed or gone (proc(5)). A second
  // descriptor, because O_DIRECT belongs to all reads and writes of a descriptor.
  const std::string self = fmt::format("/proc/self/fd/{}", file_.get());
  direct_ = Descriptor(
      repeat_interrupted([&] { return calls_.open(self.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC); }));
  if (direct_.is_open()) return way_ = Way::direct;
  // EINVAL is for good; any other refusal, such as too many open files, may pass.
  if (errno == EINVAL) way_ = Way::evict;
  return Way::evict;
}

Result<std::size_t> StoredReader::read_direct(std::uint64_t offset, std::span<std::byte> into,
                                              std::string_view action) {
  const std::uint64_t end = offset + into.size();
  AlignedBytes bounce;
  std::uint64_t position = offset;
  while (position < end) {
    std::byte* const target = into.data() + (position - offset);
    const bool in_place = position % kAlignBytes == 0 && end - position >= kAlignBytes && is_aligned(target);
    const std::uint64_t begin = align_down(position);
    const std::size_t wanted =
        in_place ? align_down(end - position) : std::min<std::uint64_t>(align_up(end) - begin, kBounceBytes);
    if (!in_place && bounce == nullptr) bounce = aligned_bytes(wanted);
    std::byte* const memory = in_place ? target : bounce.get();
    const ssize_t got = repeat_interrupted(
        [&] { return calls_.pread(direct_.get(), memory, wanted, static_cast<off_t>(begin)); });
    if (got < 0 && errno == EINVAL) return unsupported(name_, "the device wants other alignments");
    if (got < 0) return failure(errno, action, name_, position);
    const std::uint64_t stop = std::min(begin + static_cast<std::uint64_t>(got), end);
    if (stop <= position) break;  // End of file.
    if (!in_place) std::memcpy(target, bounce.get() + (position - begin), stop - position);
    position = stop;
    if (static_cast<std::size_t>(got) % kAlignBytes != 0) break;  // Only the end of the file is not aligned.
  }
  return position - offset;
}

Result<std::size_t> StoredReader::read_evicted(std::uint64_t offset, std::span<std::byte> into) {
  if (into.empty()) return 0;
  // The whole file (offset 0, size 0), as pages are kept in large folios, and one that lies partly in the
  // range stays.
  const int error = ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_DONTNEED);
  if (error != 0) return unsupported(name_, "the page cache takes no advice");
  if (!is_evicted(file_.get(), offset, into.size()))
    return unsupported(name_, "the bytes stay in the page cache");
  return read_until_end(calls_, file_.get(), offset, into, kAction, name_);
}

}  // namespace wallop::io
