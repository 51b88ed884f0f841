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
enum class NewUnit : std::uint8_t { by_sector, whole };
constexpr auto enum_names(NewUnit) {
  return std::array{base::EnumName{"by_sector", NewUnit::by_sector}, base::EnumName{"whole", NewUnit::whole}};
}

// When the size that an append made joins the metadata.
enum class AppendSize : std::uint8_t {
  free,       // At any time after the write; never before metadata issued earlier where names are journalled.
  writeback,  // The same, or at once where the unit has blocks.
};
constexpr auto enum_names(AppendSize) {
  return std::array{base::EnumName{"free", AppendSize::free},
                    base::EnumName{"writeback", AppendSize::writeback}};
}

// What a sector below the new size may hold whose data did not last.
enum class SizeBeforeData : std::uint8_t {
  zeros,
  zeros_or_garbage,  // Zeros or garbage, sector by sector.
};
constexpr auto enum_names(SizeBeforeData) {
  return std::array{base::EnumName{"zeros", SizeBeforeData::zeros},
                    base::EnumName{"zeros_or_garbage", SizeBeforeData::zeros_or_garbage}};
}

enum class NamesOrder : std::uint8_t {
  any,      // Each name change lasts or does not, by itself.
  journal,  // A prefix of all metadata changes, in the order of their issue.
};
constexpr auto enum_names(NamesOrder) {
  return std::array{base::EnumName{"any", NamesOrder::any}, base::EnumName{"journal", NamesOrder::journal}};
}

enum class SyncCommits : std::uint8_t {
  own,     // The file's bytes and its size.
  prefix,  // The same, and all metadata up to the file's last relevant change.
};
constexpr auto enum_names(SyncCommits) {
  return std::array{base::EnumName{"own", SyncCommits::own}, base::EnumName{"prefix", SyncCommits::prefix}};
}

// What memory shows after a sync that failed. The pages count as clean in either case: the next sync succeeds
// and writes nothing of them.
enum class AfterFailedSync : std::uint8_t { clean_new, clean_old };
constexpr auto enum_names(AfterFailedSync) {
  return std::array{base::EnumName{"clean_new", AfterFailedSync::clean_new},
                    base::EnumName{"clean_old", AfterFailedSync::clean_old}};
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
  Sourced<std::uint32_t> write_unit_bytes;
  Sourced<bool> powersafe_overwrite;
  Sourced<NewUnit> new_unit;
  Sourced<AppendSize> append_size;
  Sourced<SizeBeforeData> size_before_data;
  Sourced<bool> shrink_zeros_first;
  Sourced<NamesOrder> names_order;
  Sourced<SyncCommits> sync_commits;
  Sourced<bool> file_sync_names;
  Sourced<bool> rename_flushes;
  Sourced<AfterFailedSync> after_failed_sync;

  template <class Visitor>
  void fields(Visitor& v) {
    using base::Need;
    v("about", about, "What stands behind this model.", Need::required);
    v("sector_bytes", sector_bytes, "What the device writes whole, and what tears apart.", Need::required);
    v("write_unit_bytes", write_unit_bytes, "What the file system allocates and writes as one.",
      Need::required);
    v("powersafe_overwrite", powersafe_overwrite, "A torn unit leaves its untouched sectors as they were.",
      Need::required);
    v("new_unit", new_unit, "How the first write of a unit may last.", Need::required);
    v("append_size", append_size, "When the size that an append made joins the metadata.", Need::required);
    v("size_before_data", size_before_data, "What a sector may hold whose size lasted without its data.",
      Need::required);
    v("shrink_zeros_first", shrink_zeros_first, "A shrink's zeros last before its size, never after it.",
      Need::required);
    v("names_order", names_order, "Which name changes may last without which.", Need::required);
    v("sync_commits", sync_commits, "What a file's sync makes durable.", Need::required);
    v("file_sync_names", file_sync_names, "A file's sync makes the name of a new file durable.",
      Need::required);
    v("rename_flushes", rename_flushes, "A rename never lasts without the renamed file's size.",
      Need::required);
    v("after_failed_sync", after_failed_sync, "What memory shows after a sync that failed.", Need::required);
  }
};

// Why no disk could be built by it; nothing where one could.
[[nodiscard]] std::optional<std::string> problem_of(const ModelSpec& spec);

// A model that is shipped: "posix", "ext4-ordered". Null where there is none of that name.
[[nodiscard]] const ModelSpec* find_model(std::string_view name);
// All of them, by name.
[[nodiscard]] const std::vector<std::string_view>& model_names();

}  // namespace wallop::sim
