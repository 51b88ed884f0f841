// SPDX-License-Identifier: Apache-2.0
// The bytes of small_log.h: frames made, and read back as far as they are whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/run/engine.h"

namespace wallop::scenarios::small_log {

inline constexpr std::size_t kHeaderBytes = 32;
inline constexpr std::size_t kFrameHeaderBytes = 32;

[[nodiscard]] std::string segment_name(std::uint64_t id);
[[nodiscard]] std::optional<std::uint64_t> segment_id(std::string_view name);

[[nodiscard]] std::vector<std::byte> header_of(std::uint64_t id, std::uint64_t first_lsn);
[[nodiscard]] std::vector<std::byte> frame_of(std::uint64_t id, std::uint64_t first_lsn,
                                              std::span<const KeyValue> records);

// A segment's header, where it is whole.
[[nodiscard]] std::optional<std::uint64_t> first_lsn_of(std::uint64_t id, io::Bytes segment);

// The records of one segment in order, up to the first frame that is not whole or does not go on.
class Frames {
 public:
  // `segment` outlives it, and has a whole header.
  Frames(std::uint64_t id, std::uint64_t first_lsn, io::Bytes segment)
      : id_(id), next_lsn_(first_lsn), rest_(segment.subspan(kHeaderBytes)) {}

  struct Found {
    std::uint64_t lsn = 0;
    KeyValue record;
  };
  [[nodiscard]] std::optional<Found> next();
  // Behind the last one that was found.
  [[nodiscard]] std::uint64_t next_lsn() const { return next_lsn_; }

 private:
  bool enter_frame();

  std::uint64_t id_, next_lsn_;
  io::Bytes rest_, payload_;
};

}  // namespace wallop::scenarios::small_log
