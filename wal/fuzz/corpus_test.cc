// SPDX-License-Identifier: Apache-2.0
// The corpus without a fuzzer: every seed, and the input of every finding there ever was.
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "io/posix_world.h"
#include "wal/fuzz/memory_world.h"
#include "wal/fuzz/sample_logs.h"
#include "wal/fuzz/target.h"
#include "wal/wal.h"

namespace wallop::wal::fuzz {
namespace {

class Corpus {
 public:
  explicit Corpus(const Target& target) : directory_("wal/fuzz/corpus/" + std::string(target.name)) {
    const auto names = posix_.world().files.list(directory_);
    if (names) names_ = *names;
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  std::vector<std::byte> read(const std::string& name) {
    auto file = posix_.world().files.open(directory_ + "/" + name, {.read_only = true});
    REQUIRE(file.has_value());
    std::vector<std::byte> bytes((*file)->size().value());
    REQUIRE((*file)->read_at(0, bytes) == bytes.size());
    return bytes;
  }

 private:
  io::PosixWorld posix_{WALLOP_SOURCE_DIR};
  std::string directory_;
  std::vector<std::string> names_;
};

std::string broken_by(const Target& target, io::Bytes input) {
  Sentences sentences;
  target.run(input, sentences);
  return sentences.broken();
}

RecoveryInfo look_at(std::span<const Piece> pieces) {
  testing::MemoryWorld memory;
  lay_out(pieces, memory.files());
  return Wal::inspect(memory.world(), testing::memory_options()).value();
}

std::vector<Piece> sample(std::string_view name) {
  for (const SampleLog& log : sample_logs())
    if (log.name == name) return cut_into_pieces(log.files);
  FAIL("no sample log is named " << name);
  return {};
}

// A frame of records in the first segment.
Piece& first_records(std::vector<Piece>& pieces) {
  for (Piece& piece : pieces) {
    const bool is_frame = piece.bytes.size() > kFrameHeaderBytes && piece.offset() > 4 * kBlockBytesMin;
    if (is_frame) return piece;
  }
  FAIL("the sample has no frame of records");
  return pieces.front();
}

TEST_CASE("every seed and every past finding keeps all sentences of its target") {
  for (const Target& target : targets()) {
    Corpus corpus(target);
    REQUIRE(corpus.names().size() >= 3);
    for (const std::string& name : corpus.names()) {
      INFO(target.name << "/" << name);
      REQUIRE(broken_by(target, corpus.read(name)) == "");
    }
  }
}

TEST_CASE("the sample logs keep all sentences, whole and cut short anywhere") {
  for (const SampleLog& log : sample_logs()) {
    const auto image = write_image(cut_into_pieces(log.files), 1U << 20);
    for (std::size_t size = image.size(); size > 0; size -= std::min<std::size_t>(size, 97)) {
      INFO(log.name << ", the first " << size << " bytes");
      REQUIRE(broken_by(kRecoveryTarget, io::Bytes(image).first(size)) == "");
    }
  }
}

// Goal: seeds of an older format would be refused at their first checksum, and fuzz nothing.
TEST_CASE("the seeds of recovery are of today's format") {
  Corpus corpus(kRecoveryTarget);
  std::size_t with_records = 0;
  for (const SampleLog& log : sample_logs()) {
    const auto bytes = corpus.read(log.name);
    if (look_at(read_image(bytes)).valid_records > 0) ++with_records;
  }
  REQUIRE(with_records >= 10);
}

TEST_CASE("the seeds of recovery end in each way that a log can end") {
  Corpus corpus(kRecoveryTarget);
  std::set<TailState> tails;
  for (const SampleLog& log : sample_logs()) tails.insert(look_at(read_image(corpus.read(log.name))).tail);
  REQUIRE(tails.size() == 4);
}

TEST_CASE("an image stands for the directory that it was cut from") {
  for (const SampleLog& log : sample_logs()) {
    testing::MemoryFiles files;
    lay_out(cut_into_pieces(log.files), files);
    INFO(log.name);
    for (const auto& [path, bytes] : files.contents()) REQUIRE(log.files.at(path) == bytes);
  }
}

TEST_CASE("a changed record is refused, and taken once its checksums are mended") {
  std::vector<Piece> pieces = sample("closed");
  const std::uint64_t before = look_at(pieces).valid_records;
  first_records(pieces).bytes[kFrameHeaderBytes + 4] ^= std::byte{1};
  REQUIRE(look_at(pieces).valid_records < before);
  mend_image(pieces, Chains::mend);
  REQUIRE(look_at(pieces).valid_records == before);
}

TEST_CASE("a low water behind its own segment is none: the log is refused, and keeps its files") {
  std::vector<Piece> pieces = sample("low_water");
  bool is_forged = false;
  for (Piece& piece : pieces) {
    const bool is_control = piece.bytes.size() >= kControlFrameBytes - kFrameAlignment + control_at::kEnd &&
                            piece.offset() > 4 * kBlockBytesMin &&
                            piece.bytes[frame_at::kKind] == static_cast<std::byte>(FrameKind::control);
    if (!is_control) continue;
    piece.bytes[kFrameHeaderBytes + control_at::kLowWater] = std::byte{7};
    is_forged = true;
  }
  REQUIRE(is_forged);
  mend_image(pieces, Chains::mend);
  testing::MemoryWorld memory;
  lay_out(pieces, memory.files());
  const auto before = memory.files().contents();
  const auto opened = Wal::open(memory.world(), testing::memory_options());
  REQUIRE_FALSE(opened.has_value());
  REQUIRE(opened.error().code == io::Code::corrupt);
  REQUIRE(memory.files().contents() == before);
}

TEST_CASE("mending changes nothing where nothing is to be mended") {
  for (const std::string_view name : {"closed", "rotated_with_marks", "reopened", "shapes", "low_water"}) {
    std::vector<Piece> pieces = sample(name);
    mend_image(pieces, Chains::keep);  // Gives footers their full length.
    const auto before = write_image(pieces, 1U << 20);
    mend_image(pieces, Chains::mend);
    INFO(name);
    REQUIRE(write_image(pieces, 1U << 20) == before);
  }
}

// Goal: most changes get past the checksums, or the fuzzer wastes its time. Method: one byte in each, by
// turns.
TEST_CASE("at least one in four changed images still holds records") {
  const auto image = write_image(sample("rotated_with_marks"), 1U << 20);
  std::size_t count = 0;
  constexpr std::uint64_t kTries = 400;
  for (std::uint64_t seed = 0; seed < kTries; ++seed) {
    std::vector<std::byte> buffer(image);
    buffer.resize(2 * image.size());
    const RawMutation raw = [&](MutableBytes bytes, std::size_t size) {
      if (size != 0) bytes[seed * 31 % size] ^= std::byte{0x10};
      return size;
    };
    const std::size_t size = mutate_image(buffer, image.size(), seed, raw);
    Sentences sentences;
    kRecoveryTarget.run(io::Bytes(buffer).first(size), sentences);
    REQUIRE(sentences.broken() == "");
    testing::MemoryWorld memory;
    lay_out(read_image(io::Bytes(buffer).first(size)), memory.files());
    const auto info = Wal::inspect(memory.world(), testing::memory_options());
    if (info && info->valid_records > 0) ++count;
  }
  REQUIRE(count >= kTries / 4);
}

}  // namespace
}  // namespace wallop::wal::fuzz
