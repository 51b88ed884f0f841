// SPDX-License-Identifier: Apache-2.0
// wallop_wal_seeds DIR: writes the seed corpus of every target into DIR/TARGET/, from the sample logs.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/ensure.h"
#include "io/posix_world.h"
#include "wal/fuzz/sample_logs.h"
#include "wal/fuzz/target.h"
#include "wal/little_endian.h"
#include "wal/record.h"

namespace wallop::wal::fuzz {
namespace {

constexpr std::size_t kImageBytesMax = 1U << 20;

class Seeds {
 public:
  Seeds(io::World& world, std::string directory) : world_(world), directory_(std::move(directory)) {
    make(directory_);
    for (const Target& target : targets()) make(fmt::format("{}/{}", directory_, target.name));
  }

  // Each content once.
  void add(std::string_view target, std::string_view name, io::Bytes bytes) {
    const std::string path = fmt::format("{}/{}/{}", directory_, target, name);
    if (!paths_.emplace(std::pair(target, std::string(text_of(bytes))), path).second) return;
    auto file = world_.files.open(path, {.create = true});
    base::ensure(file && (*file)->truncate(0) && (*file)->write_at(0, bytes), "a seed is written");
  }

 private:
  void make(const std::string& directory) {
    const auto made = world_.files.make_directory(directory);
    base::ensure(made || made.error().code == io::Code::already_exists, "the directory of the seeds is made");
  }

  io::World& world_;
  std::string directory_;
  std::map<std::pair<std::string_view, std::string>, std::string> paths_;
};

// What a decoder's target takes: the place, and the bytes there, as the log of kFuzzUuid would have them.
std::vector<std::byte> decoder_input(const Piece& piece) {
  std::vector<std::byte> input(kPlaceBytes + piece.bytes.size());
  input[0] = static_cast<std::byte>(piece.file.value() - 1);
  store(&input[1], static_cast<std::uint16_t>(piece.line));
  const MutableBytes bytes = MutableBytes(input).subspan(kPlaceBytes);
  std::ranges::copy(piece.bytes, bytes.begin());
  mend_frame(bytes, kFuzzUuid, piece.file, piece.offset());
  mend_watermark(bytes, kFuzzUuid, piece.file, piece.offset());
  mend_footer(bytes, kFuzzUuid, piece.file, piece.offset());
  return input;
}

void add_frame(Seeds& seeds, const std::string& name, const Piece& piece) {
  seeds.add("frame", name, decoder_input(piece));
  const auto size = load<std::uint32_t>(&piece.bytes[frame_at::kPayloadBytes]);
  const io::Bytes payload = io::Bytes(piece.bytes).subspan(kFrameHeaderBytes).first(size);
  const bool is_records = piece.bytes[frame_at::kKind] == static_cast<std::byte>(FrameKind::records);
  seeds.add(is_records ? "record" : "link", name, payload);
}

void add_log(Seeds& seeds, const SampleLog& log) {
  std::vector<Piece> pieces = cut_into_pieces(log.files);
  mend_image(pieces, Chains::keep);  // Nothing to mend but the length of footers.
  seeds.add("recovery", log.name, write_image(pieces, kImageBytesMax));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const std::string name = fmt::format("{}_{:02}", log.name, i);
    if (piece.bytes.size() < kFrameHeaderBytes) continue;
    const auto magic = load<std::uint64_t>(piece.bytes.data());
    if (magic == kSegmentMagic) seeds.add("segment_header", name, decoder_input(piece));
    if (magic == kWatermarkMagic || magic == kFooterMagic) seeds.add("marks", name, decoder_input(piece));
    const bool is_frame = static_cast<std::uint32_t>(magic) == kFrameMagic;
    if (is_frame && log.name != "torn" && log.name != "torn_rotation") add_frame(seeds, name, piece);
  }
}

}  // namespace
}  // namespace wallop::wal::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: wallop_wal_seeds DIR\n");
    return 2;
  }
  wallop::io::PosixWorld posix(".");
  wallop::wal::fuzz::Seeds seeds(posix.world(), argv[1]);
  for (const auto& log : wallop::wal::fuzz::sample_logs()) wallop::wal::fuzz::add_log(seeds, log);
  return 0;
}
