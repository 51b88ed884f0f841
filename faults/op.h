// SPDX-License-Identifier: Apache-2.0
// Op: one operation of the simulated file system at the moment before it happens, as fault plans and journals
// see it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/fields.h"
#include "io/time.h"

namespace wallop::faults {

// The physical verbs. A new one touches this list, Effect and one switch in sim/, and nothing else.
enum class Verb : std::uint8_t {
  open,
  read,
  read_stored,
  write,
  write_durable,
  sync,
  sync_all,
  truncate,
  allocate,
  rename,
  link,
  remove,
  make_directory,
  sync_directory,
  list,
  stat,
  lock,
};
inline constexpr std::size_t kVerbCount = 17;

constexpr auto enum_names(Verb) {
  using base::EnumName;
  return std::array{EnumName{"open", Verb::open},
                    EnumName{"read", Verb::read},
                    EnumName{"read_stored", Verb::read_stored},
                    EnumName{"write", Verb::write},
                    EnumName{"write_durable", Verb::write_durable},
                    EnumName{"sync", Verb::sync},
                    EnumName{"sync_all", Verb::sync_all},
                    EnumName{"truncate", Verb::truncate},
                    EnumName{"allocate", Verb::allocate},
                    EnumName{"rename", Verb::rename},
                    EnumName{"link", Verb::link},
                    EnumName{"remove", Verb::remove},
                    EnumName{"make_directory", Verb::make_directory},
                    EnumName{"sync_directory", Verb::sync_directory},
                    EnumName{"list", Verb::list},
                    EnumName{"stat", Verb::stat},
                    EnumName{"lock", Verb::lock}};
}
static_assert(enum_names(Verb{}).size() == kVerbCount);

constexpr std::string_view name(Verb verb) {
  return enum_names(verb)[static_cast<std::size_t>(verb)].name;
}

inline constexpr std::uint64_t kBlockBytes = 4096;

struct Op {
  Verb verb = Verb::open;
  std::string_view path;             // Relative to the world's root, as the engine named it.
  std::uint64_t id = 0;              // Counts all operations of the world, from 1.
  std::uint64_t offset = 0;          // Bytes; 0 where the verb has none.
  std::uint64_t bytes = 0;           // How many it is about; 0 where the verb has none.
  std::uint64_t device_ordinal = 0;  // The how-manieth of its verb on the whole device, from 1.
  // The same on this path, and of those that begin in this block of it: counted only for who asks
  // (Plan::counts_files(), counts_blocks()).
  std::uint64_t file_ordinal = 0;
  std::uint64_t block_ordinal = 0;
  io::Instant at{};      // Virtual time; the world starts at 0.
  bool creates = false;  // Of an open: there is no such file yet, and it makes one.
};

}  // namespace wallop::faults
