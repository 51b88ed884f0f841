// SPDX-License-Identifier: Apache-2.0
// A second reading of docs/log-format.md. The numbers are that page's, written out again.
#include "scenarios/run/engines/wal_evidence.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace wallop::scenarios {
namespace {

constexpr std::uint64_t kLine = 64;  // Whatever proves something begins at a multiple of this.

constexpr std::uint64_t kHeaderMagic = 0x3153504f4c4c4157;     // "WALLOPS1"
constexpr std::uint64_t kWatermarkMagic = 0x3157504f4c4c4157;  // "WALLOPW1"
constexpr std::uint64_t kFooterMagic = 0x3146504f4c4c4157;     // "WALLOPF1"
constexpr std::uint64_t kFrameMagic = 0x314d5246;              // "FRM1"
constexpr std::uint64_t kLinkKind = 2;

using Content = std::vector<std::byte>;

// Little-endian; zero beyond the end, as where a file is shorter than its segment.
std::uint64_t number(const Content& bytes, std::uint64_t at, unsigned size) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < size && at + i < bytes.size(); ++i)
    value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}
std::uint64_t u64(const Content& bytes, std::uint64_t at) {
  return number(bytes, at, 8);
}
std::uint32_t u32(const Content& bytes, std::uint64_t at) {
  return static_cast<std::uint32_t>(number(bytes, at, 4));
}

// CRC32C, bit by bit.
class Crc {
 public:
  Crc& add(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) add_byte((value >> (8 * i)) & 0xff);
    return *this;
  }
  Crc& add(const Content& bytes, std::uint64_t at, std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) add_byte(number(bytes, at + i, 1));
    return *this;
  }
  [[nodiscard]] std::uint32_t value() const { return ~state_; }

 private:
  void add_byte(std::uint64_t byte) {
    state_ ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) state_ = (state_ >> 1) ^ ((state_ & 1) != 0 ? 0x82f63b78U : 0);
  }
  std::uint32_t state_ = ~0U;
};

using Uuid = std::pair<std::uint64_t, std::uint64_t>;

Uuid uuid_at(const Content& bytes, std::uint64_t at) {
  return {u64(bytes, at), u64(bytes, at + 8)};
}

// Counter, then nonce: the order in which recoveries come.
using Epoch = std::pair<std::uint32_t, std::uint32_t>;

Epoch epoch_at(const Content& bytes, std::uint64_t at) {
  return {u32(bytes, at), u32(bytes, at + 4)};
}

struct File {
  std::uint64_t segment = 0;
  Content bytes;
};

// Every checksum begins with whose it is and where it stands.
Crc seeded(const Uuid& uuid, std::uint64_t segment, const Epoch& epoch, std::uint64_t offset) {
  return Crc()
      .add(uuid.first, 8)
      .add(uuid.second, 8)
      .add(segment, 8)
      .add(epoch.first, 4)
      .add(epoch.second, 4)
      .add(offset, 8);
}

// Of the header copy there, where it validates and is of the file that has this name.
std::optional<Uuid> uuid_in_header(const File& file, std::uint64_t at) {
  const Content& bytes = file.bytes;
  if (u64(bytes, at) != kHeaderMagic || u64(bytes, at + 32) != file.segment) return std::nullopt;
  const Uuid uuid = uuid_at(bytes, at + 16);
  const Crc crc = seeded(uuid, file.segment, epoch_at(bytes, at + 40), at).add(bytes, at, 124);
  return crc.value() == u32(bytes, at + 124) ? std::optional(uuid) : std::nullopt;
}

// What one file of the log proves. Each function reads what may begin at `at`; 0 is no proof.
class Proofs {
 public:
  Proofs(const File& file, const Uuid& uuid) : file_(file), bytes_(file.bytes), uuid_(uuid) {}

  [[nodiscard]] std::uint64_t highest() const {
    std::uint64_t highest = 0;
    for (std::uint64_t at = 0; at < bytes_.size(); at += kLine)
      highest = std::max({highest, of_watermark(at), of_footer(at), of_frame(at)});
    return highest;
  }

 private:
  [[nodiscard]] Crc seed(std::uint64_t epoch_at_offset, std::uint64_t offset) const {
    return seeded(uuid_, file_.segment, epoch_at(bytes_, epoch_at_offset), offset);
  }

  [[nodiscard]] std::uint64_t of_watermark(std::uint64_t at) const {
    if (u64(bytes_, at) != kWatermarkMagic || uuid_at(bytes_, at + 8) != uuid_) return 0;
    if (seed(at + 40, at).add(bytes_, at, 60).value() != u32(bytes_, at + 60)) return 0;
    return u64(bytes_, at + 24);
  }

  // A record of the segment behind it is durable, too.
  [[nodiscard]] std::uint64_t of_footer(std::uint64_t at) const {
    if (u64(bytes_, at) != kFooterMagic || uuid_at(bytes_, at + 8) != uuid_) return 0;
    const std::uint64_t entry_bytes = 24ULL * std::min(u32(bytes_, at + 68), 18U);
    const Crc crc = seed(at + 24, at).add(bytes_, at, 76).add(bytes_, at + 80, entry_bytes);
    return crc.value() == u32(bytes_, at + 76) ? u64(bytes_, at + 40) + 1 : 0;
  }

  // Its header is enough: what it says was so when the frame was built, whatever became of the payload.
  [[nodiscard]] std::uint64_t of_frame(std::uint64_t at) const {
    if (u32(bytes_, at) != kFrameMagic) return 0;
    const Crc crc = seed(at + 36, at).add(bytes_, at, 4).add(0, 4).add(bytes_, at + 8, 56);
    if (crc.value() != u32(bytes_, at + 4)) return 0;
    return std::max(u64(bytes_, at + 16), of_seal(at));
  }

  // A recovery's link: it had made the segment that it names durable up to the end that it names.
  [[nodiscard]] std::uint64_t of_seal(std::uint64_t at) const {
    const std::uint64_t payload = at + kLine;
    const std::uint32_t payload_bytes = u32(bytes_, at + 24);
    if (number(bytes_, at + 48, 1) != kLinkKind || payload + payload_bytes > bytes_.size()) return 0;
    if (seed(at + 36, payload).add(bytes_, payload, payload_bytes).value() != u32(bytes_, at + 28)) return 0;
    return epoch_at(bytes_, payload + 28) < epoch_at(bytes_, at + 36) ? u64(bytes_, payload + 16) : 0;
  }

  const File& file_;
  const Content& bytes_;
  const Uuid& uuid_;
};

// 16 hexadecimal digits and ".wal".
std::optional<std::uint64_t> segment_in(const std::string& name) {
  if (name.size() != 20 || !name.ends_with(".wal")) return std::nullopt;
  std::uint64_t segment = 0;
  for (const char digit : name.substr(0, 16)) {
    const std::size_t value = std::string_view("0123456789abcdef").find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    segment = 16 * segment + value;
  }
  return segment;
}

io::Result<std::vector<File>> read_files(io::World& world, const std::string& directory) {
  const auto names = world.files.list(directory);
  if (!names) return io::Failure(names.error());
  std::vector<File> files;
  for (const std::string& name : *names) {
    const auto segment = segment_in(name);
    if (!segment) continue;
    auto opened = world.files.open(directory + "/" + name, {.read_only = true});
    if (!opened) return io::Failure(std::move(opened.error()));
    const auto size = (*opened)->size();
    if (!size) return io::Failure(size.error());
    File file{*segment, Content(*size)};
    const auto got = (*opened)->read_at(0, file.bytes);
    if (!got) return io::Failure(got.error());
    file.bytes.resize(*got);
    files.push_back(std::move(file));
  }
  return files;
}

// The second copy stands in the second block, and blocks are powers of two.
std::optional<Uuid> uuid_of(const std::vector<File>& files) {
  for (const File& file : files) {
    if (const auto uuid = uuid_in_header(file, 0)) return uuid;
    for (std::uint64_t block = 512; block <= (1U << 20); block *= 2)
      if (const auto uuid = uuid_in_header(file, block)) return uuid;
  }
  return std::nullopt;
}

}  // namespace

io::Result<std::uint64_t> proven_by_bytes(io::World& world, const std::string& directory,
                                          const EngineOptions&) {
  const auto files = read_files(world, directory);
  if (!files) return io::Failure(files.error());
  const auto uuid = uuid_of(*files);
  std::uint64_t highest = 0;
  if (!uuid) return highest;
  for (const File& file : *files) highest = std::max(highest, Proofs(file, *uuid).highest());
  return highest;
}

}  // namespace wallop::scenarios
