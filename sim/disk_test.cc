// SPDX-License-Identifier: Apache-2.0
// Contents read back what was written, share what they can, and hash by what they hold; disks resolve and
// forget.
#include "sim/disk.h"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace wallop::sim {
namespace {

using Text = std::string;

io::Bytes bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

Text read(const Content& content, std::uint64_t offset, std::size_t size) {
  Text text(size, '?');
  content.read(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

TEST_CASE("bytes that were never written are zero, and writes stay where they were put") {
  Content content;
  content.write(4094, bytes("abcd"));
  REQUIRE(read(content, 4092, 8) == Text("\0\0abcd\0\0", 8));
  REQUIRE(content.is_zero(0, 4094));
  REQUIRE_FALSE(content.is_zero(0, 4095));
}

TEST_CASE("a copy keeps its bytes when the original changes") {
  Content content;
  content.write(0, bytes("old"));
  const Content copy = content;
  content.write(0, bytes("new"));
  REQUIRE(read(copy, 0, 3) == "old");
  REQUIRE(read(content, 0, 3) == "new");
}

TEST_CASE("a page that shares its bytes with a write is copied before it changes") {
  const Text page(Content::kPageBytes, 'p');
  const Payload payload = Payload::of(bytes(page));
  Content content;
  content.write(0, payload, 0, payload.size());
  content.write(1, bytes("x"));
  Text kept(2, '?');
  payload.copy(0, std::as_writable_bytes(std::span(kept)));
  REQUIRE(kept == "pp");
  REQUIRE(read(content, 0, 3) == "pxp");
}

TEST_CASE("contents are as an array of bytes, and hash alike however they came about") {
  // Goal: pages, sharing and zero runs are invisible. Method: random writes and zeroings against one flat
  // string; then the same bytes written at once must hash to the same, at any size.
  constexpr std::uint64_t kSize = 5 * Content::kPageBytes;
  const bool holds = rc::check([] {
    Content content;
    Text flat(kSize, '\0');
    const int steps = *rc::gen::inRange(0, 12);
    for (int i = 0; i < steps; ++i) {
      const auto offset = *rc::gen::inRange<std::uint64_t>(0, kSize);
      const auto size = *rc::gen::inRange<std::uint64_t>(0, kSize - offset + 1);
      const Text piece(size, *rc::gen::element('\0', 'a', 'b'));
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          content.zero(offset, size);
          std::fill_n(flat.begin() + static_cast<long>(offset), size, '\0');
          break;
        case 1:
          content.write(offset, bytes(piece));
          flat.replace(offset, size, piece);
          break;
        case 2:
          content.write(offset, Payload::of(bytes("#" + piece)), 1, size);
          flat.replace(offset, size, piece);
          break;
        default: {
          Content other;
          other.write(0, bytes(flat.substr(0, offset)));
          content.copy_from(other, 0, offset);
        }
      }
    }
    RC_ASSERT(read(content, 0, kSize) == flat);
    Content at_once;
    at_once.write(0, bytes(flat));
    const auto size = *rc::gen::inRange<std::uint64_t>(0, kSize + 1);
    RC_ASSERT(content.hash(size) == at_once.hash(size));
    RC_ASSERT(content.is_zero(0, size) == (flat.substr(0, size) == Text(size, '\0')));
  });
  REQUIRE(holds);
}

TEST_CASE("contents that differ in one byte, or in its place, hash apart") {
  Content one;
  Content other;
  one.write(5000, bytes("a"));
  other.write(5001, bytes("a"));
  REQUIRE(one.hash(8192) != other.hash(8192));
  REQUIRE(one.hash(5000) == other.hash(5000));
}

struct Tree {
  Disk disk;
  ObjectId directory, file;

  Tree() {
    directory = disk.create(io::FileKind::directory);
    file = disk.create(io::FileKind::file);
    disk.change(kRootDirectory).names["d"] = directory;
    disk.change(directory).names["a"] = file;
  }
};

TEST_CASE("paths lead to objects, and to nothing where a part is missing or is a file") {
  const Tree tree;
  REQUIRE(tree.disk.resolve("d/a") == tree.file);
  REQUIRE(tree.disk.resolve("/d/./a") == tree.file);
  REQUIRE(tree.disk.resolve("") == kRootDirectory);
  REQUIRE(tree.disk.resolve("d/b") == kNoObject);
  REQUIRE(tree.disk.resolve("d/a/b") == kNoObject);
  REQUIRE(tree.disk.paths() ==
          std::vector<std::pair<std::string, ObjectId>>{{"d", tree.directory}, {"d/a", tree.file}});
}

TEST_CASE("an object without a path is garbage, and its number is not used again") {
  Tree tree;
  tree.disk.change(kRootDirectory).names.clear();
  tree.disk.collect_garbage();
  REQUIRE(tree.disk.find(tree.file) == nullptr);
  REQUIRE(tree.disk.create(io::FileKind::file) > tree.file);
}

TEST_CASE("changing a disk leaves its copies alone") {
  Tree tree;
  const Disk copy = tree.disk;
  tree.disk.change(tree.file).size = 7;
  REQUIRE(copy.find(tree.file)->size == 0);
  REQUIRE(tree.disk.hash() != copy.hash());
}

TEST_CASE("a disk's hash is of what can be seen: names, sizes, bytes, links; not of objects' numbers") {
  Tree one;
  Tree other;
  REQUIRE(one.disk.hash() == other.disk.hash());
  const ObjectId late = other.disk.create(io::FileKind::file);
  other.disk.change(other.directory).names["a"] = late;
  REQUIRE(one.disk.hash() == other.disk.hash());
  other.disk.change(late).allocated.add(0, 1);
  REQUIRE(one.disk.hash() == other.disk.hash());
  REQUIRE(one.disk.hash_with_extents() != other.disk.hash_with_extents());
  one.disk.change(one.directory).names["b"] = one.file;
  other.disk.change(other.directory).names["b"] = other.disk.create(io::FileKind::file);
  REQUIRE(one.disk.hash() != other.disk.hash());
}

TEST_CASE("a directory that has two names, even inside itself, does not hang the walk") {
  Tree tree;
  tree.disk.change(tree.directory).names["again"] = tree.directory;
  REQUIRE(tree.disk.paths().size() == 3);
}

}  // namespace
}  // namespace wallop::sim
