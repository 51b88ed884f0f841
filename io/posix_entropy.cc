// SPDX-License-Identifier: Apache-2.0
// Randomness from the kernel.
#include "io/posix_entropy.h"

#include <sys/random.h>

#include "base/ensure.h"
#include "io/posix_calls.h"

namespace wallop::io {

std::uint64_t PosixEntropy::next() {
  std::uint64_t bits = 0;
  // Up to 256 bytes come whole or not at all, and a signal interrupts only while the pool is not initialised
  // yet, early in boot (getrandom(2)).
  const ssize_t got = repeat_interrupted([&] { return getrandom(&bits, sizeof bits, 0); });
  base::ensure(got == sizeof bits, "Linux has getrandom since 3.17");
  return bits;
}

}  // namespace wallop::io
