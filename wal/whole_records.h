// SPDX-License-Identifier: Apache-2.0
// What is left of a frame whose own checksum does not match any more: the records whose own one does.
#pragma once

#include <cstdint>
#include <vector>

#include "io/file.h"
#include "wal/types.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

struct WholeRecord {
  Lsn lsn;
  std::size_t offset = 0;  // In the payload.
};

// From the front up to the first record that does not validate, numbered from `first`; then those behind the
// last one that does not, numbered from the end: so one damaged record, its lengths included, costs itself
// and no other. `payload` may be cut short. What is tried costs at most a fixed multiple of the payload's
// length.
std::vector<WholeRecord> whole_records(io::Bytes payload, std::uint64_t payload_bytes, LsnRange lsns);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
