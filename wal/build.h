// SPDX-License-Identifier: Apache-2.0
// The two builds of the log: `plain` (what is installed and measured) and `pointed` (with failure points).
//
// The same sources are compiled twice. The inline namespace keeps the two apart, so that one program may link
// both: code writes wallop::wal::Wal and gets the build whose target it links (wallop_wal or
// wallop_wal_pointed). Every file of the room opens `namespace wallop::wal::inline WALLOP_WAL_BUILD {`.
#pragma once

#ifdef WALLOP_WAL_POINTED
#define WALLOP_WAL_BUILD pointed
#else
#define WALLOP_WAL_BUILD plain
#endif
