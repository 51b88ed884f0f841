// SPDX-License-Identifier: Apache-2.0
// Which files, and how they are copied.
#include "wal/quarantine.h"

#include <fmt/format.h>

#include <memory>

#include "wal/copy_bytes.h"
#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

bool is_evidence(const Examination& found, std::size_t index) {
  const FoundSegment& segment = found.segments[index];
  if (!segment.damage.empty()) return true;
  if (found.is_live(index)) return index == found.chain.back();
  return segment.body.evidence.frame_count > 0 || segment.body.has_rest();
}

io::Status copy_all(io::File& from, io::File& to) {
  auto size = from.size();
  if (!size) return io::Failure(std::move(size.error()));
  if (auto copied = copy_bytes(from, to, 0, *size); !copied) return copied;
  if (auto sized = to.truncate(*size); !sized) return sized;
  return to.sync();
}

}  // namespace

Quarantine::Quarantine(io::World& world, std::string directory, std::uint32_t epoch_counter)
    : world_(world), directory_(std::move(directory)), epoch_counter_(epoch_counter) {}

io::Status Quarantine::fill(const Examination& found) {
  if (auto made = make_directory(); !made) return made;
  for (std::size_t i = 0; i < found.segments.size(); ++i) {
    if (!is_evidence(found, i)) continue;
    if (auto copied = copy(found.segments[i]); !copied) return copied;
  }
  if (auto synced = world_.files.sync_directory(path_in(directory_, kQuarantineName)); !synced) return synced;
  return world_.files.sync_directory(directory_);
}

io::Status Quarantine::make_directory() {
  auto made = world_.files.make_directory(path_in(directory_, kQuarantineName));
  if (!made && made.error().code == io::Code::already_exists) return {};
  made_directory_ = made.has_value();
  return made;
}

io::Status Quarantine::copy(const FoundSegment& segment) {
  const std::string name =
      fmt::format("{}/{}.{:08x}", kQuarantineName, segment_name(segment.id), epoch_counter_);
  const std::string path = path_in(directory_, name);
  auto removed = world_.files.remove(path);
  if (!removed && removed.error().code != io::Code::not_found) return removed;
  auto from = world_.files.open(segment.path, {.read_only = true});
  if (!from) return io::Failure(std::move(from.error()));
  auto to = world_.files.open(path, {.create = true, .exclusive = true});
  if (!to) return io::Failure(std::move(to.error()));
  names_.push_back(name);
  return copy_all(**from, **to);
}

// Best effort: what stays is a copy that nobody asked for. The failure that is reported is the first one.
void Quarantine::undo() {
  for (const std::string& name : names_) std::ignore = world_.files.remove(path_in(directory_, name));
  if (made_directory_) std::ignore = world_.files.remove(path_in(directory_, kQuarantineName));
  names_.clear();
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
