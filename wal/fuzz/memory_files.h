// SPDX-License-Identifier: Apache-2.0
// MemoryFiles: a file system in memory whose power can be cut. For one thread.
//
// It knows two contents of every file and every directory: what is visible and what is durable. A crash
// keeps of what lies between them what its draws say, sector by sector and name by name, in no order: all
// that POSIX allows, and more than most file systems do. A write that was under way is torn the same way.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/choices.h"
#include "io/file_system.h"

namespace wallop::wal::testing {

inline constexpr std::uint32_t kSectorBytes = 512;

class MemoryFiles final : public io::FileSystem {
 public:
  using Contents = std::map<std::string, std::vector<std::byte>>;  // By path, files only.

  // Makes the file, durable, in a directory that is made likewise.
  void put(const std::string& path, std::vector<std::byte> bytes);
  // What is visible.
  [[nodiscard]] Contents contents() const;

  // After `count` more calls that change something every call fails, until the crash. The call that the
  // power fails in may have had some of its effect.
  void cut_power_after(std::uint64_t count) { calls_left_ = count; }
  [[nodiscard]] bool is_powered() const { return calls_left_ != 0; }
  // What was not durable is there or not, by `draws`; the power is on again. Open files must be gone.
  void crash(base::Draws& draws);
  // A planted fault: syncs of files say that they did, and did nothing.
  void lose_syncs() { loses_syncs_ = true; }

  io::Result<std::unique_ptr<io::File>> open(std::string_view path, const io::OpenOptions& options) override;
  io::Result<std::vector<std::string>> list(std::string_view directory) override;
  io::Result<io::FileInfo> stat(std::string_view path) override;
  io::Status rename(std::string_view from, std::string_view to) override;
  io::Status link(std::string_view existing, std::string_view created) override;
  io::Status remove(std::string_view path) override;
  io::Status make_directory(std::string_view path) override;
  io::Status sync_directory(std::string_view path) override;
  io::Result<std::unique_ptr<io::Lock>> lock(std::string_view path) override;
  io::Result<io::Space> space(std::string_view path) override;
  io::Result<std::uint32_t> write_unit_bytes(std::string_view path) override;

 private:
  class OpenFile;
  class HeldLock;

  // Bytes that are visible and not durable: a write, or a change of size where `bytes` is empty.
  struct Pending {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
  };
  struct Node {
    bool is_directory = false;
    std::vector<std::byte> visible;
    std::vector<std::byte> durable;
    std::vector<Pending> pending;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;  // By path.

  // Counts a call that changes something; fails where the power is off, or goes off.
  io::Status pass(std::string_view action, std::string_view path);
  [[nodiscard]] std::shared_ptr<Node> find(std::string_view path) const;
  void settle(Node& node, base::Draws& draws);
  bool keeps(base::Draws& draws);

  Names visible_;
  Names durable_;
  std::set<std::string> locked_;
  std::uint64_t calls_left_ = ~0ULL;
  std::uint64_t draw_count_ = 0;
  bool loses_syncs_ = false;
};

}  // namespace wallop::wal::testing
