// SPDX-License-Identifier: Apache-2.0
// The persistence models that are shipped.
#include "sim/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/ensure.h"
#include "sim/embedded.h"

namespace wallop::sim {
namespace {

struct Model {
  std::string_view name;
  ModelSpec spec;
};

std::vector<Model> load_models() {
  std::vector<Model> models;
  for (const EmbeddedFile& file : model_files()) {
    Model model{file.name, {}};
    const base::json::Problems problems = base::read_document(file.text, model.spec);
    base::ensure(problems.empty() && !problem_of(model.spec), "a model that is shipped is legal");
    models.push_back(std::move(model));
  }
  std::ranges::sort(models, {}, &Model::name);
  return models;
}

const std::vector<Model>& models() {
  static const std::vector<Model> loaded = load_models();
  return loaded;
}

std::vector<std::string_view> load_names() {
  std::vector<std::string_view> names;
  for (const Model& model : models()) names.push_back(model.name);
  return names;
}

// Where everything lasts in order, each parameter says so.
bool is_all_in_order(const ModelSpec& spec) {
  return spec.new_unit.value == NewUnit::in_order && spec.overwrite.value == DataOrder::in_order &&
         spec.append_order.value == DataOrder::in_order && spec.append_size.value == AppendSize::in_order &&
         spec.size_before_data.value == SizeBeforeData::no &&
         spec.size_before_data_across_units.value == SizeBeforeData::no && spec.shrink_zeros_first.value &&
         spec.atomic_bytes.value == spec.write_unit_bytes.value &&
         spec.names_order.value == NamesOrder::in_order;
}

bool is_any_in_order(const ModelSpec& spec) {
  return spec.new_unit.value == NewUnit::in_order || spec.overwrite.value == DataOrder::in_order ||
         spec.append_order.value == DataOrder::in_order || spec.append_size.value == AppendSize::in_order ||
         spec.names_order.value == NamesOrder::in_order;
}

// Which syncs an order of names can have.
bool can_commit(NamesOrder order, SyncCommits commits) {
  switch (order) {
    case NamesOrder::any:
      return commits == SyncCommits::own;
    case NamesOrder::journal:
      return commits == SyncCommits::prefix;
    case NamesOrder::log:
      return commits == SyncCommits::inode;
    case NamesOrder::in_order:
      return commits == SyncCommits::prefix_and_data || commits == SyncCommits::all;
  }
  return false;
}

}  // namespace

std::optional<std::string> problem_of(const ModelSpec& spec) {
  const std::uint32_t sector = spec.sector_bytes.value;
  const std::uint32_t unit = spec.write_unit_bytes.value;
  const std::uint32_t atomic = spec.atomic_bytes.value;
  if (sector == 0 || !std::has_single_bit(sector) || !std::has_single_bit(unit) || unit < sector)
    return fmt::format("a write unit of {} bytes is not a power of two of sectors of {} bytes", unit, sector);
  if (atomic != sector && atomic != unit)
    return fmt::format("atomic_bytes of {} is neither the sector's {} nor the unit's {}", atomic, sector,
                       unit);
  if (!can_commit(spec.names_order.value, spec.sync_commits.value))
    return "names_order and sync_commits are one mechanism: any with own, journal with prefix, log with "
           "inode, in_order with prefix_and_data or all";
  if (is_any_in_order(spec) && !is_all_in_order(spec))
    return "in_order is for all of new_unit, overwrite, append_order, append_size and names_order, with "
           "size_before_data no, shrink_zeros_first and atomic units";
  if (is_any_in_order(spec)) return std::nullopt;
  if (spec.size_before_data_across_units.value == SizeBeforeData::no)
    return "size_before_data_across_units no is modelled where everything lasts in order alone";
  if (spec.size_before_data.value == SizeBeforeData::no && spec.append_size.value != AppendSize::writeback)
    return "size_before_data no needs append_size writeback: a size that waits for its data";
  if (spec.rename_halves.value && spec.names_order.value != NamesOrder::log)
    return "rename_halves needs names_order log";
  return std::nullopt;
}

const ModelSpec* find_model(std::string_view name) {
  const auto found = std::ranges::find(models(), name, &Model::name);
  return found == models().end() ? nullptr : &found->spec;
}

const std::vector<std::string_view>& model_names() {
  static const std::vector<std::string_view> names = load_names();
  return names;
}

}  // namespace wallop::sim
