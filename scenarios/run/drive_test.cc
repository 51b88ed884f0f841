// SPDX-License-Identifier: Apache-2.0
// The drive, over an engine in memory that lies to its readers: each lie is seen by a reader that follows.
#include "scenarios/run/drive.h"

#include <catch2/catch.hpp>

namespace wallop::scenarios {
namespace {

using namespace std::chrono_literals;

enum class Lie { none, twice, short_of, altered, deleted, corrupt };

// Static: an EngineKind opens by a plain function.
Lie& lie() {
  static Lie told = Lie::none;
  return told;
}

io::Error error(io::Code code) {
  io::Error made;
  made.code = code;
  return made;
}

constexpr std::size_t kTruthful = 20;

struct Kept {
  std::vector<std::vector<std::byte>> keys, values;
  bool ended = false;
};

// Looks again every millisecond.
class FollowingLiar final : public Following {
 public:
  FollowingLiar(io::Clock& clock, std::shared_ptr<Kept> kept) : clock_(clock), kept_(std::move(kept)) {}

  io::Status next(const Visit& visit) override {
    const bool lies = next_ >= kTruthful;
    while (next_ == kept_->keys.size() || (lies && lie() == Lie::short_of)) {
      if (kept_->ended) return std::unexpected(error(io::Code::closed));
      clock_.sleep_until(clock_.now() + 1ms);
    }
    if (lies && lie() == Lie::deleted) return std::unexpected(error(io::Code::not_found));
    if (lies && lie() == Lie::corrupt) return std::unexpected(error(io::Code::corrupt));
    if (lies && lie() == Lie::altered) kept_->values[next_][0] ^= std::byte{1};
    const std::size_t shown = lie() == Lie::twice && next_ == kTruthful ? next_ - 1 : next_;
    visit(++next_, {kept_->keys[shown], kept_->values[shown]});
    return {};
  }

 private:
  io::Clock& clock_;
  std::shared_ptr<Kept> kept_;
  std::size_t next_ = 0;
};

class Liar final : public Engine {
 public:
  explicit Liar(io::Clock& clock) : clock_(clock) {}
  ~Liar() override { kept_->ended = true; }

  io::Result<AppendReceipt> append(std::span<const KeyValue> records) override {
    clock_.sleep_until(clock_.now() + 1ms);
    for (const KeyValue& record : records) {
      kept_->keys.emplace_back(record.key.begin(), record.key.end());
      kept_->values.emplace_back(record.value.begin(), record.value.end());
    }
    return AppendReceipt{kept_->keys.size() + 1 - records.size(), 1};
  }
  io::Status sync() override { return {}; }
  std::uint64_t durable() override { return 0; }
  std::uint64_t handed_over() override { return 0; }
  io::Status read(std::uint64_t, const Visit&) override { return {}; }
  io::Result<std::unique_ptr<Following>> follow(std::uint64_t, Visibility) override {
    return std::make_unique<FollowingLiar>(clock_, kept_);
  }
  io::Result<std::uint64_t> delete_old(std::uint64_t) override { return 1; }
  io::Status close() override {
    kept_->ended = true;
    return {};
  }

 private:
  io::Clock& clock_;
  std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
};

io::Result<OpenedEngine> open_liar(io::World& world, const std::string&, const EngineOptions&) {
  return OpenedEngine{std::make_unique<Liar>(world.clock), {}};
}

constexpr EngineKind kLiar{"liar", "", open_liar, nullptr};

// A reader that follows a hundred appends.
class Followed {
 public:
  explicit Followed(Lie told, Visibility visibility = Visibility::visible) {
    lie() = told;
    scenario_.workload.operations = Count<1, 1'000'000'000>{100};
    scenario_.workload.writers.resize(1);
    scenario_.workload.readers.resize(1);
    scenario_.workload.readers[0].follow = true;
    scenario_.workload.readers[0].visibility = visibility;
    sim::WorldOptions options;
    options.model = sim::find_model("posix");
    sim::World world(std::move(options));
    Drive drive(world, kLiar, scenario_, 1, {}, {});
    REQUIRE(world.run([&] { drive.run(); }) == sim::Ending::finished);
    complaint = drive.driven().reader_breach;
    for (const sim::Entry& entry : world.journal().entries()) {
      if (const auto* promise = entry.get<sim::Promised>()) promised = promise->lsn;
    }
  }

  std::optional<Breach> complaint;
  std::uint64_t promised = 0;

 private:
  Scenario scenario_;
};

std::optional<Breach> complaint(Lie told) {
  return Followed(told).complaint;
}

TEST_CASE("what a reader of durable records was shown is promised, and nothing else that is only read") {
  REQUIRE(Followed(Lie::none).promised == 0);
  REQUIRE(Followed(Lie::none, Visibility::durable).promised == 100);
}

TEST_CASE("a reader that is told the truth has nothing to complain of") {
  REQUIRE_FALSE(complaint(Lie::none).has_value());
}

TEST_CASE("a reader that is shown a record twice complains of prefix") {
  REQUIRE(complaint(Lie::twice).value().oracle == "prefix");
}

TEST_CASE("a reader that is not shown what was accepted complains of prefix") {
  REQUIRE(complaint(Lie::short_of).value().oracle == "prefix");
}

TEST_CASE("a reader that is shown an altered record complains of intact") {
  REQUIRE(complaint(Lie::altered).value().oracle == "intact");
}

TEST_CASE("a reader that is told of a deletion that nobody asked for complains of prefix") {
  REQUIRE(complaint(Lie::deleted).value().oracle == "prefix");
}

TEST_CASE("a reader that is told of damage in a running log complains of intact") {
  REQUIRE(complaint(Lie::corrupt).value().oracle == "intact");
}

}  // namespace
}  // namespace wallop::scenarios
