// SPDX-License-Identifier: Apache-2.0
// One frame, one sync; then the names.
#include "wal/seal.h"

#include "wal/group.h"
#include "wal/points.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<ChainEnd> write_seal(io::World& world, const SegmentPlan& plan, const PreparedSegment& segment,
                                const Link& link) {
  const std::uint64_t offset = segment.header.data_begin();
  const Lsn last = link.first_lsn().previous();
  const FrameContext context{{plan.log_uuid, segment.header.id, plan.epoch}, last, 0, 0};
  const LinkFrame frame = make_link_frame(context, offset, link);
  if (auto written = segment.file->write_at(offset, frame.bytes()); !written)
    return io::Failure(std::move(written.error()));
  if (auto synced = segment.file->sync(); !synced) return io::Failure(std::move(synced.error()));
  if (point(world, "wal/recover/sealed")) return injected("open log", plan.directory);
  return ChainEnd{offset + frame.size, last, frame.chain};
}

io::Status remove_files(io::World& world, const std::string& directory,
                        const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  for (const std::string& path : paths) {
    if (auto removed = world.files.remove(path); !removed) return removed;
  }
  return world.files.sync_directory(directory);
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
