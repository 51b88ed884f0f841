// SPDX-License-Identifier: Apache-2.0
// The system's threads.
#pragma once

#include "io/threads.h"

namespace wallop::io {

class PosixThreads final : public Threads {
 public:
  // Where the system has no thread to give, the process ends: the seam has no failure for it, as an engine
  // that cannot start its threads can do nothing else.
  std::unique_ptr<Thread> spawn(std::string_view name, std::function<void()> body) override;
  std::unique_ptr<Mutex> make_mutex() override;
  std::unique_ptr<CondVar> make_cond_var() override;
  void relax() override;
};

}  // namespace wallop::io
