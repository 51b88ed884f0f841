// SPDX-License-Identifier: Apache-2.0
// A log that recovered is written to again: what the journal says of it, and what counts from then on.
#include "scenarios/run/second_life.h"

#include <catch2/catch.hpp>
#include <optional>

#include "sim/world.h"

namespace wallop::scenarios {
namespace {

// Takes records from LSN `next` on, until it has an error to give.
class Taker final : public Engine {
 public:
  explicit Taker(std::uint64_t next, std::optional<io::Error> error = {})
      : next_(next), error_(std::move(error)) {}
  io::Result<AppendReceipt> append(std::span<const KeyValue> records) override {
    if (error_) return std::unexpected(*error_);
    const AppendReceipt receipt{next_, 1};
    next_ += records.size();
    return receipt;
  }
  io::Status sync() override { return {}; }
  std::uint64_t durable() override { return next_ - 1; }
  std::uint64_t handed_over() override { return next_ - 1; }
  io::Status read(std::uint64_t, const Visit&) override { return {}; }
  io::Result<std::unique_ptr<Following>> follow(std::uint64_t, Visibility) override {
    return io::failure(io::Code::unsupported, "follow", "", "");
  }
  io::Result<std::uint64_t> delete_old(std::uint64_t) override { return 1; }
  io::Status close() override { return {}; }

 private:
  std::uint64_t next_;
  std::optional<io::Error> error_;
};

// Goal: writer 0 had six appends accepted, two of them a batch; recovery found four.
struct Recovered4 {
  Workload workload;
  Judged judged;
  Promises promises;
  Finding finding;
  sim::World world{machine()};

  Recovered4() {
    workload.writers.emplace_back();
    workload.after_recovery.value = 2;
    judged.workload = &workload;
    say(sim::Issued{0, 6, 0});
    say(sim::Accepted{0, 4, 0, 1});
    say(sim::Accepted{0, 2, 4, 5});
    say(sim::Promised{4});
    finding.found_last = 4;
  }
  static sim::WorldOptions machine() {
    sim::WorldOptions options;
    options.model = sim::find_model("posix");
    options.disk = sim::find_disk("instant");
    return options;
  }
  template <class What>
  void say(What what) {
    promises.apply({.at = {}, .fibre = {}, .what = what});
  }
  std::string live(Engine& engine) {
    std::string wrong;
    world.run([&] { wrong = live_on(world, engine, judged, promises, finding); });
    for (const sim::Entry& entry : world.journal().entries()) promises.apply(entry);
    return wrong;
  }
};

TEST_CASE("what was accepted and not found is forgotten, and its LSNs are promised anew") {
  Recovered4 log;
  Taker engine(5);
  REQUIRE(log.live(engine).empty());
  REQUIRE(log.promises.promised_lsn() == 6);
  REQUIRE(log.promises.accepted_lsn() == 6);
  REQUIRE(log.promises.issued_count(0) == 8);
  REQUIRE(log.promises.accepted_at(4)->sequence == 3);
  REQUIRE(log.promises.accepted_at(5)->sequence == 6);
  REQUIRE(log.promises.accepted_at(6)->sequence == 7);
}

TEST_CASE("a deletion that the crash cut has come to what recovery found") {
  Recovered4 log;
  log.say(sim::Mark{kDeletionBegins, 0});
  log.finding.found_first = 3;
  Taker engine(5);
  REQUIRE(log.live(engine).empty());
  REQUIRE(log.promises.first_kept_lsn() == 3);
  REQUIRE_FALSE(log.promises.accepted_at(2).has_value());
}

TEST_CASE("a log that comes back and takes no append has not come back; a full disk is no such thing") {
  Recovered4 failing;
  Taker poisoned(5, io::failure(io::Code::poisoned, "append", "log", "").error());
  REQUIRE(failing.live(poisoned).find("takes no append") != std::string::npos);
  Recovered4 full;
  Taker refused(5, io::failure(io::Code::no_space, "append", "log", "").error());
  REQUIRE(full.live(refused).empty());
  REQUIRE(full.promises.refused(0, 6));
  REQUIRE(full.promises.accepted_lsn() == 4);
}

TEST_CASE("a workload without a life after recovery leaves the journal alone") {
  Recovered4 log;
  log.workload.after_recovery.value = 0;
  Taker engine(5);
  REQUIRE(log.live(engine).empty());
  REQUIRE(log.world.journal().count() == 0);
}

}  // namespace
}  // namespace wallop::scenarios
