// SPDX-License-Identifier: Apache-2.0
// Changes to a directory that are worth a try: bytes of one piece, one of its numbers, whole pieces.
#include <algorithm>
#include <limits>

#include "base/choices.h"
#include "wal/fuzz/target.h"
#include "wal/little_endian.h"

namespace wallop::wal::fuzz {
namespace {

constexpr std::size_t kPiecesMax = 256;
constexpr std::size_t kFieldsEnd = 160;  // What the formats' fields lie before, within their pieces.

class ImageMutation {
 public:
  ImageMutation(std::vector<Piece>& pieces, std::uint64_t seed, const RawMutation& raw)
      : pieces_(pieces), draws_(seed), raw_(raw) {}

  void change() {
    switch (below(8)) {
      case 0:
      case 1:
        return change_bytes(any());
      case 2:
      case 3:
      case 4:
        return change_number(any());
      case 5:
        return erase();
      case 6:
        return copy_elsewhere();
      default:
        return move(any());
    }
  }
  std::uint64_t below(std::uint64_t bound) {
    return draws_.below(bound, base::site_number("fuzz.mutation"), draw_count_++);
  }

 private:
  Piece& any() { return pieces_[below(pieces_.size())]; }

  void change_bytes(Piece& piece) {
    std::vector<std::byte> room(piece.bytes);
    room.resize(std::min<std::size_t>(piece.bytes.size() + 256, kPieceBytesMax));
    room.resize(raw_(room, piece.bytes.size()));
    piece.bytes = std::move(room);
  }

  // To what is next to it, to an extreme, or to what stands in another piece.
  template <class Number>
  void change_number_at(Piece& piece, std::size_t at) {
    const auto old = load<Number>(&piece.bytes[at]);
    const Piece& other = any();
    const bool fits = at + sizeof(Number) <= other.bytes.size();
    const Number values[] = {static_cast<Number>(old + 1),
                             static_cast<Number>(old - 1),
                             0,
                             1,
                             static_cast<Number>(old * 2),
                             std::numeric_limits<Number>::max(),
                             fits ? load<Number>(&other.bytes[at]) : old};
    store(&piece.bytes[at], values[below(std::size(values))]);
  }
  void change_number(Piece& piece) {
    const std::size_t size = below(2) == 0 ? 4 : 8;
    const std::size_t end = std::min(piece.bytes.size(), kFieldsEnd);
    if (end < size) return;
    const std::size_t at = below((end - size) / 4 + 1) * 4;
    size == 4 ? change_number_at<std::uint32_t>(piece, at) : change_number_at<std::uint64_t>(piece, at);
  }

  void erase() { pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(below(pieces_.size()))); }
  void move(Piece& piece) {
    if (below(2) == 0) piece.file = any().file;
    const std::uint64_t steps = below(3) == 0 ? kBlockBytesMin / kLineBytes : 1;
    const std::uint64_t line = below(2) == 0 ? piece.line + steps : piece.line + kLinesMax - steps;
    piece.line = below(4) == 0 ? any().line : line % kLinesMax;
  }
  void copy_elsewhere() {
    if (pieces_.size() >= kPiecesMax) return;
    Piece copy = any();
    move(copy);
    pieces_.push_back(std::move(copy));
  }

  std::vector<Piece>& pieces_;
  base::Seeded draws_;
  const RawMutation& raw_;
  std::uint64_t draw_count_ = 0;
};

}  // namespace

std::size_t mutate_image(MutableBytes buffer, std::size_t size, std::uint64_t seed, const RawMutation& raw) {
  std::vector<Piece> pieces = read_image(buffer.first(size));
  if (pieces.empty()) return raw(buffer, size);
  ImageMutation mutation(pieces, seed, raw);
  const std::uint64_t count = 1 + mutation.below(3);
  for (std::uint64_t i = 0; i < count && !pieces.empty(); ++i) mutation.change();
  const std::uint64_t how = mutation.below(8);
  if (how != 0) mend_image(pieces, how < 4 ? Chains::keep : Chains::mend);
  const std::vector<std::byte> image = write_image(pieces, buffer.size());
  std::ranges::copy(image, buffer.begin());
  return image.size();
}

}  // namespace wallop::wal::fuzz
