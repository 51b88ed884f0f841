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
// Of all images together: a set that no memory holds is no answer.
constexpr std::uint64_t kImageBytesMax = 256ULL << 20;

std::uint64_t bytes_of(const PlainImage& image) {
  std::uint64_t bytes = 0;
  for (const auto& [path, content] : image.files) bytes += content.size();
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
  played.entries = world.journal().entries();
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

std::optional<std::set<PlainImage>> images_of(const Medium& medium, const Alphabet& alphabet,
                                              std::size_t image_max) {
  std::set<PlainImage> images;
  EveryChoice every;
  std::uint64_t walked = 0, bytes = 0;
  do {
    const auto [image, is_new] = images.insert(plain(medium.image(Crash::power_loss, every, alphabet)));
    if (is_new) bytes += bytes_of(*image);
    ++walked;
    if (images.size() > image_max || bytes > kImageBytesMax || walked / kWalksPerImageMax > image_max)
      return std::nullopt;
  } while (every.next());
  return images;
}

}  // namespace wallop::sim
