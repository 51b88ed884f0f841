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

}  // namespace

std::optional<std::string> problem_of(const ModelSpec& spec) {
  const std::uint32_t sector = spec.sector_bytes.value;
  const std::uint32_t unit = spec.write_unit_bytes.value;
  if (sector == 0 || !std::has_single_bit(sector) || !std::has_single_bit(unit) || unit < sector)
    return fmt::format("a write unit of {} bytes is not a power of two of sectors of {} bytes", unit, sector);
  if (!spec.powersafe_overwrite.value && unit != sector)
    return "overwrites that are not power-safe are modelled where the unit is one sector alone";
  const bool is_journalled = spec.names_order.value == NamesOrder::journal;
  if (is_journalled != (spec.sync_commits.value == SyncCommits::prefix))
    return "names_order journal and sync_commits prefix are one mechanism: both or neither";
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
