// SPDX-License-Identifier: Apache-2.0
// Reading profiles: the fields first (base/fields.h), then what fields alone cannot say.
#include "checklist/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ensure.h"
#include "base/suggest.h"
#include "checklist/check.h"
#include "checklist/embedded.h"
#include "scenarios/run/load.h"

namespace wallop::checklist {
namespace {

using base::json::Value;

constexpr std::uint32_t kVersion = 1;

std::vector<std::string_view> check_ids() {
  std::vector<std::string_view> ids;
  for (const Check& check : check_catalogue()) ids.push_back(check.id);
  return ids;
}

// The value at a path of keys; the nearest one that there is.
const Value& at(const Value& root, std::initializer_list<std::string_view> keys) {
  const Value* here = &root;
  for (const std::string_view key : keys) {
    const Value* next = here->find(key);
    if (next == nullptr) break;
    here = next;
  }
  return *here;
}

// `element` is the item's object in the document.
void check_item(const Item& item, const Value& element, std::set<std::string>& seen, base::Reading& reading) {
  const Check* check = find_check(item.id);
  if (item.id.empty()) return;  // Missing or of the wrong kind: told already.
  if (check == nullptr) {
    const std::vector<std::string_view> ids = check_ids();
    return reading.problem(at(element, {"id"}).place(), fmt::format("unknown check \"{}\"", item.id),
                           base::did_you_mean(item.id, ids));
  }
  if (!seen.insert(item.id).second) {
    reading.problem(at(element, {"id"}).place(), fmt::format("check \"{}\" stands here twice", item.id),
                    "keep one of the two");
  }
  if (check->metric.empty() && item.expect) {
    reading.problem(at(element, {"expect"}).place(), fmt::format("{} takes no limit", item.id),
                    "leave \"expect\" out");
  } else if (!check->metric.empty() && element.find("expect") == nullptr) {
    reading.problem(element.place(), fmt::format("{} needs a limit", item.id),
                    fmt::format("write \"expect\": \"{}... < ...\"", check->metric));
  } else if (item.expect && item.expect->metric != nullptr && item.expect->metric->id != check->metric) {
    reading.problem(at(element, {"expect"}).place(),
                    fmt::format("{} judges {}, not {}", item.id, check->metric, item.expect->metric->id),
                    fmt::format("write \"{}... < ...\"", check->metric));
  }
}

void check_items(const Profile& profile, const Value& root, base::Reading& reading) {
  const Value* items = root.find("items");
  if (items == nullptr || items->get<base::json::Array>() == nullptr) return;
  const auto& elements = *items->get<base::json::Array>();
  if (elements.empty()) reading.problem(items->place(), "nothing is judged", "list checks in \"items\"");
  std::set<std::string> seen;
  reading.within("items", [&] {
    for (std::size_t i = 0; i < std::min(elements.size(), profile.items.size()); ++i) {
      reading.within(std::to_string(i), [&] { check_item(profile.items[i], elements[i], seen, reading); });
    }
  });
}

void check_numbers(const Profile& profile, const Value& root, base::Reading& reading) {
  const auto must = [&](bool holds, std::initializer_list<std::string_view> path, std::string what,
                        std::string hint) {
    if (!holds) reading.problem(at(root, path).place(), std::move(what), std::move(hint));
  };
  must(profile.version == kVersion, {"version"}, fmt::format("version {} is not known", profile.version),
       fmt::format("this command reads version {}", kVersion));
  must(profile.load.rate.per_second > 0, {"load", "rate"}, "a load of no appends",
       "write a rate like \"1000/s\"");
  must(profile.load.rate.per_second <= 1'000'000, {"load", "rate"}, "a rate that no writer reaches",
       "at most 1000000/s; use more writers");
  must(profile.load.duration >= std::chrono::milliseconds(100), {"load", "duration"},
       "a load too short to measure", "at least 100ms");
  const auto& sizes = profile.recovery.sizes;
  must(!sizes.empty(), {"recovery", "sizes"}, "no size to recover from", "write like [\"100MB\"]");
  must(std::ranges::is_sorted(sizes, std::ranges::less_equal{}), {"recovery", "sizes"},
       "sizes that do not rise", "the log grows from each to the next");
}

std::vector<std::string> lines_of(std::string_view file, const base::json::Problems& problems) {
  std::vector<std::string> lines;
  for (const base::json::Problem& problem : problems) lines.push_back(base::json::describe(file, problem));
  return lines;
}

bool looks_like_file(std::string_view text) {
  return text.find('/') != std::string_view::npos || text.ends_with(".json");
}

}  // namespace

std::expected<Profile, base::json::Problems> parse_profile(std::string_view text) {
  auto parsed = base::json::parse(text);
  if (!parsed) return std::unexpected(base::json::Problems{std::move(parsed.error())});
  base::json::Problems problems;
  base::Reading reading(problems);
  Profile profile;
  base::read(*parsed, profile, reading);
  if (parsed->get<base::json::Object>() != nullptr) {
    check_items(profile, *parsed, reading);
    check_numbers(profile, *parsed, reading);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return profile;
}

std::vector<std::string_view> profile_names() {
  std::vector<std::string_view> names;
  for (const EmbeddedFile& file : profile_files()) names.push_back(file.name);
  return names;
}

std::expected<Profile, std::vector<std::string>> load_profile(io::FileSystem& files,
                                                              std::string_view name_or_file) {
  for (const EmbeddedFile& file : profile_files()) {
    if (file.name != name_or_file) continue;
    auto profile = parse_profile(file.text);
    base::ensure(profile.has_value(), "the built-in profiles are valid");
    return std::move(*profile);
  }
  if (!looks_like_file(name_or_file)) {
    const std::vector<std::string_view> names = profile_names();
    const std::string hint = base::did_you_mean(name_or_file, names);
    return std::unexpected(std::vector{fmt::format("unknown profile \"{}\"  {}", name_or_file, hint)});
  }
  const auto text = scenarios::read_text(files, name_or_file);
  if (!text) return std::unexpected(std::vector{io::describe(text.error())});
  auto profile = parse_profile(*text);
  if (!profile) return std::unexpected(lines_of(name_or_file, profile.error()));
  return std::move(*profile);
}

std::expected<Profile, std::string> only(Profile profile, std::span<const std::string> ids) {
  std::vector<std::string_view> known;
  for (const Item& item : profile.items) known.push_back(item.id);
  for (const std::string& id : ids) {
    if (std::ranges::find(known, id) != known.end()) continue;
    if (find_check(id) != nullptr)
      return std::unexpected(fmt::format("check \"{}\" is not in profile {}", id, profile.name));
    const std::string hint = base::did_you_mean(id, known);
    return std::unexpected(fmt::format("unknown check \"{}\"{}{}", id, hint.empty() ? "" : "  ", hint));
  }
  std::erase_if(profile.items,
                [&](const Item& item) { return std::ranges::find(ids, item.id) == ids.end(); });
  return profile;
}

}  // namespace wallop::checklist
