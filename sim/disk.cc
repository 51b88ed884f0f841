// SPDX-License-Identifier: Apache-2.0
// Objects by number, and the names that lead to them.
#include "sim/disk.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "base/ensure.h"
#include "sim/block_pool.h"
#include "sim/summary.h"

namespace wallop::sim {

Disk::Disk() {
  Inode root;
  root.kind = io::FileKind::directory;
  put(kRootDirectory, std::move(root));
}

const Inode* Disk::find(ObjectId id) const {
  const auto* found = inodes_.find(id.value());
  return found != nullptr ? found->get() : nullptr;
}

ObjectId Disk::resolve(std::string_view path) const {
  ObjectId at = kRootDirectory;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    const Inode* directory = find(at);
    if (directory == nullptr || directory->kind != io::FileKind::directory) return kNoObject;
    if (part.empty() || part == ".") continue;
    const auto name = directory->names.find(part);
    if (name == directory->names.end()) return kNoObject;
    at = name->second;
  }
  return at;
}

Inode& Disk::change(ObjectId id) {
  std::shared_ptr<const Inode>& inode = inodes_.change(id.value());
  base::ensure(inode != nullptr, "an object that changes is there");
  if (inode.use_count() != 1) inode = make_pooled<Inode>(*inode);
  return const_cast<Inode&>(*inode);  // Made as a mutable Inode, here or by put().
}

ObjectId Disk::create(io::FileKind kind) {
  const ObjectId id = next_id_;
  Inode inode;
  inode.kind = kind;
  put(id, std::move(inode));
  return id;
}

void Disk::put(ObjectId id, Inode inode) {
  inodes_.set(id.value(), make_pooled<Inode>(std::move(inode)));
  reserve_ids(id.next());
}

void Disk::drop(ObjectId id) {
  inodes_.erase(id.value());
}

void Disk::reserve_ids(ObjectId next) {
  next_id_ = std::max(next_id_, next);
}

std::vector<std::pair<std::string, ObjectId>> Disk::paths() const {
  std::vector<std::pair<std::string, ObjectId>> found;
  std::vector<std::pair<std::string, ObjectId>> to_enter{{"", kRootDirectory}};
  std::vector<ObjectId> entered;
  while (!to_enter.empty()) {  // Each directory once.
    const auto [prefix, id] = std::move(to_enter.back());
    to_enter.pop_back();
    if (std::ranges::find(entered, id) != entered.end()) continue;
    entered.push_back(id);
    for (const auto& [name, object] : find(id)->names) {
      const Inode* inode = find(object);
      base::ensure(inode != nullptr, "a name leads to an object that is there");
      found.emplace_back(prefix + name, object);
      if (inode->kind == io::FileKind::directory) to_enter.emplace_back(prefix + name + "/", object);
    }
  }
  std::ranges::sort(found);
  return found;
}

std::vector<ObjectId> Disk::reachable() const {
  std::vector<ObjectId> reached{kRootDirectory};
  boost::container::small_vector<ObjectId, 8> directories{kRootDirectory};
  for (std::size_t next = 0; next < directories.size(); ++next) {  // Each directory once.
    const auto& names = find(directories[next])->names;
    reached.reserve(reached.size() + names.size());
    for (const auto& [name, object] : names) {
      reached.push_back(object);
      const bool is_directory = find(object)->kind == io::FileKind::directory;
      if (is_directory && std::ranges::find(directories, object) == directories.end())
        directories.push_back(object);
    }
  }
  std::ranges::sort(reached);
  const auto repeated = std::ranges::unique(reached);  // An object may have several names.
  reached.erase(repeated.begin(), repeated.end());
  return reached;
}

std::vector<ObjectId> Disk::all() const {
  std::vector<ObjectId> ids;
  inodes_.for_each([&](std::uint64_t id, const auto&) { ids.emplace_back(id); });
  return ids;
}

void Disk::collect_garbage() {
  const std::vector<ObjectId> reached = reachable();
  for (const ObjectId id : all()) {
    if (!std::ranges::binary_search(reached, id)) drop(id);
  }
}

std::uint64_t Disk::hash(With with) const {
  Summary summary;
  const auto all = paths();
  std::vector<ObjectId> seen;
  for (const auto& [path, id] : all) {
    const Inode& inode = *find(id);
    summary.add(path);
    summary.add(inode.kind == io::FileKind::directory ? 1 : 2);
    const auto first = std::ranges::find(seen, id);
    summary.add(static_cast<std::uint64_t>(first - seen.begin()));  // Hard links are told from copies.
    if (first != seen.end()) continue;
    seen.push_back(id);
    if (inode.kind == io::FileKind::directory) continue;
    summary.add(inode.size);
    summary.add(inode.content.hash(inode.size));
    for (const RangeSet::Range bad : inode.unreadable.ranges()) {
      summary.add(bad.begin);
      summary.add(bad.end);
    }
    if (with == With::bytes) continue;
    for (const RangeSet* units : {&inode.allocated, &inode.written}) {
      summary.add(units->ranges().size());
      for (const auto& [begin, end] : units->ranges()) {
        summary.add(begin);
        summary.add(end);
      }
    }
  }
  return summary.value();
}

std::uint64_t Disk::hash() const {
  return hash(With::bytes);
}

std::uint64_t Disk::hash_with_extents() const {
  return hash(With::extents);
}

}  // namespace wallop::sim
