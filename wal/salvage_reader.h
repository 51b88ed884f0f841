// SPDX-License-Identifier: Apache-2.0
// SalvageReader: the records of Salvage as a Reader shows them, each with the gap before it.
#pragma once

#include "wal/read_cursor.h"
#include "wal/salvage.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

class SalvageReader final : public RecordSource {
 public:
  // Records at or after both.
  SalvageReader(Salvage salvage, Position from, Lsn first)
      : salvage_(std::move(salvage)), from_(from), first_(first) {}

  io::Result<std::optional<RecordView>> next() override;

 private:
  Salvage salvage_;
  Position from_;
  Lsn first_;
  LsnRange gap_;
};

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
