// SPDX-License-Identifier: Apache-2.0
// Asking Linux. A file that is not there gives "": each machine shows other parts of itself, and none is
// needed.
#include "checklist/probe_system.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "checklist/probe_parse.h"

namespace wallop::checklist {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The only line of a file in /sys.
std::string line_of(const std::string& path) {
  std::string line = text_of(path);
  line.erase(std::min(line.find('\n'), line.size()));
  return line;
}

std::string real_path(const std::string& path) {
  std::error_code ignored;  // "" then, below which no mount is found.
  return std::filesystem::canonical(path, ignored).string();
}

// What the directory's files lie on: the mount, and its block device where it has one.
struct Under {
  std::optional<Mount> mount;
  std::optional<DeviceNumber> device;
};

Under look_under(const std::string& directory) {
  Under under;
  under.mount = find_mount(text_of("/proc/self/mountinfo"), real_path(directory));
  if (!under.mount) return under;
  if (under.mount->device.major != 0) under.device = under.mount->device;
  // File systems over several devices (btrfs) have a number of their own: their source is what counts is
  // taken from.
  struct stat source{};
  if (!under.device && under.mount->source.starts_with("/dev/") &&
      ::stat(under.mount->source.c_str(), &source) == 0 && S_ISBLK(source.st_mode))
    under.device = DeviceNumber{major(source.st_rdev), minor(source.st_rdev)};
  return under;
}

// "/sys/dev/block/259:2" as the directory that it is: its name is the device's, and a partition lies in its
// disk's.
std::filesystem::path device_directory(DeviceNumber device) {
  std::error_code ignored;
  return std::filesystem::canonical(fmt::format("/sys/dev/block/{}:{}", device.major, device.minor), ignored);
}

// A file of the device's queue, which a partition shares with its disk.
std::string queue_line(const std::filesystem::path& device, const char* name) {
  const std::string own = line_of((device / "queue" / name).string());
  return own.empty() ? line_of((device.parent_path() / "queue" / name).string()) : own;
}

std::string write_cache_of(const std::string& line) {
  if (line == "write back") return "on";
  return line == "write through" ? "off" : "";
}

std::uint64_t kilobytes(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value * 1024;
}

std::uint64_t number_of(const std::string& path) {
  const std::string line = line_of(path);
  std::uint64_t value = 0;
  std::from_chars(line.data(), line.data() + line.size(), value);
  return value;
}

// When the flusher writes (Documentation/admin-guide/sysctl/vm.rst): bytes where they are set, else a share
// of the memory that is to be had.
void look_at_writeback(MachineFacts& facts) {
  const std::uint64_t available = kilobytes(value_of(text_of("/proc/meminfo"), "MemAvailable"));
  const auto limit = [&](const std::string& name) {
    const std::uint64_t bytes = number_of("/proc/sys/vm/" + name + "_bytes");
    return bytes != 0 ? bytes : available / 100 * number_of("/proc/sys/vm/" + name + "_ratio");
  };
  const auto centiseconds = [](const std::string& name) {
    return std::chrono::milliseconds(10 * number_of("/proc/sys/vm/" + name + "_centisecs"));
  };
  facts.dirty_from_bytes = limit("dirty_background");
  facts.dirty_max_bytes = std::max(limit("dirty"), facts.dirty_from_bytes);
  facts.dirty_age = centiseconds("dirty_expire");
  facts.dirty_every = centiseconds("dirty_writeback");
  // An interval of 0 turns it off.
  if (facts.dirty_every == facts.dirty_every.zero()) facts.dirty_age = {};
}

std::uint64_t positive(long value) {
  return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

// How many of the file's pages are in the page cache, and of how many (mincore(2)).
struct Cached {
  std::size_t resident = 0, all = 0;
};

Cached cached_pages(int file) {
  struct stat info{};
  if (::fstat(file, &info) != 0 || info.st_size == 0) return {};
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const begin = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (begin == MAP_FAILED) return {};
  const std::size_t page = positive(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size + page - 1) / page);
  const bool known = ::mincore(begin, size, pages.data()) == 0;
  ::munmap(begin, size);
  if (!known) return {};
  const auto is_resident = [](unsigned char flags) { return (flags & 1) != 0; };
  return {static_cast<std::size_t>(std::ranges::count_if(pages, is_resident)), pages.size()};
}

}  // namespace

SystemProbes::SystemProbes(std::string directory) : directory_(std::move(directory)) {}

MachineFacts SystemProbes::facts() {
  MachineFacts facts;
  const std::string cpuinfo = text_of("/proc/cpuinfo");
  facts.cpu = value_of(cpuinfo, "model name");
  facts.virtual_machine = value_of(cpuinfo, "flags").find("hypervisor") != std::string::npos;
  facts.cpu_count = positive(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.governor = line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  facts.memory_bytes = kilobytes(value_of(text_of("/proc/meminfo"), "MemTotal"));
  look_at_writeback(facts);
  facts.load_hundredths = parse_load(text_of("/proc/loadavg")).value_or(0);
  utsname kernel{};
  if (::uname(&kernel) == 0) facts.kernel = fmt::format("{} {}", kernel.sysname, kernel.release);
  const Under under = look_under(directory_);
  if (under.mount) {
    facts.file_system = under.mount->file_system;
    facts.mount_options = under.mount->options;
  }
  if (under.device) {
    const std::filesystem::path device = device_directory(*under.device);
    facts.device = device.filename().string();
    facts.write_cache = write_cache_of(queue_line(device, "write_cache"));
    facts.scheduler = chosen_word(queue_line(device, "scheduler"));
  }
  return facts;
}

std::expected<DiskCounters, std::string> SystemProbes::disk_counters() {
  const Under under = look_under(directory_);
  if (!under.mount) return std::unexpected("no mount is known for " + directory_);
  if (!under.device) return std::unexpected(under.mount->file_system + " has no block device of its own");
  const auto counters = find_disk(text_of("/proc/diskstats"), *under.device);
  if (!counters) {
    return std::unexpected(
        fmt::format("/proc/diskstats does not count device {}:{}", under.device->major, under.device->minor));
  }
  return *counters;
}

std::optional<CpuCounters> SystemProbes::cpu_counters() {
  return parse_cpu_counters(text_of("/proc/stat"));
}

std::optional<std::uint64_t> SystemProbes::resident_bytes() {
  // "total resident shared ...", in pages (proc_pid_statm(5)).
  const std::string statm = line_of("/proc/self/statm");
  const std::size_t blank = statm.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  std::uint64_t pages = 0;
  std::from_chars(statm.data() + blank + 1, statm.data() + statm.size(), pages);
  return pages * positive(::sysconf(_SC_PAGESIZE));
}

io::Status SystemProbes::drop_cached(std::string_view path) {
  const std::string name(path);
  const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return io::failure(errno, "open", path);
  const int error =
      ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);  // Returns the errno (posix_fadvise(2)).
  const Cached left = cached_pages(file);
  ::close(file);
  if (error != 0) return io::failure(error, "drop cached pages of", path);
  // It is advice: file systems in memory take it and keep every page.
  if (left.resident > left.all / 2)
    return io::failure(io::Code::unsupported, "drop cached pages of", path, "the kernel keeps them");
  return {};
}

}  // namespace wallop::checklist
