// SPDX-License-Identifier: Apache-2.0
// A target as libFuzzer calls it. Compiled once for each: WALLOP_FUZZ_TARGET is its name.
#include <fmt/format.h>

#include <cstdlib>

#include "base/ensure.h"
#include "wal/fuzz/target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace {

const wallop::wal::fuzz::Target& target() {
  static const wallop::wal::fuzz::Target* const found = wallop::wal::fuzz::find_target(WALLOP_FUZZ_TARGET);
  wallop::base::ensure(found != nullptr, "the target that a fuzzer is compiled for is in the list");
  return *found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wallop::wal::fuzz::Sentences sentences;
  target().run(std::as_bytes(std::span(data, size)), sentences);
  if (sentences.broken().empty()) return 0;
  fmt::print(stderr, "fuzz: {}: does not hold: {}\n", target().name, sentences.broken());
  std::abort();  // libFuzzer keeps the input.
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max,
                                               unsigned seed) {
  const auto raw = [](wallop::wal::fuzz::MutableBytes buffer, std::size_t bytes) {
    return LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(buffer.data()), bytes, buffer.size());
  };
  return target().mutate(std::as_writable_bytes(std::span(data, size_max)), size, seed, raw);
}
