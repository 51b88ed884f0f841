// SPDX-License-Identifier: Apache-2.0
// Random calls on a file system, for holding two of them, or two views of one, against each other.
//
//   const std::vector<Step> steps = *any_steps();  // In a property of rapidcheck.
//   Player player(files);
//   for (const Step& step : steps) outcomes.push_back(player.play(step));
//   outcomes.push_back(player.tree());
//
// What surprises: a step means something on any file system in any state. It names a handle by its number,
// and a call on a handle that is not open is an outcome like any other, so that shrinking may drop any step.
#pragma once

#include <rapidcheck.h>

#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/file_system.h"

namespace wallop::sim {

enum class Call : std::uint8_t {
  open,
  create,
  create_exclusive,
  open_read_only,
  open_direct,
  open_durable,  // Every write through this handle is a durable one.
  close,
  write,
  append,
  write_durable,
  read,
  read_stored,
  sync,
  sync_all,
  truncate,
  allocate,
  allocate_keeping_size,
  size,
  list,
  stat,
  rename,
  link,
  remove,
  make_directory,
  sync_directory,
  lock,
  unlock,
};

// Few names, so that calls meet; and the odd ways to write them. Without "/", which is another directory on
// the real machine.
inline constexpr std::array kPaths{"a",  "b",    "d",   "d/a", "d/b",  "d/e",    "d/e/a", "e",
                                   "a/", "d/",   "a/a", "./a", ".",    "d/e/..", "d//a",  "missing/a",
                                   "",   "new/", "d/.", "a/.", "d/e/", "b/../a"};

struct Step {
  Call call = Call::open;
  std::size_t path = 0, other_path = 0;
  std::size_t handle = 0;
  std::uint64_t offset = 0, bytes = 0;
};

// "write 700 bytes of 'q' at 512, handle 1".
[[nodiscard]] std::string describe(const Step& step);
std::ostream& operator<<(std::ostream& out, const Step& step);

enum class Syncs : bool { none, some };

// Up to 200 steps. Without syncs nothing waits for a real disk, which makes them a hundred times as fast
// there.
[[nodiscard]] rc::Gen<std::vector<Step>> any_steps(Syncs syncs = Syncs::some);
// The size that any_steps is drawn with outside a property: rapidcheck's greatest.
inline constexpr int kRapidcheckSize = 100;

enum class Direct : bool { unsupported, supported };

// Does steps on one file system, and says in a line what came of each.
class Player {
 public:
  // `files` outlives this. Where O_DIRECT is unsupported, open_direct opens without it.
  explicit Player(io::FileSystem& files, Direct direct = Direct::supported)
      : files_(files), direct_(direct) {}

  std::string play(const Step& step);
  // A line for every name, with what a file holds.
  [[nodiscard]] std::string tree();

 private:
  struct Handle {
    std::unique_ptr<io::File> file;
    bool is_direct = false;
  };
  std::string open(const Step& step, const io::OpenOptions& options);
  std::string play_on_names(const Step& step);
  std::string play_on_file(Handle& handle, const Step& step);
  std::string play_bytes(Handle& handle, Step step);
  std::string tree_of(const std::string& path, std::vector<std::string>& directories);

  io::FileSystem& files_;
  Direct direct_;
  std::map<std::size_t, Handle> handles_;
  std::map<std::size_t, std::unique_ptr<io::Lock>> locks_;
};

}  // namespace wallop::sim
