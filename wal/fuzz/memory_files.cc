// SPDX-License-Identifier: Apache-2.0
// Calls on names and files, and what a crash leaves of them.
#include "wal/fuzz/memory_files.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wallop::wal::testing {
namespace {

std::string parent(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? "." : path.substr(0, slash));
}

io::Failure missing(std::string_view action, std::string_view path) {
  return io::failure(io::Code::not_found, action, path, "");
}

void overwrite(std::vector<std::byte>& bytes, std::uint64_t offset, io::Bytes with) {
  if (bytes.size() < offset + with.size()) bytes.resize(offset + with.size());
  if (!with.empty()) std::memcpy(&bytes[offset], with.data(), with.size());
}

}  // namespace

class MemoryFiles::OpenFile final : public io::File {
 public:
  OpenFile(MemoryFiles& files, std::string path, std::shared_ptr<Node> node)
      : files_(files), path_(std::move(path)), node_(std::move(node)) {}

  io::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (!files_.is_powered()) return io::failure(5, "read", path_, offset);
    const std::vector<std::byte>& bytes = node_->visible;
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t size = std::min<std::uint64_t>(into.size(), bytes.size() - offset);
    if (size != 0) std::memcpy(into.data(), &bytes[offset], size);
    return size;
  }
  io::Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override {
    return read_at(offset, into);  // What was not synced is in the device's own cache.
  }

  using io::File::write_at;
  io::Status write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
    const io::Status passed = files_.pass("write", path_);
    for (const io::Bytes piece : pieces) {
      if (passed) overwrite(node_->visible, offset, piece);
      node_->pending.push_back({offset, {piece.begin(), piece.end()}});
      offset += piece.size();
    }
    return passed;
  }
  io::Status write_durable_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
    if (auto written = write_at(offset, pieces); !written || files_.loses_syncs_) return written;
    for (const io::Bytes piece : pieces) {
      overwrite(node_->durable, offset, piece);
      offset += piece.size();
    }
    return {};
  }
  io::Status sync() override {
    auto passed = files_.pass("sync", path_);
    if (!passed || files_.loses_syncs_) return passed;
    node_->durable = node_->visible;
    node_->pending.clear();
    return {};
  }
  io::Status sync_all() override { return sync(); }
  io::Status truncate(std::uint64_t size) override {
    if (auto passed = files_.pass("truncate", path_); !passed) return passed;
    node_->visible.resize(size);
    node_->pending.push_back({size, {}});
    return {};
  }
  io::Status allocate(std::uint64_t offset, std::uint64_t size, io::KeepSize keep_size) override {
    const bool grows = keep_size == io::KeepSize::no && offset + size > node_->visible.size();
    return grows ? truncate(offset + size) : files_.pass("allocate", path_);
  }
  io::Result<std::uint64_t> size() override { return node_->visible.size(); }

 private:
  MemoryFiles& files_;
  std::string path_;
  std::shared_ptr<Node> node_;
};

class MemoryFiles::HeldLock final : public io::Lock {
 public:
  HeldLock(MemoryFiles& files, std::string path) : files_(files), path_(std::move(path)) {}
  ~HeldLock() override { files_.locked_.erase(path_); }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;

 private:
  MemoryFiles& files_;
  std::string path_;
};

io::Status MemoryFiles::pass(std::string_view action, std::string_view path) {
  if (calls_left_ != 0 && calls_left_ != ~0ULL) --calls_left_;
  if (calls_left_ != 0) return {};
  return io::failure(5, action, path);
}

std::shared_ptr<MemoryFiles::Node> MemoryFiles::find(std::string_view path) const {
  const auto found = visible_.find(std::string(path));
  return found == visible_.end() ? nullptr : found->second;
}

void MemoryFiles::put(const std::string& path, std::vector<std::byte> bytes) {
  const auto directory =
      std::make_shared<Node>(Node{.is_directory = true, .visible{}, .durable{}, .pending{}});
  const auto file = std::make_shared<Node>(Node{false, bytes, bytes, {}});
  for (Names* names : {&visible_, &durable_}) {
    names->try_emplace(parent(path), directory);
    names->insert_or_assign(path, file);
  }
}

MemoryFiles::Contents MemoryFiles::contents() const {
  Contents contents;
  for (const auto& [path, node] : visible_) {
    if (!node->is_directory) contents.emplace(path, node->visible);
  }
  return contents;
}

io::Result<std::unique_ptr<io::File>> MemoryFiles::open(std::string_view path,
                                                        const io::OpenOptions& options) {
  auto node = find(path);
  if (node && options.create && options.exclusive)
    return io::failure(io::Code::already_exists, "create", path, "");
  if (!node && !options.create) return missing("open", path);
  if (!node) {
    if (auto passed = pass("create", path); !passed) return io::Failure(std::move(passed.error()));
    node = std::make_shared<Node>();
    visible_.emplace(path, node);
  }
  return std::make_unique<OpenFile>(*this, std::string(path), std::move(node));
}

io::Result<std::vector<std::string>> MemoryFiles::list(std::string_view directory) {
  if (!find(directory)) return missing("list", directory);
  std::vector<std::string> names;
  for (const auto& [path, node] : visible_) {
    if (parent(path) == directory) names.push_back(path.substr(directory.size() + 1));
  }
  return names;
}

io::Result<io::FileInfo> MemoryFiles::stat(std::string_view path) {
  const auto node = find(path);
  if (!node) return missing("stat", path);
  return io::FileInfo{node->is_directory ? io::FileKind::directory : io::FileKind::file, node->visible.size(),
                      node->visible.size(), 1};
}

io::Status MemoryFiles::rename(std::string_view from, std::string_view to) {
  auto node = find(from);
  if (!node) return missing("rename", from);
  if (auto passed = pass("rename", from); !passed) return passed;
  visible_.erase(std::string(from));
  visible_.insert_or_assign(std::string(to), std::move(node));
  return {};
}

io::Status MemoryFiles::link(std::string_view existing, std::string_view created) {
  auto node = find(existing);
  if (!node) return missing("link", existing);
  if (auto passed = pass("link", created); !passed) return passed;
  visible_.insert_or_assign(std::string(created), std::move(node));
  return {};
}

io::Status MemoryFiles::remove(std::string_view path) {
  if (!find(path)) return missing("remove", path);
  if (auto passed = pass("remove", path); !passed) return passed;
  visible_.erase(std::string(path));
  return {};
}

io::Status MemoryFiles::make_directory(std::string_view path) {
  if (find(path)) return io::failure(io::Code::already_exists, "make directory", path, "");
  if (auto passed = pass("make directory", path); !passed) return passed;
  visible_.emplace(path,
                   std::make_shared<Node>(Node{.is_directory = true, .visible{}, .durable{}, .pending{}}));
  return {};
}

io::Status MemoryFiles::sync_directory(std::string_view path) {
  if (auto passed = pass("sync directory", path); !passed) return passed;
  const auto is_inside = [path](const auto& entry) { return parent(entry.first) == path; };
  std::erase_if(durable_, is_inside);
  std::ranges::copy_if(visible_, std::inserter(durable_, durable_.end()), is_inside);
  return {};
}

io::Result<std::unique_ptr<io::Lock>> MemoryFiles::lock(std::string_view path) {
  if (!find(path)) return missing("lock", path);
  if (!locked_.emplace(path).second) return io::failure(io::Code::locked, "lock", path, "");
  return std::make_unique<HeldLock>(*this, std::string(path));
}

io::Result<io::Space> MemoryFiles::space(std::string_view) {
  return io::Space{1ULL << 40, 1ULL << 40};
}

io::Result<std::uint32_t> MemoryFiles::write_unit_bytes(std::string_view) {
  return kSectorBytes;
}

bool MemoryFiles::keeps(base::Draws& draws) {
  return draws.chance(1, 2, base::site_number("memory_files.crash"), draw_count_++);
}

// Each sector of what is pending reached the disk, or did not.
void MemoryFiles::settle(Node& node, base::Draws& draws) {
  for (const Pending& change : node.pending) {
    if (change.bytes.empty()) {
      if (keeps(draws)) node.durable.resize(change.offset);
      continue;
    }
    const io::Bytes bytes(change.bytes);
    for (std::uint64_t at = 0; at < bytes.size();) {
      const std::uint64_t in_sector = kSectorBytes - (change.offset + at) % kSectorBytes;
      const std::size_t size = std::min<std::uint64_t>(in_sector, bytes.size() - at);
      if (keeps(draws)) overwrite(node.durable, change.offset + at, bytes.subspan(at, size));
      at += size;
    }
  }
  node.pending.clear();
  node.visible = node.durable;
}

void MemoryFiles::crash(base::Draws& draws) {
  std::set<std::string> paths;
  for (const Names* names : {&visible_, &durable_})
    for (const auto& [path, node] : *names) paths.insert(path);
  Names after;
  for (const std::string& path : paths) {
    const auto was = visible_.find(path);
    const auto is = durable_.find(path);
    const bool same = was != visible_.end() && is != durable_.end() && was->second == is->second;
    const Names& from = !same && keeps(draws) ? visible_ : durable_;
    const auto entry = from.find(path);
    const bool has_parent = parent(path) == "." || after.contains(parent(path));
    if (entry != from.end() && has_parent) after.insert(*entry);
  }
  for (const auto& [path, node] : after) settle(*node, draws);
  visible_ = durable_ = std::move(after);
  locked_.clear();
  calls_left_ = ~0ULL;
}

}  // namespace wallop::wal::testing
