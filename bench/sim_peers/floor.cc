// SPDX-License-Identifier: Apache-2.0
// The floor: no file system, no model, no log. What is left is the copying, tearing and checking that every
// crash simulator has to do somehow.
#include <xxhash.h>

#include <cstring>
#include <memory>
#include <vector>

#include "bench/sim_peers/sim_task.h"
#include "wal/crc32c.h"

namespace wallop::bench {
namespace {

constexpr std::uint64_t kOpsPerList = 8192;
constexpr std::size_t kSectorBytes = 512;

struct Written {
  std::uint64_t offset = 0;
  std::unique_ptr<char[]> bytes;
  std::uint64_t hash = 0;
};

std::uint32_t checksum(const char* bytes, std::size_t count) {
  return wal::crc32c(std::as_bytes(std::span(bytes, count)));
}

// Records behind one another: crc, length, bytes.
struct Image {
  std::string bytes;
  std::vector<std::size_t> ends;
};

Image image_of(std::uint64_t count) {
  Image image;
  const std::string record(kRecordBytes, 'r');
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto length = static_cast<std::uint32_t>(record.size());
    const std::uint32_t crc = checksum(record.data(), record.size()) ^ length;
    image.bytes.append(reinterpret_cast<const char*>(&crc), sizeof crc);
    image.bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
    image.bytes += record;
    image.ends.push_back(image.bytes.size());
  }
  return image;
}

std::uint64_t valid_records(const std::string& bytes) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at + 8 <= bytes.size(); ++count) {
    std::uint32_t crc = 0, length = 0;
    std::memcpy(&crc, bytes.data() + at, sizeof crc);
    std::memcpy(&length, bytes.data() + at + sizeof crc, sizeof length);
    if (length == 0 || length > bytes.size() - at - 8 ||
        (checksum(bytes.data() + at + 8, length) ^ length) != crc)
      break;
    at += 8 + length;
  }
  return count;
}

}  // namespace

Numbers floor_pwrite(const SimTask& task) {
  const std::string text(task.record_bytes, 'w');
  return rate_of(task, [&] {
    std::vector<Written> list;
    for (std::uint64_t i = 0; i < kOpsPerList; ++i) {
      std::unique_ptr<char[]> copy(new char[text.size()]);
      std::memcpy(copy.get(), text.data(), text.size());
      const std::uint64_t hash = XXH3_64bits(copy.get(), text.size());
      list.push_back({i * text.size(), std::move(copy), hash});
    }
    return kOpsPerList;
  });
}

// Cut behind each record from the synced ones on, and each cut once more with a sector of the rest zeroed.
Numbers floor_states(const SimTask& task) {
  const Image image = image_of(task.count);
  const std::uint64_t synced = synced_of(task.count);
  const std::size_t floor = image.ends[synced - 1];
  std::string state;
  const auto check = [&] { demand(valid_records(state) >= synced, "the floor lost a synced record"); };
  std::uint64_t turn = 0;
  return rate_of(task, [&] {
    std::uint64_t states = 0;
    for (std::size_t i = synced - 1; i < image.ends.size(); ++i, ++states) {
      state.assign(image.bytes, 0, image.ends[i]);
      check();
      const std::size_t first = (floor + kSectorBytes - 1) / kSectorBytes,
                        last = image.ends[i] / kSectorBytes;
      if (last <= first) continue;
      const std::size_t sector = first + ++turn % (last - first);
      std::memset(state.data() + sector * kSectorBytes, 0, kSectorBytes);
      check();
      ++states;
    }
    return states;
  });
}

}  // namespace wallop::bench
