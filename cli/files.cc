// SPDX-License-Identifier: Apache-2.0
// Reading and replacing files, making directories.
#include "cli/files.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

namespace wallop::cli {
namespace {

io::Status write_synced(io::FileSystem& files, const std::string& path, std::string_view text) {
  auto file = files.open(path, {.create = true});
  if (!file) return io::Failure(file.error());
  if (auto emptied = (*file)->truncate(0); !emptied) return emptied;
  if (auto written = (*file)->write_at(0, std::as_bytes(std::span(text))); !written) return written;
  return (*file)->sync();
}

io::Status make_one(io::FileSystem& files, std::string_view path) {
  const io::Status made = files.make_directory(path);
  if (made || made.error().code != io::Code::already_exists) return made;
  const auto info = files.stat(path);
  if (!info) return io::Failure(info.error());
  if (info->kind == io::FileKind::directory) return {};
  return io::failure(io::Code::already_exists, "make directory", path, "a file has that name");
}

}  // namespace

io::Result<std::string> read_file(io::FileSystem& files, std::string_view path, std::uint64_t bytes_max) {
  const auto info = files.stat(path);
  if (!info) return io::Failure(info.error());
  if (info->kind == io::FileKind::directory)
    return io::failure(io::Code::invalid, "read", path, "a directory");
  if (info->size > bytes_max)
    return io::failure(io::Code::too_large, "read", path, "this is no file of Wallop");
  auto file = files.open(path, {.read_only = true});
  if (!file) return io::Failure(file.error());
  std::string text(info->size + 1, '\0');  // Devices have bytes beyond their size.
  const auto read = (*file)->read_at(0, std::as_writable_bytes(std::span(text)));
  if (!read) return io::Failure(read.error());
  if (*read > info->size)
    return io::failure(io::Code::invalid, "read", path, "it is no regular file, or it grew meanwhile");
  text.resize(*read);
  return text;
}

io::Result<std::string> read_standard_input(std::uint64_t bytes_max,
                                            const std::function<bool()>& interrupted) {
  constexpr int kLookEveryMilliseconds = 100;
  std::string text;
  std::array<char, 65'536> piece{};
  while (!interrupted()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, kLookEveryMilliseconds) <= 0) continue;  // Also where a signal came.
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io::failure(errno, "read", "standard input");
    if (got == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > bytes_max)
      return io::failure(io::Code::too_large, "read", "standard input", "this is no file of Wallop");
  }
  return text;
}

io::Status write_file(io::FileSystem& files, const std::string& path, std::string_view text) {
  const std::string partial = path + ".partial";
  io::Status written = write_synced(files, partial, text);
  if (written) written = files.rename(partial, path);
  if (!written) {
    (void)files.remove(partial);  // Best effort: what is told is what failed first.
    return written;
  }
  return files.sync_directory(parent_of(path));
}

io::Status make_directories(io::FileSystem& files, std::string_view path) {
  for (std::size_t end = path.find('/', 1); end != std::string_view::npos; end = path.find('/', end + 1)) {
    if (auto made = make_one(files, path.substr(0, end)); !made) return made;
  }
  return make_one(files, path);
}

std::string parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

}  // namespace wallop::cli
