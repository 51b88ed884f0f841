// SPDX-License-Identifier: Apache-2.0
// Buffered, synced, renamed.
#include "cli/line_file.h"

#include <span>
#include <utility>

#include "cli/files.h"

namespace wallop::cli {
namespace {

constexpr std::size_t kBufferBytes = 1U << 20;

}  // namespace

io::Result<LineFile> LineFile::create(io::FileSystem& files, std::string path) {
  auto file = files.open(path + ".partial", {.create = true});
  if (!file) return io::Failure(std::move(file.error()));
  if (auto emptied = (*file)->truncate(0); !emptied) return io::Failure(std::move(emptied.error()));
  return LineFile(files, std::move(path), std::move(*file));
}

io::Status LineFile::write(std::string_view line) {
  buffer_.append(line).push_back('\n');
  return buffer_.size() < kBufferBytes ? io::Status() : flush();
}

io::Status LineFile::flush() {
  auto done = file_->write_at(written_, std::as_bytes(std::span(buffer_)));
  written_ += buffer_.size();
  buffer_.clear();
  return done;
}

io::Status LineFile::finish() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (auto synced = file_->sync(); !synced) return synced;
  if (auto renamed = files_->rename(partial(), path_); !renamed) return renamed;
  return files_->sync_directory(parent_of(path_));
}

}  // namespace wallop::cli
