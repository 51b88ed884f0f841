// SPDX-License-Identifier: Apache-2.0
// A Result as JSON text and back: the one form that all other reports can be made from again.
//
// A distribution keeps its raw buckets, so what is read back is the histogram that was written, and two
// results merge exactly:
//
//   { "metric": "append.latency", "unit": "ns", "count": 3, "min": 9, "max": 40, "sum": 58,
//     "buckets": [[9, 2], [40, 1]] }                      [smallest value of the bucket, how many], ascending
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "reports/result.h"

namespace wallop::reports {

// A line a member, and one a scenario: long, but two results differ by the lines of what differs. Equal
// results give equal bytes.
[[nodiscard]] std::string to_json(const Result& result);

// Every problem with its place. A version that this Wallop does not write is one problem and ends the
// reading.
[[nodiscard]] std::expected<Result, base::json::Problems> from_json(std::string_view text);

// JSON Schema, draft 2020-12, of what to_json writes.
[[nodiscard]] base::json::Value result_schema();

}  // namespace wallop::reports
