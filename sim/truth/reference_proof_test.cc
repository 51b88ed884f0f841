// SPDX-License-Identifier: Apache-2.0
// The simulator and the reference model of durability agree; and an error planted in the simulator shows,
// with a trace that is small.
#include "sim/truth/reference_proof.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <vector>

#include "sim/truth/durability_reference.h"
#include "sim/truth/images.h"
#include "sim/truth/proof_fixture.h"
#include "sim/truth/trace.h"

namespace wallop::sim {
namespace {

std::uint64_t count_of(const Finding& finding, std::string_view what) {
  const auto found = std::ranges::find(finding.counts, what, &Count::what);
  REQUIRE(found != finding.counts.end());
  return found->value;
}

// What the proof says of a simulator with that error.
std::string caught(const ImagesOf& planted) {
  const Finding finding = prove_reference(cases(2000), planted);
  REQUIRE(finding.failure.has_value());
  INFO(*finding.failure);
  REQUIRE(std::ranges::count(*finding.failure, '\n') <= 9);  // At most seven operations are left.
  return *finding.failure;
}

// A simulator that is told other entries than happened.
ImagesOf with_entries(const std::function<void(std::vector<Entry>&)>& change) {
  return [change](const ModelSpec& model, std::span<const Entry> entries, std::size_t image_max) {
    std::vector<Entry> changed(entries.begin(), entries.end());
    change(changed);
    return images_by_medium(model, changed, image_max);
  };
}

// One that takes another model than it says.
ImagesOf with_model(std::string_view name, const std::function<void(ModelSpec&)>& change) {
  return [name, change](const ModelSpec& model, std::span<const Entry> entries, std::size_t image_max) {
    ModelSpec changed = model;
    if (&model == find_model(name)) change(changed);
    return images_by_medium(changed, entries, image_max);
  };
}

TEST_CASE("every model's images are those of the reference, at every cut of random traces") {
  const Finding finding = prove_reference(cases(60));
  INFO(finding.failure.value_or(""));
  REQUIRE_FALSE(finding.failure.has_value());
  for (const std::string_view model : model_names())
    REQUIRE(count_of(finding, "traces under " + std::string(model)) > 20);
  REQUIRE(count_of(finding, "cuts compared") > 1000);
  REQUIRE(count_of(finding, "images found in posix") > 1000);
}

TEST_CASE("durability proof bites: a rename that is not atomic") {
  const std::string story = caught(with_entries([](std::vector<Entry>& entries) {
    std::vector<Entry> halved;
    for (const Entry& entry : entries) {
      const OpBegin* begin = entry.get<OpBegin>();
      halved.push_back(entry);
      if (begin == nullptr || begin->verb != faults::Verb::rename || begin->names.size() != 2) continue;
      OpBegin first = *begin, second = *begin;
      first.names.pop_back();
      second.names.erase(second.names.begin());
      halved.back().what = first;
      halved.push_back(entry);
      halved.back().what = second;
    }
    entries = std::move(halved);
  }));
  REQUIRE(story.find("rename") != std::string::npos);
}

TEST_CASE("durability proof bites: a sync that forgets the size") {
  caught(with_entries([](std::vector<Entry>& entries) {
    // The write that made the file grow comes after the sync for the size alone: as if that were not covered.
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
      const OpBegin* begin = entries[i].get<OpBegin>();
      if (begin == nullptr || begin->verb != faults::Verb::sync || i == 0) continue;
      const Entry sync = entries[i], end = entries[i + 1];
      for (std::size_t before = i; before-- > 0;) {
        const OpBegin* write = entries[before].get<OpBegin>();
        if (write == nullptr || write->object != begin->object || !write->size_after) continue;
        Entry late = entries[before];
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(before));
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(i + 1), late);
        break;
      }
    }
  }));
}

TEST_CASE("durability proof bites: a sync that does nothing") {
  caught(with_entries([](std::vector<Entry>& entries) {
    std::erase_if(entries, [](const Entry& entry) {
      const OpBegin* begin = entry.get<OpBegin>();
      return begin != nullptr && begin->verb == faults::Verb::sync_all;
    });
  }));
}

TEST_CASE("durability proof bites: names durable too early") {
  const std::string story = caught(with_entries([](std::vector<Entry>& entries) {
    std::vector<Entry> synced;
    OpId op = 1'000'000;
    for (const Entry& entry : entries) {
      synced.push_back(entry);
      const OpBegin* begin = entry.get<OpBegin>();
      if (begin == nullptr || begin->names.empty()) continue;
      OpBegin sync;
      sync.op = ++op;
      sync.verb = faults::Verb::sync_directory;
      sync.object = begin->names.front().directory;
      synced.push_back({entry.at, entry.fibre, sync});
      synced.push_back({entry.at, entry.fibre, OpEnd{op, sync.verb, sync.object, 0, 0}});
    }
    entries = std::move(synced);
  }));
  REQUIRE(story.find("left by the reference, not by the simulator") != std::string::npos);
}

TEST_CASE("durability proof bites: overwrites in order where they need not be") {
  // Copy on write of whole units leaves fewer mixtures than the sectors of ext4.
  const std::string story = caught(with_model(
      "ext4-ordered", [](ModelSpec& model) { model.atomic_bytes.value = model.write_unit_bytes.value; }));
  REQUIRE(story.starts_with("model ext4-ordered"));
}

TEST_CASE("durability proof bites: a size that need not wait for its data waits, and the other way round") {
  REQUIRE(caught(with_model("ext4-ordered", [](ModelSpec& model) {
            model.append_size.value = AppendSize::writeback;
            model.size_before_data.value = SizeBeforeData::no;
          })).starts_with("model ext4-ordered"));
  REQUIRE(caught(with_model("xfs", [](ModelSpec& model) {
            model.size_before_data.value = SizeBeforeData::zeros;
          })).starts_with("model xfs"));
}

TEST_CASE("durability proof bites: an image that is none of posix") {
  // A disk that turns the first byte of each file that has some.
  const std::string story =
      caught([](const ModelSpec& model, std::span<const Entry> entries, std::size_t image_max) {
        auto images = images_by_medium(model, entries, image_max);
        if (!images || &model != find_model("ideal")) return images;
        std::set<PlainImage> turned;
        for (PlainImage image : *images) {
          for (auto& [path, bytes] : image.files) {
            if (!bytes.empty()) bytes.front() = '!';
          }
          turned.insert(std::move(image));
        }
        images = std::move(turned);
        return images;
      });
  REQUIRE(story.starts_with("model ideal"));
}

TEST_CASE("the reference knows the shipped models, and gives up where there are too many images") {
  const Trace trace = read_trace(
                          "{\"op\":\"create\",\"path\":\"a\"}\n"
                          "{\"op\":\"write\",\"path\":\"a\",\"offset\":0,\"bytes\":2048,\"fill\":\"A\"}")
                          .value();
  for (const std::string_view model : model_names()) {
    INFO(model);
    const auto images = reference_images(model, trace, 2000);
    REQUIRE(images.has_value());
    REQUIRE(images->size() == 3);
    REQUIRE(images->front() == std::set<PlainImage>{{}});
  }
  REQUIRE_FALSE(reference_images("posix", trace, 20).has_value());
  REQUIRE_FALSE(reference_images("ntfs", trace, 2000).has_value());
}

}  // namespace
}  // namespace wallop::sim
