// SPDX-License-Identifier: Apache-2.0
// Names and bytes, as every process sees them.
#include "sim/truth/reference_memory.h"

#include <algorithm>
#include <functional>

namespace wallop::sim::reference {

using Kind = TraceOp::Kind;

Inode Memory::resolve(const std::string& path) const {
  if (path == "." || path.empty()) return kRoot;
  const auto [directory, name] = place(path);
  return names.at({directory, name});
}

std::pair<Inode, std::string> Memory::place(const std::string& path) const {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {kRoot, path};
  return {resolve(path.substr(0, slash)), path.substr(slash + 1)};
}

Change Memory::apply(const TraceOp& op) {
  Change change{.kind = op.kind};
  const auto slot = [&](const std::string& path) {
    const auto [directory, name] = place(path);
    return Slot{directory, name};
  };
  switch (op.kind) {
    case Kind::create:
    case Kind::make_directory:
      change.inode = ++last_;
      change.names = {{slot(op.path), last_}};
      if (op.kind == Kind::create) {
        files[last_] = "";
      } else {
        directories.insert(last_);
      }
      break;
    case Kind::rename: {
      change.inode = resolve(op.path);
      const auto old = names.find(slot(op.to));
      if (old != names.end()) change.replaced = old->second;
      if (change.replaced == change.inode) break;  // Two names of one file: nothing happens.
      change.names = {{slot(op.path), kNobody}, {slot(op.to), change.inode}};
      break;
    }
    case Kind::link:
      change.inode = resolve(op.path);
      change.names = {{slot(op.to), change.inode}};
      break;
    case Kind::remove:
      change.inode = resolve(op.path);
      change.names = {{slot(op.path), kNobody}};
      break;
    default:
      change.inode = resolve(op.path);
  }
  assign(names, change.names);
  if (!files.contains(change.inode)) return change;

  std::string& bytes = files[change.inode];
  change.old_size = bytes.size();
  change.begin = op.offset;
  change.end = op.offset + op.bytes;
  if (op.kind == Kind::write || op.kind == Kind::write_durable) {
    bytes.resize(std::max<std::uint64_t>(bytes.size(), change.end), '\0');
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(change.begin),
              bytes.begin() + static_cast<std::ptrdiff_t>(change.end), op.fill);
  } else if (op.kind == Kind::truncate) {
    bytes.resize(op.bytes, '\0');
  } else if (op.kind == Kind::allocate && !op.keep_size) {
    bytes.resize(std::max<std::uint64_t>(bytes.size(), change.end), '\0');
  }
  change.new_size = bytes.size();
  return change;
}

namespace {

// Calls visit(path, inode) for all that the root reaches. A directory with two names is entered by the first.
void walk(const Names& names, const std::set<Inode>& directories,
          const std::function<void(const std::string&, Inode)>& visit) {
  std::set<Inode> entered;
  const std::function<void(Inode, const std::string&)> enter = [&](Inode directory,
                                                                   const std::string& prefix) {
    if (!entered.insert(directory).second) return;
    for (const auto& [slot, inode] : names) {
      if (slot.directory != directory) continue;
      visit(prefix + slot.name, inode);
      if (directories.contains(inode)) enter(inode, prefix + slot.name + "/");
    }
  };
  enter(kRoot, "");
}

}  // namespace

PlainImage image_of(const Names& names, const std::set<Inode>& directories,
                    const std::map<Inode, std::string>& bytes) {
  PlainImage image;
  walk(names, directories, [&](const std::string& path, Inode inode) {
    if (directories.contains(inode)) {
      image.directories.insert(path);
    } else {
      image.files[path] = bytes.at(inode);
    }
  });
  return image;
}

std::set<Inode> reached(const Names& names, const std::set<Inode>& directories) {
  std::set<Inode> files;
  walk(names, directories, [&](const std::string&, Inode inode) {
    if (!directories.contains(inode)) files.insert(inode);
  });
  return files;
}

}  // namespace wallop::sim::reference
