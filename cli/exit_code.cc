// SPDX-License-Identifier: Apache-2.0
// The rules of the exit code.
#include "cli/exit_code.h"

#include <numeric>

namespace wallop::cli {

using reports::Status;

void Judgement::add(Status status) {
  ++counts_[static_cast<std::size_t>(status)];
}

std::size_t Judgement::all() const {
  return std::accumulate(std::begin(counts_), std::end(counts_), std::size_t{0});
}

Exit Judgement::exit(Strictness strictness) const {
  const bool strict = strictness == Strictness::strict;
  if (interrupted_) return Exit::interrupted;
  if (harness_errors_ > 0) return Exit::harness;
  if (of(Status::fail) > 0) return Exit::failed;
  if (strict && of(Status::warn) + unfired_ > 0) return Exit::failed;
  if (all() == 0 || of(Status::inconclusive) > 0) return Exit::inconclusive;
  if (strict && of(Status::skip) + of(Status::manual) > 0) return Exit::inconclusive;
  return Exit::passed;
}

}  // namespace wallop::cli
