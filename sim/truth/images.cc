// SPDX-License-Identifier: Apache-2.0
// Playing a trace, and walking its images.
#include "sim/truth/images.h"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "sim/explore/answers.h"
#include "sim/world.h"

namespace wallop::sim {
namespace {

using Kind = TraceOp::Kind;

// Different answers may leave the same image: so many walks for one are given up.
constexpr std::uint64_t kWalksPerImageMax = 256;
// What an image, or a name in it, takes beside the letters and the bytes.
constexpr std::uint64_t kNodeBytes = 160;

// Known before it is written down: an image can be larger than memory.
std::uint64_t bytes_of(const Disk& disk) {
  std::uint64_t bytes = kNodeBytes;
  for (const auto& [path, object] : disk.paths()) bytes += kNodeBytes + path.size() + disk.find(object)->size;
  return bytes;
}

io::Status write(io::File& file, const TraceOp& op) {
  const std::string bytes(op.bytes, op.fill);
  const std::array<io::Bytes, 1> piece{std::as_bytes(std::span(bytes))};
  return op.kind == Kind::write_durable ? file.write_durable_at(op.offset, piece)
                                        : file.write_at(op.offset, piece);
}

io::Status on_file(io::File& file, const TraceOp& op) {
  switch (op.kind) {
    case Kind::write:
    case Kind::write_durable:
      return write(file, op);
    case Kind::truncate:
      return file.truncate(op.bytes);
    case Kind::allocate:
      return file.allocate(op.offset, op.bytes, op.keep_size ? io::KeepSize::yes : io::KeepSize::no);
    case Kind::sync:
      return file.sync();
    default:
      return file.sync_all();
  }
}

io::Status play_one(io::FileSystem& files, const TraceOp& op) {
  switch (op.kind) {
    case Kind::make_directory:
      return files.make_directory(op.path);
    case Kind::sync_directory:
      return files.sync_directory(op.path);
    case Kind::rename:
      return files.rename(op.path, op.to);
    case Kind::link:
      return files.link(op.path, op.to);
    case Kind::remove:
      return files.remove(op.path);
    default: {
      const bool creates = op.kind == Kind::create;
      auto file = files.open(op.path, {.create = creates, .exclusive = creates});
      if (!file) return io::Failure(std::move(file.error()));
      return creates ? io::Status() : on_file(**file, op);
    }
  }
}

}  // namespace

std::expected<Played, TraceProblem> play(const Trace& trace, const ModelSpec& model) {
  World world({.model = &model});
  Played played;
  played.cuts.push_back(0);
  std::optional<TraceProblem> problem;
  world.run([&] {
    for (const TraceOp& op : trace) {
      if (auto done = play_one(world.io().files, op); !done) {
        problem = TraceProblem{op.line, io::describe(done.error())};
        return;
      }
      played.cuts.push_back(world.journal().count());
    }
  });
  if (problem) return std::unexpected(std::move(*problem));
  const Entries& kept = world.journal().entries();
  played.entries.assign(kept.begin(), kept.end());
  return played;
}

PlainImage plain(const Disk& disk) {
  PlainImage image;
  for (const auto& [path, object] : disk.paths()) {
    const Inode& inode = *disk.find(object);
    if (inode.kind == io::FileKind::directory) {
      image.directories.insert(path);
      continue;
    }
    std::string bytes(inode.size, '\0');
    inode.content.read(0, std::as_writable_bytes(std::span(bytes)));
    image.files.emplace(path, std::move(bytes));
  }
  return image;
}

ImageSet::End ImageSet::add(const Medium& medium, const Alphabet& alphabet) {
  EveryChoice every;
  std::uint64_t walk_count = 0;
  do {
    if (interrupted_()) return End::interrupted;
    const Disk disk = medium.image(Crash::power_loss, every, alphabet);
    const std::uint64_t bytes = bytes_of(disk);
    if (bytes > kImageBytesMax) return End::too_large;
    const bool is_new = images_.insert(plain(disk)).second;
    if (is_new) bytes_ += bytes;
    if (images_.size() > image_max_) return End::too_many;
    if (bytes_ > kImageBytesMax) return End::too_large;
    if (++walk_count / kWalksPerImageMax > image_max_) return End::too_alike;
  } while (every.next());
  return End::all;
}

std::optional<std::set<PlainImage>> images_of(const Medium& medium, const Alphabet& alphabet,
                                              std::size_t image_max) {
  ImageSet set(image_max);
  if (set.add(medium, alphabet) != ImageSet::End::all) return std::nullopt;
  return std::move(set).take();
}

}  // namespace wallop::sim
