// SPDX-License-Identifier: Apache-2.0
// wallop wal tail: the records of a log as another process writes them, until Ctrl-C.
//
// Between two looks at the files it sleeps: nobody tells it of more.
#include <fmt/format.h>

#include <memory>

#include "cli/json_lines.h"
#include "cli/wal_record.h"
#include "cli/wal_tools.h"
#include "wal/file_follower.h"

namespace wallop::cli {
namespace {

constexpr io::Duration kLookEvery = std::chrono::milliseconds(100);

class TailShow {
 public:
  TailShow(const WalRequest& request, Console& console, Session& session)
      : request_(request), console_(console), session_(session) {}

  io::Status run() {
    std::optional<wal::Lsn> from;
    if (request_.lsn_first > 0) from = wal::Lsn(request_.lsn_first);
    while (!is_done()) {  // Once more for each time that a deletion overtook it.
      auto follower = wal::FileFollower::open(session_.machine, request_.directory, from);
      if (!follower) return io::Failure(std::move(follower.error()));
      auto shown = show(**follower);
      if (shown || shown.error().code != io::Code::not_found) return shown;
      console_.complain("wallop wal: " + io::describe(shown.error()));
      from = last_.next();
    }
    return {};
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Nobody reads on, or wants more.
  [[nodiscard]] bool is_done() const {
    return count_ >= request_.limit || session_.interrupted() || session_.output.data_error() != 0;
  }

 private:
  io::Status show(wal::FileFollower& follower) {
    while (!is_done()) {
      auto next = follower.next();
      if (!next) return io::Failure(std::move(next.error()));
      if (*next) {
        show(**next);
      } else {
        session_.machine.clock.sleep_until(session_.machine.clock.now() + kLookEvery);
      }
    }
    return {};
  }

  void show(const wal::RecordView& view) {
    if (!view.lost_before.empty()) {
      console_.say(
          fmt::format("gap    {}   given up by an open in mode prefix", lsns_in_words(view.lost_before)));
      console_.row(as_row("gap", to_json(view.lost_before)).set("accepted", true));
    }
    console_.say(record_line(view));
    console_.row(record_row(view));
    last_ = view.lsn;
    ++count_;
  }

  const WalRequest& request_;
  Console& console_;
  Session& session_;
  wal::Lsn last_;
  std::uint64_t count_ = 0;
};

}  // namespace

Exit wal_tail(const WalRequest& request, Console& console, Session& session) {
  TailShow tail(request, console, session);
  const io::Status done = tail.run();
  const bool is_damaged = !done && done.error().code == io::Code::corrupt;
  if (is_damaged) console.complain("wallop wal: " + io::describe(done.error()));
  if (!done && !is_damaged) return give_up(console, done.error());
  const Exit exit = is_damaged ? Exit::failed : session.interrupted() ? Exit::interrupted : Exit::passed;
  console.row(base::json::Value()
                  .set("type", "end")
                  .set("exit", static_cast<std::int64_t>(exit))
                  .set("records", tail.count()));
  return exit;
}

}  // namespace wallop::cli
