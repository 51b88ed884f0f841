// SPDX-License-Identifier: Apache-2.0
// Decision: what an open in this mode does about what was found. A pure function: nothing has changed yet.
//
//            | strict, salvage reads | absolute | prefix
//   clean    | go on                 | go on    | go on
//   recycled | go on                 | refuse   | go on
//   torn     | go on without it      | refuse   | go on without it
//   corrupt  | refuse                | refuse   | go on above all evidence; the range is recorded as lost
#pragma once

#include "io/result.h"
#include "wal/accepted_losses.h"
#include "wal/examine.h"
#include "wal/options.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {

enum class Damage : bool { none, accepted };

struct Decision {
  Link link;                     // Of the new epoch: it says with which LSN the log goes on.
  Damage damage = Damage::none;  // Accepted: evidence goes to quarantine, and no found file is used again.
};

// corrupt: refused, with the lost LSNs, or the torn end, in the detail. invalid: Options::first_lsn is
// missing where it is needed, or not above all that is proven; or absolute cannot tell. unsupported: one more
// loss than a link frame can hold, or no number left to go on with.
io::Result<Decision> decide(const Options& options, const Examination& found);

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
