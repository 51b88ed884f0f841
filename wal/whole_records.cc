// SPDX-License-Identifier: Apache-2.0
// Two walks that meet at the damage.
#include "wal/whole_records.h"

#include <algorithm>

#include "wal/record.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Bytes that may be checked in search of the second walk's start, for each byte of the payload.
constexpr std::uint64_t kTriesPerByte = 64;

// The offsets of the records that follow each other from `at` on, `count_max` at most, and where they end.
struct Run {
  std::vector<std::size_t> offsets;
  std::size_t end = 0;
};

Run run_from(io::Bytes payload, std::size_t at, std::uint64_t count_max) {
  Run run{{}, at};
  while (run.offsets.size() < count_max && run.end < payload.size()) {
    const auto decoded = decode_record(payload.subspan(run.end), CheckRecordCrc::yes);
    if (!decoded) break;
    run.offsets.push_back(run.end);
    run.end += decoded->bytes;
  }
  return run;
}

// The run nearest to `from` that reaches the end of the payload.
Run run_to_end(io::Bytes payload, std::size_t from, std::uint64_t count_max) {
  const auto reaches = [&](const Run& run) { return !run.offsets.empty() && run.end == payload.size(); };
  // Where only key, value or checksum are damaged the lengths still say where the next one begins.
  if (const auto damaged = decode_record(payload.subspan(from), CheckRecordCrc::no)) {
    Run next = run_from(payload, from + damaged->bytes, count_max);
    if (reaches(next)) return next;
  }
  std::uint64_t budget = kTriesPerByte * payload.size();
  for (std::size_t at = from + 1; at < payload.size(); ++at) {
    const auto claimed = decode_record(payload.subspan(at), CheckRecordCrc::no);
    if (!claimed) continue;
    if (claimed->bytes > budget) break;
    budget -= claimed->bytes;
    Run next = run_from(payload, at, count_max);
    if (reaches(next)) return next;
  }
  return {};
}

}  // namespace

std::vector<WholeRecord> whole_records(io::Bytes payload, std::uint64_t payload_bytes, LsnRange lsns) {
  std::vector<WholeRecord> found;
  const Run front = run_from(payload, 0, lsns.count());
  for (const std::size_t offset : front.offsets) found.push_back({lsns.first.plus(found.size()), offset});
  const std::uint64_t left = lsns.count() - found.size();
  const bool is_cut = payload.size() < payload_bytes;
  if (left < 2 || is_cut || front.end >= payload.size()) return found;
  const Run back = run_to_end(payload, front.end, left - 1);
  Lsn lsn = lsns.last.next();
  for (std::size_t i = 0; i < back.offsets.size(); ++i) lsn = lsn.previous();
  for (const std::size_t offset : back.offsets) {
    found.push_back({lsn, offset});
    lsn = lsn.next();
  }
  return found;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
