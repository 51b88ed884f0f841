// SPDX-License-Identifier: Apache-2.0
// FileSystem: the names of the simulated world. All paths start at its one root, absolute ones too.
#pragma once

#include <optional>

#include "io/file_system.h"
#include "sim/model.h"
#include "sim/names.h"
#include "sim/operation.h"
#include "sim/page_cache.h"

namespace wallop::sim {

class FileSystem final : public io::FileSystem {
 public:
  // All outlive this, and every file and lock that it gives.
  FileSystem(Pipeline& pipeline, PageCache& cache, const ModelSpec& model);

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
  CachedFile& create(const Place& place, io::FileKind kind, Running& running);
  io::Status change_names(const Request& request,
                          NameChanges (*changes)(const Disk&, std::string_view, std::string_view),
                          std::string_view first, std::string_view second);
  int commit(NameChanges changes, Running& running);
  [[nodiscard]] io::FileInfo info_of(ObjectId id);
  [[nodiscard]] std::optional<io::Error> missing(std::string_view path, std::string_view action);

  Pipeline& pipeline_;
  PageCache& cache_;
  const ModelSpec& model_;
};

}  // namespace wallop::sim
