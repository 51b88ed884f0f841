// SPDX-License-Identifier: Apache-2.0
// Threads through the seam: the worst bugs of logs are races, so the world owns the schedule.
//
// On POSIX these are the system's threads. In simulation a thread is a fibre, one runs at a time, and each
// call that may block is a scheduling point. Atomics are no scheduling points: publish through a Mutex, or
// call relax() where a race could hide. std::unique_lock<io::Mutex> is the guard to use.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "io/time.h"

namespace wallop::io {

class Mutex {
 public:
  virtual ~Mutex() = default;
  virtual void lock() = 0;
  virtual void unlock() = 0;
};

enum class Wake { notified, timed_out };

class CondVar {
 public:
  virtual ~CondVar() = default;
  // `mutex` must be held, and is held again on return. Wakes may be spurious; a world that has ended wakes
  // everyone.
  virtual void wait(Mutex& mutex) = 0;
  virtual Wake wait_until(Mutex& mutex, Instant deadline) = 0;
  virtual void notify_one() = 0;
  virtual void notify_all() = 0;
};

class Thread {
 public:
  // Joins if nobody has.
  virtual ~Thread() = default;
  virtual void join() = 0;
};

class Threads {
 public:
  virtual ~Threads() = default;
  // `name` shows in traces and in the stories of failures. `body` must not throw.
  virtual std::unique_ptr<Thread> spawn(std::string_view name, std::function<void()> body) = 0;
  virtual std::unique_ptr<Mutex> make_mutex() = 0;
  virtual std::unique_ptr<CondVar> make_cond_var() = 0;
  // The only legal body of a spin: lets others run.
  virtual void relax() = 0;
};

}  // namespace wallop::io
