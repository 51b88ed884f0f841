// SPDX-License-Identifier: Apache-2.0
// A record as salvage and tail show it.
#pragma once

#include <string>

#include "base/json.h"
#include "wal/record.h"

namespace wallop::cli {

// LSN 4710   live   put     "key" = "value"
[[nodiscard]] std::string record_line(const wal::RecordView& view);
// {"type": "record", "lsn": 4710, ...}
[[nodiscard]] base::json::Value record_row(const wal::RecordView& view);

}  // namespace wallop::cli
