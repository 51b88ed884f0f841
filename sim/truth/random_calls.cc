// SPDX-License-Identifier: Apache-2.0
// Making random calls, doing them, and saying what came of them.
#include "sim/truth/random_calls.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <new>
#include <ostream>
#include <span>
#include <string_view>

namespace wallop::sim {
namespace {

// What direct calls are aligned to, memory included: no device wants more.
constexpr std::uint64_t kDirectBytes = 4096;

// Memory that O_DIRECT takes.
class AlignedBytes {
 public:
  AlignedBytes(std::uint64_t size, char fill)
      : bytes_(static_cast<char*>(::operator new(size, std::align_val_t{kDirectBytes})), size) {
    std::ranges::fill(bytes_, fill);
  }
  ~AlignedBytes() { ::operator delete(bytes_.data(), std::align_val_t{kDirectBytes}); }
  AlignedBytes(const AlignedBytes&) = delete;
  AlignedBytes& operator=(const AlignedBytes&) = delete;

  [[nodiscard]] std::span<std::byte> bytes() const { return std::as_writable_bytes(bytes_); }
  [[nodiscard]] std::string_view text(std::size_t size) const { return {bytes_.data(), size}; }

 private:
  std::span<char> bytes_;
};

char fill_of(const Step& step) {
  return static_cast<char>('a' + step.offset % 26);
}

// "1200 bytes: q*700 .*500"; a dot is a zero.
std::string in_runs(std::string_view text) {
  std::string runs = fmt::format("{} bytes:", text.size());
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_not_of(text.front()), text.size());
    runs += fmt::format(" {}*{}", text.front() == '\0' ? '.' : text.front(), length);
    text.remove_prefix(length);
  }
  return runs;
}

std::string stat_line(const io::FileInfo& info) {
  if (info.kind == io::FileKind::directory) return "directory";
  return fmt::format("{} bytes, {} links", info.size, info.link_count);
}

template <class T>
std::string failed(const io::Result<T>& result) {
  return fmt::format("error {} ({})", result.error().os_error, io::name(result.error().code));
}
std::string said(const io::Status& status) {
  return status.has_value() ? "done" : failed(status);
}
template <class T, class Say>
std::string said(const io::Result<T>& result, Say say) {
  return result.has_value() ? say(*result) : failed(result);
}

template <io::Result<std::size_t> (io::File::*kRead)(std::uint64_t, std::span<std::byte>)>
std::string read(io::File& file, std::uint64_t offset, std::uint64_t size) {
  const AlignedBytes memory(size, '?');
  return said((file.*kRead)(offset, memory.bytes()),
              [&](std::size_t got) { return in_runs(memory.text(got)); });
}

std::string append(io::File& file, const Step& step) {
  const auto size = file.size();
  if (!size.has_value()) return failed(size);
  const AlignedBytes memory(step.bytes, fill_of(step));
  return said(file.write_at(*size, memory.bytes()));
}

std::string_view name_of(Call call) {
  constexpr std::array<std::string_view, 27> kNames{
      "open",  "create",   "create exclusive",    "open read-only", "open direct", "open durable", "close",
      "write", "append",   "write durably",       "read",           "read stored", "sync",         "sync all",
      "cut",   "allocate", "allocate, size kept", "size of",        "list",        "stat",         "rename",
      "link",  "remove",   "make directory",      "sync directory", "lock",        "unlock"};
  static_assert(kNames.size() == static_cast<std::size_t>(Call::unlock) + 1);
  return kNames.at(static_cast<std::size_t>(call));
}

// Offsets where something happens: anywhere near, at the edges of sectors and pages, beyond a hole.
rc::Gen<std::uint64_t> any_offset() {
  return rc::gen::oneOf(
      rc::gen::inRange<std::uint64_t>(0, 20'000),
      rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 40), [](std::uint64_t sector) { return sector * 512; }),
      rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 64), [](std::uint64_t page) { return page * 4096; }));
}

// Weights of the calls: those that make files and bytes come often.
rc::Gen<Call> any_call(Syncs syncs) {
  const std::size_t waits = syncs == Syncs::some ? 2 : 0;
  return rc::gen::weightedElement<Call>({{6, Call::open},
                                         {10, Call::create},
                                         {4, Call::create_exclusive},
                                         {4, Call::open_read_only},
                                         {waits, Call::open_direct},
                                         {waits, Call::open_durable},
                                         {4, Call::close},
                                         {20, Call::write},
                                         {8, Call::append},
                                         {waits, Call::write_durable},
                                         {16, Call::read},
                                         {waits, Call::read_stored},
                                         {waits, Call::sync},
                                         {waits, Call::sync_all},
                                         {8, Call::truncate},
                                         {6, Call::allocate},
                                         {6, Call::allocate_keeping_size},
                                         {6, Call::size},
                                         {6, Call::list},
                                         {6, Call::stat},
                                         {12, Call::rename},
                                         {10, Call::link},
                                         {10, Call::remove},
                                         {8, Call::make_directory},
                                         {waits, Call::sync_directory},
                                         {4, Call::lock},
                                         {4, Call::unlock}});
}

}  // namespace

std::string describe(const Step& step) {
  const std::string what = fmt::format("{} '{}'", name_of(step.call), kPaths.at(step.path));
  switch (step.call) {
    case Call::open:
    case Call::create:
    case Call::create_exclusive:
    case Call::open_read_only:
    case Call::open_direct:
    case Call::open_durable:
      return fmt::format("{} as handle {}", what, step.handle);
    case Call::rename:
    case Call::link:
      return fmt::format("{} to '{}'", what, kPaths.at(step.other_path));
    case Call::lock:
      return fmt::format("{} as lock {}", what, step.handle);
    case Call::unlock:
      return fmt::format("unlock lock {}", step.handle);
    case Call::list:
    case Call::stat:
    case Call::remove:
    case Call::make_directory:
    case Call::sync_directory:
      return what;
    case Call::truncate:
      return fmt::format("cut handle {} to {} bytes", step.handle, step.offset);
    case Call::write:
    case Call::write_durable:
    case Call::append:
      return fmt::format("{} {} bytes of '{}' at {}, handle {}", name_of(step.call), step.bytes,
                         fill_of(step),
                         step.call == Call::append ? "the end" : fmt::format("{}", step.offset), step.handle);
    case Call::read:
    case Call::read_stored:
    case Call::allocate:
    case Call::allocate_keeping_size:
      return fmt::format("{} {} bytes at {}, handle {}", name_of(step.call), step.bytes, step.offset,
                         step.handle);
    case Call::close:
    case Call::sync:
    case Call::sync_all:
    case Call::size:
      break;
  }
  return fmt::format("{} handle {}", name_of(step.call), step.handle);
}

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << describe(step);
}

rc::Gen<std::vector<Step>> any_steps(Syncs syncs) {
  const auto any_path = rc::gen::inRange<std::size_t>(0, kPaths.size());
  const auto step =
      rc::gen::build<Step>(rc::gen::set(&Step::call, any_call(syncs)), rc::gen::set(&Step::path, any_path),
                           rc::gen::set(&Step::other_path, any_path),
                           rc::gen::set(&Step::handle, rc::gen::inRange<std::size_t>(0, 3)),
                           rc::gen::set(&Step::offset, any_offset()),
                           rc::gen::set(&Step::bytes, rc::gen::inRange<std::uint64_t>(0, 9000)));
  return rc::gen::resize(200, rc::gen::container<std::vector<Step>>(step));
}

std::string Player::play(const Step& step) {
  switch (step.call) {
    case Call::open:
      return open(step, {});
    case Call::create:
      return open(step, {.create = true});
    case Call::create_exclusive:
      return open(step, {.create = true, .exclusive = true});
    case Call::open_read_only:
      return open(step, {.read_only = true});
    case Call::open_direct:
      return open(step, {.create = true, .direct = direct_ == Direct::supported});
    case Call::open_durable:
      return open(step, {.dsync = true});
    case Call::unlock:
      locks_.erase(step.handle);
      return "";
    case Call::list:
    case Call::stat:
    case Call::rename:
    case Call::link:
    case Call::remove:
    case Call::make_directory:
    case Call::sync_directory:
    case Call::lock:
      return play_on_names(step);
    default:
      break;
  }
  const auto handle = handles_.find(step.handle);
  if (handle == handles_.end()) return "not open";
  if (step.call != Call::close) return play_on_file(handle->second, step);
  handles_.erase(handle);
  return "";
}

// Where it fails, the handle keeps the file that it had.
std::string Player::open(const Step& step, const io::OpenOptions& options) {
  auto opened = files_.open(kPaths.at(step.path), options);
  if (!opened.has_value()) return failed(opened);
  handles_[step.handle] = {std::move(*opened), step.call == Call::open_direct};
  return "done";
}

std::string Player::play_on_names(const Step& step) {
  const std::string_view path = kPaths.at(step.path);
  const std::string_view other = kPaths.at(step.other_path);
  switch (step.call) {
    case Call::list:
      return said(files_.list(path),
                  [](const auto& names) { return fmt::format("{}", fmt::join(names, " ")); });
    case Call::stat:
      return said(files_.stat(path), stat_line);
    case Call::rename:
      return said(files_.rename(path, other));
    case Call::link:
      return said(files_.link(path, other));
    case Call::remove:
      return said(files_.remove(path));
    case Call::make_directory:
      return said(files_.make_directory(path));
    case Call::sync_directory:
      return said(files_.sync_directory(path));
    default:
      break;
  }
  auto lock = files_.lock(path);
  if (!lock.has_value()) return failed(lock);
  locks_[step.handle] = std::move(*lock);
  return "done";
}

std::string Player::play_on_file(Handle& handle, const Step& step) {
  io::File& file = *handle.file;
  switch (step.call) {
    case Call::sync:
      return said(file.sync());
    case Call::sync_all:
      return said(file.sync_all());
    case Call::truncate:
      return said(file.truncate(step.offset));
    case Call::allocate:
      return said(file.allocate(step.offset, step.bytes, io::KeepSize::no));
    case Call::allocate_keeping_size:
      return said(file.allocate(step.offset, step.bytes, io::KeepSize::yes));
    case Call::size:
      return said(file.size(), [](std::uint64_t size) { return fmt::format("{} bytes", size); });
    default:
      return play_bytes(handle, step);
  }
}

// Direct calls are aligned: what a misaligned one does differs between kernels and file systems.
std::string Player::play_bytes(Handle& handle, Step step) {
  io::File& file = *handle.file;
  if (handle.is_direct) {
    if (step.call == Call::append) return "not aligned";
    step.offset -= step.offset % kDirectBytes;
    step.bytes -= step.bytes % kDirectBytes;
  }
  if (step.call == Call::append) return append(file, step);
  if (step.call == Call::read) return read<&io::File::read_at>(file, step.offset, step.bytes);
  if (step.call == Call::read_stored) return read<&io::File::read_stored_at>(file, step.offset, step.bytes);
  const AlignedBytes memory(step.bytes, fill_of(step));
  const io::Bytes piece = memory.bytes();
  if (step.call == Call::write) return said(file.write_at(step.offset, piece));
  return said(file.write_durable_at(step.offset, std::span(&piece, 1)));
}

std::string Player::tree() {
  std::string lines;
  std::vector<std::string> directories{"."};
  while (!directories.empty()) {
    const std::string directory = std::move(directories.back());
    directories.pop_back();
    const auto names = files_.list(directory);
    if (!names.has_value()) return fmt::format("{}list {}: {}", lines, directory, failed(names));
    for (const std::string& name : *names) lines += tree_of(directory + "/" + name, directories);
  }
  return lines;
}

std::string Player::tree_of(const std::string& path, std::vector<std::string>& directories) {
  const auto info = files_.stat(path);
  std::string line = fmt::format("{} {}\n", path, said(info, stat_line));
  if (!info.has_value()) return line;
  if (info->kind == io::FileKind::directory) {
    directories.push_back(path);
    return line;
  }
  const auto file = files_.open(path, {.read_only = true});
  if (!file.has_value()) return fmt::format("{} open: {}\n", path, failed(file));
  return line + read<&io::File::read_at>(**file, 0, info->size + 1) + "\n";
}

}  // namespace wallop::sim
