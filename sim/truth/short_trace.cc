// SPDX-License-Identifier: Apache-2.0
// Drawing operations until so many of them can be done.
#include "sim/truth/short_trace.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>

namespace wallop::sim {
namespace {

using Kind = TraceOp::Kind;

constexpr std::array<std::string_view, 3> kFiles{"a", "b", "d/a"};
constexpr std::array<std::uint64_t, 6> kOffsets{0, 300, 512, 1024, 3900, 4096};
constexpr std::array<std::uint64_t, 5> kSizes{100, 512, 700, 1024, 4500};
constexpr std::array<std::uint64_t, 7> kEnds{0, 100, 512, 800, 3900, 4096, 5000};
constexpr std::uint64_t kFileBytesMax = 9000;

// Writes and syncs make most of what there is to get wrong.
constexpr std::array kKinds{Kind::write,          Kind::write,          Kind::write,    Kind::write,
                            Kind::write_durable,  Kind::truncate,       Kind::truncate, Kind::allocate,
                            Kind::sync,           Kind::sync,           Kind::sync_all, Kind::sync_directory,
                            Kind::sync_directory, Kind::rename,         Kind::rename,   Kind::link,
                            Kind::remove,         Kind::make_directory, Kind::create,   Kind::create};

class Writer {
 public:
  Writer(base::Draws& draws, std::uint64_t number) : draws_(draws), number_(number) {}

  Trace write(std::size_t op_max) {
    const std::size_t count = 1 + below(op_max);
    if (below(2) == 0) settle_file();
    constexpr int kTriesMax = 200;
    for (int i = 0; trace_.size() < count + settled_ && i < kTriesMax; ++i) try_one();
    return std::move(trace_);
  }

 private:
  std::uint64_t below(std::uint64_t bound) {
    constexpr std::uint64_t kSite = base::site_number("truth.short_trace");
    return draws_.below(bound, kSite + number_, ordinal_++);
  }
  template <class Array>
  auto one_of(const Array& from) {
    return from[below(from.size())];
  }

  // A file with a durable sector or two, and more often than not a durable name.
  void settle_file() {
    add({.kind = Kind::create, .path = "a"});
    add(fill({.kind = Kind::write, .path = "a", .bytes = one_of(kSizes)}));
    add({.kind = below(3) == 0 ? Kind::sync : Kind::sync_all, .path = "a"});
    if (below(3) != 0) add({.kind = Kind::sync_directory, .path = "."});
    settled_ = trace_.size();
  }

  TraceOp fill(TraceOp op) {
    op.fill = static_cast<char>('A' + trace_.size());
    return op;
  }

  void try_one() {
    TraceOp op{.kind = one_of(kKinds), .path = std::string(one_of(kFiles))};
    const auto file = sizes_.find(op.path);
    switch (op.kind) {
      case Kind::make_directory:
      case Kind::sync_directory:
        op.path = below(2) == 0 ? "d" : ".";
        if (op.kind == Kind::make_directory ? op.path == "." || has_directory_
                                            : op.path == "d" && !has_directory_)
          return;
        return add(op);
      case Kind::create:
        if (file != sizes_.end() || !has_place(op.path)) return;
        return add(op);
      case Kind::rename:
      case Kind::link:
        op.to = one_of(kFiles);
        if (file == sizes_.end() || op.to == op.path || !has_place(op.to)) return;
        if (op.kind == Kind::link && sizes_.contains(op.to)) return;
        if (sizes_.contains(op.to) && sizes_.at(op.to) == file->second) return;
        return add(op);
      default:
        if (file != sizes_.end()) on_file(op, *file->second);
    }
  }

  void on_file(TraceOp op, std::uint64_t size) {
    if (op.kind == Kind::write || op.kind == Kind::write_durable) {
      op.offset = below(2) == 0 ? size : one_of(kOffsets);
      op.bytes = one_of(kSizes);
      if (op.offset + op.bytes > kFileBytesMax) return;
      op = fill(op);
    } else if (op.kind == Kind::allocate) {
      op.offset = one_of(kOffsets);
      op.bytes = one_of(kSizes);
      op.keep_size = below(2) == 0;
    } else if (op.kind == Kind::truncate) {
      op.bytes = one_of(kEnds);
    }
    add(op);
  }

  [[nodiscard]] bool has_place(const std::string& path) const { return has_directory_ || path[0] != 'd'; }

  void add(const TraceOp& op) {
    trace_.push_back(op);
    if (op.kind == Kind::make_directory) has_directory_ = true;
    if (op.kind == Kind::create) sizes_[op.path] = std::make_shared<std::uint64_t>(0);
    if (op.kind == Kind::link || op.kind == Kind::rename) sizes_[op.to] = sizes_.at(op.path);
    if (op.kind == Kind::rename || op.kind == Kind::remove) sizes_.erase(op.path);
    const bool grows = op.kind == Kind::write || op.kind == Kind::write_durable ||
                       (op.kind == Kind::allocate && !op.keep_size);
    if (grows) *sizes_.at(op.path) = std::max(*sizes_.at(op.path), op.offset + op.bytes);
    if (op.kind == Kind::truncate) *sizes_.at(op.path) = op.bytes;
  }

  base::Draws& draws_;
  std::uint64_t number_;
  std::uint64_t ordinal_ = 0;
  Trace trace_;
  std::size_t settled_ = 0;
  bool has_directory_ = false;
  std::map<std::string, std::shared_ptr<std::uint64_t>, std::less<>> sizes_;  // By name; one file, one size.
};

}  // namespace

Trace short_trace(base::Draws& draws, std::uint64_t number, std::size_t op_max) {
  return Writer(draws, number).write(op_max);
}

}  // namespace wallop::sim
