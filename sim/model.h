// SPDX-License-Identifier: Apache-2.0
// ModelSpec: a persistence model, as data (sim/models/*.json): what may last of what was not synced, and what
// a failed sync leaves behind. Each value stands beside its source in the model's own file.
//
// sim/README.md gives the rules that hold in every model, and what each parameter means.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"

namespace wallop::sim {

// How the first write of a unit without written blocks may last.
enum class NewUnit : std::uint8_t { by_sector, whole, in_order };
constexpr auto enum_names(NewUnit) {
  return std::array{base::EnumName{"by_sector", NewUnit::by_sector}, base::EnumName{"whole", NewUnit::whole},
                    base::EnumName{"in_order", NewUnit::in_order}};
}

// Which writes of one file may last without which: overwrites in place, and appends.
enum class DataOrder : std::uint8_t { any, in_order };
constexpr auto enum_names(DataOrder) {
  return std::array{base::EnumName{"any", DataOrder::any}, base::EnumName{"in_order", DataOrder::in_order}};
}

// When the size that an append made joins the metadata.
enum class AppendSize : std::uint8_t {
  free,                  // At any time after the write.
  writeback_or_at_once,  // When its data is written back; at once where its last unit has written blocks.
  writeback,             // When its data is written back.
  in_order,              // With its data.
};
constexpr auto enum_names(AppendSize) {
  return std::array{base::EnumName{"free", AppendSize::free},
                    base::EnumName{"writeback_or_at_once", AppendSize::writeback_or_at_once},
                    base::EnumName{"writeback", AppendSize::writeback},
                    base::EnumName{"in_order", AppendSize::in_order}};
}

// What a sector below the new size may hold whose data did not last.
enum class SizeBeforeData : std::uint8_t {
  no,  // Cannot be: the data lasts with the size, or before it.
  zeros,
  zeros_or_garbage,  // Zeros or garbage, sector by sector.
};
constexpr auto enum_names(SizeBeforeData) {
  return std::array{base::EnumName{"no", SizeBeforeData::no}, base::EnumName{"zeros", SizeBeforeData::zeros},
                    base::EnumName{"zeros_or_garbage", SizeBeforeData::zeros_or_garbage}};
}

enum class NamesOrder : std::uint8_t {
  any,       // Each name change lasts or does not, by itself.
  journal,   // A prefix of all metadata changes, in the order of their issue.
  log,       // The same, and beyond it what syncs have put into a log: an inode, its names, its ancestors.
  in_order,  // A prefix of everything, data too.
};
constexpr auto enum_names(NamesOrder) {
  return std::array{base::EnumName{"any", NamesOrder::any}, base::EnumName{"journal", NamesOrder::journal},
                    base::EnumName{"log", NamesOrder::log}, base::EnumName{"in_order", NamesOrder::in_order}};
}

enum class SyncCommits : std::uint8_t {
  own,              // The file's bytes and its size.
  prefix,           // The same, and all metadata up to the file's last relevant change.
  prefix_and_data,  // Everything up to the file's last change, data too.
  inode,            // The file's bytes and size, its names and its ancestors.
  all,              // Everything before it.
};
constexpr auto enum_names(SyncCommits) {
  return std::array{base::EnumName{"own", SyncCommits::own}, base::EnumName{"prefix", SyncCommits::prefix},
                    base::EnumName{"prefix_and_data", SyncCommits::prefix_and_data},
                    base::EnumName{"inode", SyncCommits::inode}, base::EnumName{"all", SyncCommits::all}};
}

enum class DeviceCache : std::uint8_t {
  volatile_,  // A write that the device has taken lasts only from a flush on.
  none,       // It lasts at once.
  lying,      // A flush is acknowledged and not done, for ever or up to a limit.
};
constexpr auto enum_names(DeviceCache) {
  return std::array{base::EnumName{"volatile", DeviceCache::volatile_},
                    base::EnumName{"none", DeviceCache::none}, base::EnumName{"lying", DeviceCache::lying}};
}

// What a sync that failed leaves behind.
enum class AfterFailedSync : std::uint8_t {
  clean_new,  // Memory shows the new bytes and counts them as clean: the next sync writes nothing of them.
  clean_old,  // Memory goes back to what the device has.
  deferred,   // The failing sync returns 0; the next one of each description fails and writes nothing.
  dirty,      // Everything stays dirty: trying again is right.
};
constexpr auto enum_names(AfterFailedSync) {
  return std::array{base::EnumName{"clean_new", AfterFailedSync::clean_new},
                    base::EnumName{"clean_old", AfterFailedSync::clean_old},
                    base::EnumName{"deferred", AfterFailedSync::deferred},
                    base::EnumName{"dirty", AfterFailedSync::dirty}};
}

// Who is told of an error of writeback.
enum class ErrorReported : std::uint8_t {
  once_per_description,  // Each description that was open then, once; else the first that syncs (errseq).
  once_per_file,         // The first that syncs, nobody else.
};
constexpr auto enum_names(ErrorReported) {
  return std::array{base::EnumName{"once_per_description", ErrorReported::once_per_description},
                    base::EnumName{"once_per_file", ErrorReported::once_per_file}};
}

// A value with the reason why it is that.
template <class T>
struct Sourced {
  T value{};
  std::string source;

  template <class Visitor>
  void fields(Visitor& v) {
    v("value", value, "What this model does.", base::Need::required);
    v("source", source, "Where it was seen, or which manual says so.", base::Need::required);
  }
};

struct ModelSpec {
  std::string about;
  Sourced<std::uint32_t> sector_bytes;
  Sourced<std::uint32_t> atomic_bytes;
  Sourced<std::uint32_t> write_unit_bytes;
  Sourced<bool> powersafe_overwrite;
  Sourced<NewUnit> new_unit;
  Sourced<DataOrder> overwrite;
  Sourced<DataOrder> append_order;
  Sourced<AppendSize> append_size;
  Sourced<SizeBeforeData> size_before_data;
  Sourced<SizeBeforeData> size_before_data_across_units;
  Sourced<bool> shrink_zeros_first;
  Sourced<NamesOrder> names_order;
  Sourced<SyncCommits> sync_commits;
  Sourced<bool> file_sync_names;
  Sourced<bool> rename_flushes;
  Sourced<bool> rename_halves;
  Sourced<DeviceCache> device_cache;
  Sourced<std::uint32_t> lies_up_to_milliseconds;
  Sourced<std::uint64_t> lies_up_to_bytes;
  Sourced<AfterFailedSync> after_failed_sync;
  Sourced<ErrorReported> error_reported;
  Sourced<bool> eviction;

  template <class Visitor>
  void fields(Visitor& v) {
    using base::Need;
    v("about", about, "What stands behind this model.", Need::required);
    v("sector_bytes", sector_bytes, "What the device writes whole, and what tears apart.", Need::required);
    v("atomic_bytes", atomic_bytes, "What an overwrite in place writes whole: a sector or a unit.",
      Need::required);
    v("write_unit_bytes", write_unit_bytes, "What the file system allocates and writes as one.",
      Need::required);
    v("powersafe_overwrite", powersafe_overwrite, "A torn unit leaves its untouched sectors as they were.",
      Need::required);
    v("new_unit", new_unit, "How the first write of a unit may last.", Need::required);
    v("overwrite", overwrite, "Which overwrites in place may last without which.", Need::required);
    v("append_order", append_order, "Which appends of one file may last without which.", Need::required);
    v("append_size", append_size, "When the size that an append made joins the metadata.", Need::required);
    v("size_before_data", size_before_data,
      "What a sector of the last unit may hold whose size lasted without its data.", Need::required);
    v("size_before_data_across_units", size_before_data_across_units,
      "The same, of the units before the last one.", Need::required);
    v("shrink_zeros_first", shrink_zeros_first, "A shrink's zeros last before its size, never after it.",
      Need::required);
    v("names_order", names_order, "Which name changes may last without which.", Need::required);
    v("sync_commits", sync_commits, "What a file's sync makes durable.", Need::required);
    v("file_sync_names", file_sync_names, "A file's sync makes the name of a new file durable.",
      Need::required);
    v("rename_flushes", rename_flushes, "A rename never lasts without the renamed file's size.",
      Need::required);
    v("rename_halves", rename_halves, "A name may go before the rename that takes its place lasts.",
      Need::required);
    v("device_cache", device_cache, "What the device does with what it was sent.", Need::required);
    v("lies_up_to_milliseconds", lies_up_to_milliseconds,
      "How long a lying cache may keep what it said was flushed; 0: for ever.", Need::required);
    v("lies_up_to_bytes", lies_up_to_bytes, "How much it may keep; 0: everything.", Need::required);
    v("after_failed_sync", after_failed_sync, "What a sync that failed leaves behind.", Need::required);
    v("error_reported", error_reported, "Who is told of an error of writeback.", Need::required);
    v("eviction", eviction,
      "Clean pages and inodes may be dropped from memory, and with them an unreported error.",
      Need::required);
  }
};

// Why no disk could be built by it; nothing where one could.
[[nodiscard]] std::optional<std::string> problem_of(const ModelSpec& spec);

// A model that is shipped: "posix", "ext4-ordered", ... Null where there is none of that name.
[[nodiscard]] const ModelSpec* find_model(std::string_view name);
// All of them, by name.
[[nodiscard]] const std::vector<std::string_view>& model_names();

}  // namespace wallop::sim
