// SPDX-License-Identifier: Apache-2.0
// What one small write becomes on the way down: a page of the cache, then a block of the file system, then a
// physical sector of the device, which the drive may have to read, change and write whole. The largest of
// them counts.
#include "io/posix_write_unit.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

#include "io/posix_calls.h"
#include "io/posix_descriptor.h"

namespace wallop::io {
namespace {

constexpr std::uint64_t kUnitMinBytes = 4096;
constexpr std::uint64_t kUnitMaxBytes = 65536;

// Network file systems give the size they like to be asked for (stat(2): "preferred" blocks), such as 1 MiB:
// that is advice on speed and no unit of writing.
std::uint64_t plausible(std::uint64_t bytes) {
  return std::has_single_bit(bytes) && bytes <= kUnitMaxBytes ? bytes : kUnitMinBytes;
}

// 0 where the file does not exist or holds no number.
std::uint64_t read_number(const std::string& path) {
  const auto descriptor = open_descriptor(path, O_RDONLY, "open", path);
  if (!descriptor.has_value()) return 0;
  std::array<char, 32> text{};
  const ssize_t got = repeat_interrupted([&] { return ::read(descriptor->get(), text.data(), text.size()); });
  std::uint64_t number = 0;
  if (got > 0) std::from_chars(text.data(), text.data() + got, number);
  return number;
}

// A partition has no queue of its own; the directory above it is the whole device's. File systems over
// several devices (btrfs, overlayfs) have made-up numbers that name none: 0.
std::uint64_t physical_sector(dev_t device) {
  const std::string directory = fmt::format("/sys/dev/block/{}:{}", major(device), minor(device));
  constexpr std::string_view kFile = "queue/physical_block_size";
  const std::uint64_t own = read_number(fmt::format("{}/{}", directory, kFile));
  return own != 0 ? own : read_number(fmt::format("{}/../{}", directory, kFile));
}

}  // namespace

std::uint32_t write_unit_of(const struct stat& info) {
  const std::uint64_t page = plausible(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  const std::uint64_t block = plausible(static_cast<std::uint64_t>(info.st_blksize));
  const std::uint64_t sector = plausible(physical_sector(info.st_dev));
  return static_cast<std::uint32_t>(std::max({kUnitMinBytes, page, block, sector}));
}

}  // namespace wallop::io
