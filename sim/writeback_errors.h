// SPDX-License-Identifier: Apache-2.0
// WritebackErrors: who has been told that bytes of a file could not be written. Linux's errseq_t
// (lib/errseq.c, Documentation/core-api/errseq.rst): an error has a number, and each description remembers
// the last one that it was told of.
//
// What surprises: an error that nobody was told of yet is also told to whoever opens the file later, once.
// When the inode is dropped from memory the error goes with it.
#pragma once

#include <cstdint>

#include "sim/model.h"

namespace wallop::sim {

class WritebackErrors {
 public:
  // How far a description has been told.
  using Told = std::uint64_t;

  // Of a description that opens now.
  [[nodiscard]] Told sample() const { return is_known_ ? count_ : count_ - 1; }

  // Writeback failed. Errors that nobody was told of are one.
  void add(int os_error) {
    if (is_known_) ++count_;
    is_known_ = false;
    os_error_ = os_error;
  }

  // A description syncs: the errno that it has not been told of yet, or 0.
  [[nodiscard]] int tell(Told& told, ErrorReported who) {
    if (told == count_) return 0;
    told = count_;
    if (who == ErrorReported::once_per_file && is_known_) return 0;
    is_known_ = true;
    return os_error_;
  }

  [[nodiscard]] bool is_untold() const { return !is_known_; }
  void forget() { *this = {}; }

 private:
  std::uint64_t count_ = 0;
  int os_error_ = 0;
  bool is_known_ = true;
};

}  // namespace wallop::sim
