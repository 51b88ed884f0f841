// SPDX-License-Identifier: Apache-2.0
// Reading all that was asked for, or all there is.
#include "io/posix_read.h"

#include <algorithm>

#include "io/posix_gather.h"

namespace wallop::io {

// Only 0 means the end: pread may return less than it was asked for anywhere (read(2)).
Result<std::size_t> read_until_end(const PosixCalls& calls, int fd, std::uint64_t offset,
                                   std::span<std::byte> into, std::string_view action,
                                   std::string_view name) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto rest = into.subspan(done, std::min(into.size() - done, kTransferMaxBytes));
    const ssize_t got = repeat_interrupted(
        [&] { return calls.pread(fd, rest.data(), rest.size(), static_cast<off_t>(offset + done)); });
    if (got < 0) return failure(errno, action, name, offset + done);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace wallop::io
