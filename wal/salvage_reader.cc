// SPDX-License-Identifier: Apache-2.0
// A gap is kept until the record behind it is shown.
#include "wal/salvage_reader.h"

#include <utility>

namespace wallop::wal::inline WALLOP_WAL_BUILD {

io::Result<std::optional<RecordView>> SalvageReader::next() {
  for (;;) {  // Each turn takes something from the directory, which ends.
    auto found = salvage_.next();
    if (!found) return io::Failure(std::move(found.error()));
    if (!*found) return std::nullopt;
    if (const auto* gap = std::get_if<SalvageGap>(&**found)) {
      gap_ = gap->lsns;
      continue;
    }
    RecordView view = std::get<RecordView>(**found);
    view.lost_before = std::exchange(gap_, {});
    if (view.lsn >= first_ && view.position >= from_) return view;
  }
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
