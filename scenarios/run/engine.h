// SPDX-License-Identifier: Apache-2.0
// Engine: a storage engine under test, as the runner sees it. reference_wal is one; so is every log that is
// wrong on purpose (engines/).
//
// Records are (key, value). What an engine calls durable it is held to: `durable()` is a promise that the
// oracles check after every crash.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/result.h"
#include "io/world.h"
#include "scenarios/run/engine_options.h"

namespace wallop::scenarios {

struct KeyValue {
  io::Bytes key;
  io::Bytes value;
};

// After an append that failed so, nothing was appended; after any other failure its records may appear.
[[nodiscard]] constexpr bool is_known_absent(io::Code code) {
  return code == io::Code::no_space || code == io::Code::too_large || code == io::Code::invalid ||
         code == io::Code::unsupported || code == io::Code::closed;
}

// What an append did, when it succeeded.
struct AppendReceipt {
  std::uint64_t first_lsn = 0;
  std::uint64_t segment = 0;  // The id of the segment it went to: a change is a rotation.
};

// The LSNs first .. last.
struct LsnSpan {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// What recovery found, in the words of every engine.
struct Recovered {
  std::uint64_t first_lsn = 1;  // Of the first record that is still kept.
  std::uint64_t last_lsn = 0;   // The last record found; first_lsn - 1 where there is none.
  std::uint64_t bytes_scanned = 0;
  std::vector<LsnSpan> given_up{};  // Lost, and said to be: rising. Readers pass over them.
};

// Shows records in order of their LSN; stops where the callback says false.
using Visit = std::function<bool(std::uint64_t lsn, const KeyValue&)>;

// What a reader that follows is shown: whatever the engine lets be read, or only what no crash takes.
enum class Visibility : std::uint8_t { visible, durable };
constexpr auto enum_names(Visibility) {
  using base::EnumName;
  return std::array{EnumName{"visible", Visibility::visible}, EnumName{"durable", Visibility::durable}};
}

// Reads on as records appear. May outlive its engine.
class Following {
 public:
  virtual ~Following() = default;
  // Waits for the next record and shows it. not_found: it was deleted before. closed: all was shown, and the
  // engine was closed or destroyed. Any other failure: the engine gave up.
  virtual io::Status next(const Visit& visit) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;  // Without close(): as if the process had ended here.

  // All of them or none; is_known_absent() says what a failure means.
  virtual io::Result<AppendReceipt> append(std::span<const KeyValue> records) = 0;
  virtual io::Status sync() = 0;
  // Every record up to this LSN survives any crash: the promise.
  virtual std::uint64_t durable() = 0;
  // Every record up to this LSN has reached the operating system: survives a process crash.
  virtual std::uint64_t handed_over() = 0;
  // Records from `first_lsn` on that had been accepted before the call. not_found: deleted meanwhile.
  virtual io::Status read(std::uint64_t first_lsn, const Visit& visit) = 0;
  // The same and on: what is shown as durable is a promise, too. unsupported: nobody can follow this engine.
  virtual io::Result<std::unique_ptr<Following>> follow(std::uint64_t /*first_lsn*/, Visibility /*asked*/) {
    return io::failure(io::Code::unsupported, "follow", {}, "readers of this engine do not follow");
  }
  // Deletes the oldest segments until `keep` are left. Returns the first LSN still kept.
  virtual io::Result<std::uint64_t> delete_old(std::uint64_t keep_segments) = 0;
  virtual io::Status close() = 0;
};

struct OpenedEngine {
  std::unique_ptr<Engine> engine;
  Recovered recovered;
};

// An engine of the catalogue.
struct EngineKind {
  std::string_view name;
  std::string_view about;
  // Opens (recovers) the log in `directory`, made if missing. `corrupt` with the lost LSNs in its detail
  // where records that were once durable are gone.
  io::Result<OpenedEngine> (*open)(io::World& world, const std::string& directory,
                                   const EngineOptions& options);
  // What the surviving bytes prove to have been durable once, read independently of the engine's own open;
  // null where the engine leaves no such evidence. Tells a silent loss from an undetectable one.
  io::Result<std::uint64_t> (*evidence)(io::World& world, const std::string& directory,
                                        const EngineOptions& options);
  // Its own failure points, by libfiu's names, which it asks where io::World::points says so: each run counts
  // those that it passes. Literals; they outlive the process's last run.
  std::span<const std::string_view> points{};
};

// By name: "ack_before_sync", "reference_wal".
[[nodiscard]] std::span<const EngineKind> engine_kinds();
// Adds engines of somebody else's for the rest of the process; their names must be free. To be called before
// the first scenario is read, on one thread: spans of engine_kinds() from before end here.
void add_engine_kinds(std::span<const EngineKind> more);
[[nodiscard]] const EngineKind* find_engine(std::string_view name);

}  // namespace wallop::scenarios
