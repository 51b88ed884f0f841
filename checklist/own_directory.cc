// SPDX-License-Identifier: Apache-2.0
// Making and removing the checklist's own directory.
#include "checklist/own_directory.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace wallop::checklist {
namespace {

constexpr std::size_t kDepthMax =
    8;  // The checklist makes two levels; a loop in a broken file system ends here.
constexpr int kTriesMax = 16;

// A name to remove, and again once what stood in it is gone.
struct Doomed {
  std::string path;
  std::size_t depth = 0;
  bool emptied = false;
};

void keep_first(io::Status& first, io::Status status) {
  if (first && !status) first = std::move(status);
}

}  // namespace

io::Status remove_tree(io::FileSystem& files, std::string_view path) {
  io::Status first;
  std::vector<Doomed> waiting{{std::string(path), 0, false}};
  while (!waiting.empty()) {
    const Doomed doomed = waiting.back();
    waiting.pop_back();
    io::Status removed = files.remove(doomed.path);
    if (removed || removed.error().code == io::Code::not_found) continue;
    // A directory that is not empty, or something that will not go.
    const auto names = doomed.emptied || doomed.depth == kDepthMax
                           ? io::Result<std::vector<std::string>>(std::unexpected(removed.error()))
                           : files.list(doomed.path);
    if (!names) {
      keep_first(first, std::move(removed));
      continue;
    }
    waiting.push_back({doomed.path, doomed.depth, true});
    for (const std::string& name : *names)
      waiting.push_back({doomed.path + "/" + name, doomed.depth + 1, false});
  }
  return first;
}

io::Result<OwnDirectory> OwnDirectory::make(io::World& machine, std::string_view parent,
                                            std::string_view prefix) {
  io::Status made;
  for (int i = 0; i < kTriesMax; ++i) {
    std::string path = fmt::format("{}/{}{:08x}", parent, prefix, machine.entropy.next() & 0xffff'ffffU);
    made = machine.files.make_directory(path);
    if (made) return OwnDirectory(machine.files, std::move(path));
    if (made.error().code != io::Code::already_exists) break;
  }
  return std::unexpected(std::move(made.error()));
}

OwnDirectory::OwnDirectory(OwnDirectory&& other) noexcept
    : files_(other.files_), path_(std::exchange(other.path_, {})) {}

OwnDirectory::~OwnDirectory() {
  static_cast<void>(remove());
}

io::Status OwnDirectory::remove() {
  if (path_.empty()) return {};
  return remove_tree(*files_, std::exchange(path_, {}));
}

}  // namespace wallop::checklist
