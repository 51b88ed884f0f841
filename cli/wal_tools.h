// SPDX-License-Identifier: Apache-2.0
// `wallop wal`: what its tools have in common. All but compact only read: they take no lock, leave no file,
// and look at a log that another process has open as well as at one that nobody has.
//
// Assumption: what another process writes meanwhile may be seen half done. Each tool says so; none waits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/requests.h"
#include "cli/session.h"
#include "io/result.h"
#include "wal/examine.h"
#include "wal/record.h"
#include "wal/segment_header.h"

namespace wallop::cli {

inline constexpr std::uint64_t kWalVersion = 1;  // Of the documents of all of them.

struct LogFile {
  wal::SegmentId id;
  std::string path;
};

struct LogDirectory {
  std::string path;
  std::vector<LogFile> segments;  // By id; at least one.
  bool in_use = false;            // Another process has it open.
};

// not_found, permission...: as the world says. invalid: no file there is named as a segment is.
[[nodiscard]] io::Result<LogDirectory> find_log(io::World& world, const std::string& path);
// Reads all of it, past the page cache where only that tells; says how far it has come.
[[nodiscard]] io::Result<wal::Examination> examine_log(const LogDirectory& log, Console& console,
                                                       Session& session);
// On standard error, where another process has it open.
void warn_if_in_use(Console& console, const LogDirectory& log);
// Says what went wrong. usage where the caller can mend it, harness where the disk failed.
[[nodiscard]] Exit give_up(Console& console, const io::Error& error);

// ---- Words and values that several of them use ----
[[nodiscard]] std::string lsns_in_words(const wal::LsnRange& lsns);  // "LSN 5", "LSN 5..9".
[[nodiscard]] base::json::Value to_json(const wal::LsnRange& lsns);  // {"first": 5, "last": 9}, or null.
[[nodiscard]] std::string to_text(const wal::LogUuid& uuid);         // 32 hex digits.
[[nodiscard]] std::string to_text(const wal::Epoch& epoch);          // "3.0badcafe": counter and nonce.
[[nodiscard]] std::string hex(io::Bytes bytes);
// The object's members behind a "type".
[[nodiscard]] base::json::Value as_row(std::string_view type, const base::json::Value& object);
// For people: "text" in quotes where all of it can be shown, else its hex digits; cut where it is long.
[[nodiscard]] std::string in_words(io::Bytes bytes);
// Sets `name` where the bytes are UTF-8, else `name`_hex.
void set_bytes(base::json::Value& object, const std::string& name, io::Bytes bytes);
[[nodiscard]] std::string_view name_of(wal::TailState tail);
[[nodiscard]] std::string_view name_of(wal::RecordKind kind);
[[nodiscard]] std::string_view name_of(wal::Compression compression);

// ---- The tools ----
[[nodiscard]] Exit wal_stat(const LogDirectory& log, Console& console, Session& session);
[[nodiscard]] Exit wal_verify(const LogDirectory& log, Console& console, Session& session);
[[nodiscard]] Exit wal_dump(const WalRequest& request, const LogDirectory& log, Console& console,
                            Session& session);
[[nodiscard]] Exit wal_salvage(const WalRequest& request, const LogDirectory& log, Console& console,
                               Session& session);
[[nodiscard]] Exit wal_tail(const WalRequest& request, Console& console, Session& session);
[[nodiscard]] Exit wal_compact(const WalRequest& request, Console& console, Session& session);

}  // namespace wallop::cli
