// SPDX-License-Identifier: Apache-2.0
// The small language of the medium's tests: a trace of operations, written down without a file system, and
// disks as pictures.
//
//   Trace trace = Trace{}.create("a").sync_directory().write("a", 0, 1024, 'A').sync("a");
//   images(trace, "posix")         the set of all pictures at the trace's end
//
// A picture has one sign a sector: "a=AB.#" is a file of four sectors: As, Bs, zeros, garbage. A sector of
// several bytes is drawn by its runs, "a={A100 .412}", and so is a last one that ends early: "a={A100}". "d/"
// is a directory, "" an empty disk.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/explore/answers.h"
#include "sim/journal.h"
#include "sim/medium.h"

namespace wallop::sim {

inline constexpr std::uint64_t kSector = 512;
inline constexpr std::uint64_t kUnit = 4096;

class Trace {
 public:
  Trace& create(const std::string& path) { return make(faults::Verb::open, path); }
  Trace& make_directory(const std::string& path) { return make(faults::Verb::make_directory, path); }

  Trace& write(const std::string& path, std::uint64_t offset, std::uint64_t size, char fill) {
    return begin_write(path, offset, size, fill).end();
  }
  Trace& write_durable(const std::string& path, std::uint64_t offset, std::uint64_t size, char fill) {
    return add_write(faults::Verb::write_durable, path, offset, size, fill, nullptr).end();
  }
  // If power is lost while it is pending, only bytes [from, to) of it last.
  Trace& torn_write(const std::string& path, std::uint64_t offset, std::uint64_t size, char fill,
                    std::uint64_t from, std::uint64_t to) {
    faults::Effect effect;
    effect.lasting = {{from, to}};
    return add_write(faults::Verb::write, path, offset, size, fill, share(effect)).end();
  }
  Trace& lost_write(const std::string& path, std::uint64_t offset, std::uint64_t size, char fill) {
    return add_write(faults::Verb::write, path, offset, size, fill, share({.reach = faults::Reach::nothing}))
        .end();
  }
  Trace& begin_write(const std::string& path, std::uint64_t offset, std::uint64_t size, char fill) {
    return add_write(faults::Verb::write, path, offset, size, fill, nullptr);
  }
  Trace& truncate(const std::string& path, std::uint64_t size) {
    OpBegin begin = about(faults::Verb::truncate, path);
    begin.offset = size;
    begin.size_after = sizes_[begin.object] = size;
    return add(begin).end();
  }
  Trace& allocate(const std::string& path, std::uint64_t offset, std::uint64_t size) {
    OpBegin begin = about(faults::Verb::allocate, path);
    begin.offset = offset;
    begin.bytes = size;
    if (offset + size > sizes_[begin.object]) begin.size_after = sizes_[begin.object] = offset + size;
    return add(begin).end();
  }
  // An allocation that keeps the size.
  Trace& reserve(const std::string& path, std::uint64_t offset, std::uint64_t size) {
    OpBegin begin = about(faults::Verb::allocate, path);
    begin.offset = offset;
    begin.bytes = size;
    return add(begin).end();
  }

  Trace& sync(const std::string& path) { return begin_sync(path).end(); }
  Trace& begin_sync(const std::string& path) { return add(about(faults::Verb::sync, path)); }
  Trace& sync_all(const std::string& path) { return add(about(faults::Verb::sync_all, path)).end(); }
  Trace& sync_directory(const std::string& path = "") {
    return add(about(faults::Verb::sync_directory, path)).end();
  }
  // Says that it failed, and moved nothing.
  Trace& failed_sync(const std::string& path) {
    OpBegin begin = about(faults::Verb::sync, path);
    begin.effect = share({.os_error = 5, .reach = faults::Reach::nothing});
    return add(begin).end(5);
  }
  // Says that all is well, and moved nothing.
  Trace& lost_sync(const std::string& path) {
    OpBegin begin = about(faults::Verb::sync, path);
    begin.effect = share({.reach = faults::Reach::nothing});
    return add(begin).end();
  }
  Trace& read(const std::string& path) { return add(about(faults::Verb::read, path)).end(); }
  Trace& read_stored(const std::string& path) {
    OpBegin begin = about(faults::Verb::read_stored, path);
    begin.bytes = sizes_[begin.object];
    return add(begin).end();
  }

  Trace& rename(const std::string& from, const std::string& to) {
    OpBegin begin = about(faults::Verb::rename, from);
    begin.names = {slot(from, kNoObject), slot(to, begin.object)};
    objects_.erase(from);
    objects_[to] = begin.object;
    return add(begin).end();
  }
  Trace& link(const std::string& existing, const std::string& created) {
    OpBegin begin = about(faults::Verb::link, existing);
    begin.names = {slot(created, begin.object)};
    objects_[created] = begin.object;
    return add(begin).end();
  }
  Trace& remove(const std::string& path) {
    OpBegin begin = about(faults::Verb::remove, path);
    begin.names = {slot(path, kNoObject)};
    objects_.erase(path);
    return add(begin).end();
  }

  // The operation that began last, or the one that began `before` others, ends.
  Trace& end(int os_error = 0, std::uint64_t before = 0) {
    const OpBegin& begin = begins_.at(begins_.size() - 1 - before);
    entries_.push_back(Entry{{}, 0, OpEnd{begin.op, begin.verb, begin.object, os_error, 0}});
    return *this;
  }
  // Without the entry that stands `before` others from the end.
  Trace& without(std::size_t before) {
    entries_.erase(entries_.end() - 1 - static_cast<std::ptrdiff_t>(before));
    return *this;
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] ObjectId object(const std::string& path) const { return objects_.at(path); }

 private:
  static std::shared_ptr<const faults::Effect> share(faults::Effect effect) {
    return std::make_shared<const faults::Effect>(std::move(effect));
  }

  OpBegin about(faults::Verb verb, const std::string& path) {
    OpBegin begin;
    begin.op = begins_.size() + 1;
    begin.verb = verb;
    begin.object = objects_.at(path);
    return begin;
  }
  Trace& add(OpBegin begin) {
    begins_.push_back(begin);
    entries_.push_back(Entry{{}, 0, std::move(begin)});
    return *this;
  }
  Trace& make(faults::Verb verb, const std::string& path) {
    objects_[path] = next_object_;
    next_object_ = next_object_.next();
    OpBegin begin = about(verb, path);
    begin.creates = true;
    begin.names = {slot(path, begin.object)};
    return add(begin).end();
  }
  Trace& add_write(faults::Verb verb, const std::string& path, std::uint64_t offset, std::uint64_t size,
                   char fill, std::shared_ptr<const faults::Effect> effect) {
    OpBegin begin = about(verb, path);
    const std::string bytes(size, fill == '.' ? '\0' : fill);
    begin.offset = offset;
    begin.bytes = size;
    begin.payload = Payload::of(std::as_bytes(std::span(bytes)));
    begin.effect = std::move(effect);
    if (offset + size > sizes_[begin.object]) begin.size_after = sizes_[begin.object] = offset + size;
    return add(begin);
  }
  NameChange slot(const std::string& path, ObjectId object) const {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    return {objects_.at(directory), std::make_shared<const std::string>(path.substr(slash + 1)), object};
  }

  std::vector<Entry> entries_;
  std::vector<OpBegin> begins_;
  std::map<std::string, ObjectId> objects_{{"", kRootDirectory}};
  std::map<ObjectId, std::uint64_t> sizes_;
  ObjectId next_object_{2};
};

// ---- Pictures ----

inline char sign_of(char byte) {
  if (byte == '\0') return '.';
  return byte == static_cast<char>(0xA5) ? '#' : byte;
}

inline std::string draw_sector(std::string_view sector) {
  std::string runs;
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= sector.size(); ++end) {
    if (end < sector.size() && sector[end] == sector[begin]) continue;
    if (begin == 0 && end == kSector) return {sign_of(sector[0])};
    runs += fmt::format("{}{}{}", runs.empty() ? "" : " ", sign_of(sector[begin]), end - begin);
    begin = end;
  }
  return "{" + runs + "}";
}

// A file's sectors, or "/" for a directory, by path.
using Picture = std::map<std::string, std::vector<std::string>>;

inline Picture picture(const Disk& disk) {
  Picture drawn;
  for (const auto& [path, object] : disk.paths()) {
    const Inode& inode = *disk.find(object);
    std::vector<std::string>& sectors = drawn[path];
    if (inode.kind == io::FileKind::directory) sectors.emplace_back("/");
    std::string bytes(inode.size, '\0');
    inode.content.read(0, std::as_writable_bytes(std::span(bytes)));
    for (std::size_t at = 0; at < bytes.size(); at += kSector)
      sectors.push_back(draw_sector(std::string_view(bytes).substr(at, kSector)));
  }
  return drawn;
}

inline std::string draw(const Picture& drawn) {
  std::string text;
  for (const auto& [path, sectors] : drawn) {
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", path,
                        sectors == std::vector<std::string>{"/"} ? "" : "=");
    for (const std::string& sector : sectors) text += sector;
  }
  return text;
}
inline std::string draw(const Disk& disk) {
  return draw(picture(disk));
}

// ---- Images ----

using Pictures = std::set<std::string>;

inline Medium medium_at(const std::vector<Entry>& entries, std::string_view model, std::size_t cut) {
  Medium medium(*find_model(model), Disk());
  for (std::size_t i = 0; i < cut; ++i) medium.apply(entries[i]);
  return medium;
}
inline Medium medium_at(const Trace& trace, std::string_view model) {
  return medium_at(trace.entries(), model, trace.entries().size());
}

inline Pictures images(const Medium& medium) {
  Pictures found;
  EveryChoice every;
  std::uint64_t count = 0;
  do {
    found.insert(draw(medium.image(Crash::power_loss, every)));
    ++count;
  } while (every.next());
  REQUIRE(count <= medium.image_count_max());
  return found;
}
inline Pictures images(const Trace& trace, std::string_view model) {
  return images(medium_at(trace, model));
}

// Every picture that can be made of one choice from each list: {"a=", "b="} x {"A", "."} is four.
inline Pictures product(const std::vector<std::vector<std::string>>& lists) {
  Pictures made{""};
  for (const auto& list : lists) {
    Pictures longer;
    for (const std::string& text : made) {
      for (const std::string& piece : list) longer.insert(text + piece);
    }
    made = std::move(longer);
  }
  return made;
}
inline Pictures operator+(Pictures one, const Pictures& other) {
  one.insert(other.begin(), other.end());
  return one;
}

}  // namespace wallop::sim
