// SPDX-License-Identifier: Apache-2.0
// The small language of this room's tests: a world with faults, its files, and bytes as text.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "sim/world.h"

namespace wallop::sim {

inline io::Bytes bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline const ModelSpec& model(std::string_view name = "posix") {
  const ModelSpec* found = find_model(name);
  REQUIRE(found != nullptr);
  return *found;
}

// A plan of one fault, as JSON has it.
inline faults::Plan plan(std::string_view text) {
  faults::Fault fault;
  for (const auto& problem : base::read_document(text, fault)) FAIL(base::json::describe("fault", problem));
  return faults::Plan({fault}, 1);
}

// A world whose operations cost nothing, unless the options say otherwise. Fibre 0 is the test itself.
struct WorldFixture {
  WorldFixture() : WorldFixture(WorldOptions{}) {}
  explicit WorldFixture(faults::Plan faults) : WorldFixture(WorldOptions{.plan = std::move(faults)}) {}
  explicit WorldFixture(WorldOptions options) : world(with_model(std::move(options))) {}

  static WorldOptions with_model(WorldOptions options) {
    if (options.model == nullptr) options.model = &model();
    return options;
  }

  World world;
  io::FileSystem& files = world.io().files;

  std::unique_ptr<io::File> open(std::string_view path, const io::OpenOptions& options = {.create = true}) {
    auto opened = files.open(path, options);
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
  // A file that holds `text`.
  std::unique_ptr<io::File> file_with(std::string_view text, std::string_view path = "f") {
    auto file = open(path);
    REQUIRE(file->write_at(0, bytes(text)));
    return file;
  }
  void make(std::string_view path) { open(path); }
  [[nodiscard]] io::Instant now() { return world.scheduler().now(); }
  // What the medium is now.
  [[nodiscard]] Medium medium() { return world.medium_at(world.journal().count()).value(); }
  // The entries of one kind so far.
  template <class What>
  [[nodiscard]] std::vector<What> entries() {
    std::vector<What> found;
    for (const Entry& entry : world.journal().entries()) {
      if (const What* what = entry.get<What>()) found.push_back(*what);
    }
    return found;
  }
};

inline io::Status write(io::File& file, std::uint64_t offset, std::string_view text) {
  return file.write_at(offset, bytes(text));
}

inline io::Status write_durable(io::File& file, std::uint64_t offset, std::string_view text) {
  const io::Bytes piece = bytes(text);
  return file.write_durable_at(offset, std::span(&piece, 1));
}

inline std::string read(io::File& file, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  const auto got = file.read_at(offset, std::as_writable_bytes(std::span(text)));
  REQUIRE(got.has_value());
  text.resize(*got);
  return text;
}

inline std::string read_stored(io::File& file, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  const auto got = file.read_stored_at(offset, std::as_writable_bytes(std::span(text)));
  REQUIRE(got.has_value());
  text.resize(*got);
  return text;
}

// The errno of a call; 0 where it succeeded.
template <class T>
int error_of(const io::Result<T>& result) {
  return result.has_value() ? 0 : result.error().os_error;
}

}  // namespace wallop::sim
