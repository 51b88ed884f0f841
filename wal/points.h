// SPDX-License-Identifier: Apache-2.0
// Failure points: named places at which a test may make the log fail. Only the pointed build has them.
//
//   if (point(world, "wal/group/built")) return injected("append", path);
//
// In the plain build point() is false and leaves nothing behind (no_points_test proves it of the library). In
// the pointed one the world's flag stands in front: a libfiu point costs 22-38 ns even where none is enabled.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "io/result.h"
#include "io/world.h"
#include "wal/build.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

// All of them, so that a run can say which it never passed.
inline constexpr std::array<std::string_view, 20> kPoints = {
    "wal/group/built",             // A group has its place in the chain, and nothing of it is written.
    "wal/group/written",           // It is written, and its waiters do not know.
    "wal/sync/returned",           // A sync has returned, and nobody was told.
    "wal/watermark/written",       // A watermark is written, and not synced.
    "wal/footer/written",          // A footer is written, and not synced.
    "wal/segment/sized",           // A new segment's file has its size, and no header.
    "wal/segment/prepared",        // A new segment is durable, its name too, and not in use.
    "wal/rotate/spare_opened",     // The next segment is at hand, the current one full.
    "wal/delete/control_durable",  // The low water is durable, and nothing is removed.
    "wal/recycle/renamed",         // A deleted segment has a new name, and the directory is not synced.
    "wal/recycle/named",           // The name is durable, and the file still what it was.
    "wal/recycle/erased",          // Slots, first block and footer are zero, and the headers the old ones.
    "wal/recycle/prepared",        // It is durable as a spare, and not in use.
    "wal/delete/removed",          // One segment is removed, and its directory not synced.
    "wal/recover/segment_done",    // One file was read.
    "wal/recover/judged",          // The verdict stands, and nothing has changed.
    "wal/recover/quarantined",     // The evidence is copied, and nothing else has changed.
    "wal/recover/chain_synced",    // What was found is durable.
    "wal/recover/sealed",          // The new epoch has begun, and leftovers are still there.
    "wal/close/synced",            // All is durable, and the lock still held.
};

// A name from the list, checked when it is compiled.
class PointName {
 public:
  consteval PointName(const char* name) : name_(name) {
    if (std::ranges::find(kPoints, std::string_view(name)) == kPoints.end()) throw "not in kPoints";
  }
  [[nodiscard]] constexpr const char* c_str() const { return name_; }

 private:
  const char* name_;
};

// What a point that fired makes the call return.
inline io::Failure injected(std::string_view action, std::string_view file) {
  io::Failure failed = io::failure(io::Code::io_error, action, file, "a failure point fired");
  failed.error().injected = true;
  return failed;
}

#ifdef WALLOP_WAL_POINTED
bool passes(const char* name);

// Whether the caller shall fail here.
inline bool point(const io::World& world, PointName name) {
  return world.points && passes(name.c_str());
}
#else
constexpr bool point(const io::World&, PointName) {
  return false;
}
#endif

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
