// SPDX-License-Identifier: Apache-2.0
// Random calls on a file system, for tests that hold two of them, or two views of one, against each other.
#pragma once

#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "sim/world_fixture.h"

namespace wallop::sim {

enum class Call : std::uint8_t {
  open,
  create,
  create_exclusive,
  open_read_only,
  close,
  write,
  write_durable,
  read,
  sync,
  sync_all,
  truncate,
  allocate,
  allocate_keeping_size,
  size,
  list,
  stat,
  rename,
  link,
  remove,
  make_directory,
  sync_directory,
  lock,
  unlock,
  read_stored,
};
inline constexpr int kCallCount = 24;
// The last one waits for the real disk.
inline constexpr int kQuickCallCount = kCallCount - 1;

// Few names, so that calls meet; and the odd ways to write them.
inline constexpr std::array kPaths{"a",  "b",    "d",   "d/a", "d/b", "d/e",    "d/e/a", "e",
                                   "a/", "d/",   "a/a", "./a", ".",   "d/e/..", "d//a",  "missing/a",
                                   "",   "new/", "d/.", "/",   "a/.", "d/e/",   "b/../a"};
// Without "/", which is another directory on the real machine.
inline constexpr std::size_t kRoot = 19;

struct Step {
  Call call = Call::open;
  std::size_t path = 0, other_path = 0;
  std::size_t handle = 0;
  std::uint64_t offset = 0, bytes = 0;
};

inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << fmt::format("call {} path '{}' other '{}' handle {} offset {} bytes {}",
                            static_cast<int>(step.call), kPaths.at(step.path), kPaths.at(step.other_path),
                            step.handle, step.offset, step.bytes);
}

inline rc::Gen<std::size_t> any_path() {
  return rc::gen::suchThat(rc::gen::inRange<std::size_t>(0, kPaths.size()),
                           [](std::size_t i) { return i != kRoot; });
}

inline rc::Gen<std::vector<Step>> any_steps(int call_count) {
  const auto step = rc::gen::build<Step>(
      rc::gen::set(&Step::call,
                   rc::gen::map(rc::gen::inRange(0, call_count), [](int i) { return static_cast<Call>(i); })),
      rc::gen::set(&Step::path, any_path()), rc::gen::set(&Step::other_path, any_path()),
      rc::gen::set(&Step::handle, rc::gen::inRange<std::size_t>(0, 3)),
      rc::gen::set(&Step::offset, rc::gen::inRange<std::uint64_t>(0, 20'000)),
      rc::gen::set(&Step::bytes, rc::gen::inRange<std::uint64_t>(0, 9000)));
  return rc::gen::resize(200, rc::gen::container<std::vector<Step>>(step));
}

// Does steps on one file system, and says in a line what came of each.
class Player {
 public:
  explicit Player(io::FileSystem& files) : files_(files) {}

  std::string play(const Step& step) {
    const std::string_view path = kPaths.at(step.path);
    switch (step.call) {
      case Call::open:
        return open(step, {});
      case Call::create:
        return open(step, {.create = true});
      case Call::create_exclusive:
        return open(step, {.create = true, .exclusive = true});
      case Call::open_read_only:
        return open(step, {.read_only = true});
      case Call::list:
        return said(files_.list(path),
                    [](const auto& names) { return fmt::format("{}", fmt::join(names, " ")); });
      case Call::stat:
        return said(files_.stat(path), stat_line);
      case Call::rename:
        return said(files_.rename(path, kPaths.at(step.other_path)));
      case Call::link:
        return said(files_.link(path, kPaths.at(step.other_path)));
      case Call::remove:
        return said(files_.remove(path));
      case Call::make_directory:
        return said(files_.make_directory(path));
      case Call::sync_directory:
        return said(files_.sync_directory(path));
      case Call::lock:
        return keep(files_.lock(path), locks_[step.handle]);
      case Call::unlock:
        locks_.erase(step.handle);
        return "";
      default:
        return play_on_file(step);
    }
  }

  // Every file with its bytes, and every directory.
  std::string tree() {
    std::string lines;
    std::vector<std::string> directories{"."};
    while (!directories.empty()) {
      const std::string directory = std::move(directories.back());
      directories.pop_back();
      const std::vector<std::string> names = files_.list(directory).value();
      for (const std::string& name : names) {
        const std::string path = directory + "/" + name;
        const io::FileInfo info = files_.stat(path).value();
        lines += path + " " + stat_line(info) + "\n";
        if (info.kind == io::FileKind::directory) {
          directories.push_back(path);
        } else {
          auto file = files_.open(path, {.read_only = true}).value();
          lines += read(*file, 0, info.size + 1) + "\n";
        }
      }
    }
    return lines;
  }

 private:
  static std::string stat_line(const io::FileInfo& info) {
    if (info.kind == io::FileKind::directory) return "directory";
    return fmt::format("{} bytes, {} links", info.size, info.link_count);
  }
  template <class T>
  static std::string failed(const io::Result<T>& result) {
    return fmt::format("error {}, {}", result.error().os_error, io::name(result.error().code));
  }
  template <class T, class Say>
  static std::string said(const io::Result<T>& result, Say say) {
    return result.has_value() ? say(*result) : failed(result);
  }
  static std::string said(const io::Status& status) { return status.has_value() ? "done" : failed(status); }
  template <class T>
  static std::string keep(io::Result<std::unique_ptr<T>> result, std::unique_ptr<T>& into) {
    if (!result.has_value()) return failed(result);
    into = std::move(*result);
    return "done";
  }

  std::string open(const Step& step, const io::OpenOptions& options) {
    return keep(files_.open(kPaths.at(step.path), options), handles_[step.handle]);
  }

  using Read = io::Result<std::size_t> (io::File::*)(std::uint64_t, std::span<std::byte>);
  static std::string read_by(io::File& file, const Step& step, Read how) {
    std::string text(step.bytes, '?');
    const auto got = (file.*how)(step.offset, std::as_writable_bytes(std::span(text)));
    return said(got, [&](std::size_t size) { return text.substr(0, size); });
  }

  std::string play_on_file(const Step& step) {
    const auto handle = handles_.find(step.handle);
    if (handle == handles_.end() || handle->second == nullptr) return "not open";
    io::File& file = *handle->second;
    const std::string text(step.bytes, static_cast<char>('a' + step.offset % 26));
    switch (step.call) {
      case Call::write:
        return said(write(file, step.offset, text));
      case Call::write_durable:
        return said(write_durable(file, step.offset, text));
      case Call::read:
        return read_by(file, step, &io::File::read_at);
      case Call::read_stored:
        return read_by(file, step, &io::File::read_stored_at);
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
        return said(file.size(), [](std::uint64_t size) { return fmt::format("{}", size); });
      default:
        handles_.erase(handle);
        return "";
    }
  }

  io::FileSystem& files_;
  std::map<std::size_t, std::unique_ptr<io::File>> handles_;
  std::map<std::size_t, std::unique_ptr<io::Lock>> locks_;
};

}  // namespace wallop::sim
