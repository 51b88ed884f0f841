// SPDX-License-Identifier: Apache-2.0
// One piece in memory at a time.
#include "wal/copy_bytes.h"

#include <algorithm>
#include <array>
#include <memory>

#include "wal/zeros.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

constexpr std::size_t kCopiedAtOnce = 64U << 10;

}  // namespace

io::Status copy_bytes(io::File& from, io::File& to, std::uint64_t begin, std::uint64_t end) {
  const auto piece = std::make_unique_for_overwrite<std::array<std::byte, kCopiedAtOnce>>();
  for (std::uint64_t at = begin; at < end; at += kCopiedAtOnce) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, kCopiedAtOnce));
    auto got = from.read_at(at, std::span(*piece).first(wanted));
    if (!got) return io::Failure(std::move(got.error()));
    const io::Bytes bytes = io::Bytes(*piece).first(*got);
    if (is_zero(bytes)) continue;
    if (auto written = to.write_at(at, bytes); !written) return written;
  }
  return {};
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
