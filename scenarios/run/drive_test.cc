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

class Liar final : public Engine {
 public:
  explicit Liar(io::Clock& clock) : clock_(clock) {}

  io::Result<AppendReceipt> append(std::span<const KeyValue> records) override {
    clock_.sleep_until(clock_.now() + 1ms);
    for (const KeyValue& record : records) {
      keys_.emplace_back(record.key.begin(), record.key.end());
      values_.emplace_back(record.value.begin(), record.value.end());
    }
    return AppendReceipt{keys_.size() + 1 - records.size(), 1};
  }
  io::Status sync() override { return {}; }
  std::uint64_t durable() override { return 0; }
  std::uint64_t handed_over() override { return 0; }
  io::Status read(std::uint64_t first_lsn, const Visit& visit) override {
    const std::size_t count = keys_.size();
    if (count > kTruthful) {
      if (lie() == Lie::deleted) return std::unexpected(error(io::Code::not_found));
      if (lie() == Lie::corrupt) return std::unexpected(error(io::Code::corrupt));
      if (lie() == Lie::altered) values_[count - 1][0] ^= std::byte{1};
    }
    const std::size_t end = lie() == Lie::short_of && count > kTruthful ? first_lsn - 1 : count;
    for (std::size_t i = first_lsn - 1; i < end; ++i) {
      const std::size_t shown = lie() == Lie::twice && i == kTruthful ? i - 1 : i;
      if (!visit(i + 1, {keys_[shown], values_[shown]})) return {};
    }
    return {};
  }
  io::Result<std::uint64_t> delete_old(std::uint64_t) override { return 1; }
  io::Status close() override { return {}; }

 private:
  static constexpr std::size_t kTruthful = 20;
  io::Clock& clock_;
  std::vector<std::vector<std::byte>> keys_, values_;
};

io::Result<OpenedEngine> open_liar(io::World& world, const std::string&, const EngineOptions&) {
  return OpenedEngine{std::make_unique<Liar>(world.clock), {}};
}

constexpr EngineKind kLiar{"liar", "", open_liar, nullptr};

// What a reader that follows a hundred appends complains of.
std::optional<Breach> complaint(Lie told) {
  lie() = told;
  Scenario scenario;
  scenario.workload.operations = Count<1, 1'000'000'000>{100};
  scenario.workload.writers.resize(1);
  scenario.workload.readers.resize(1);
  scenario.workload.readers[0].follow = true;
  sim::WorldOptions options;
  options.model = sim::find_model("posix");
  sim::World world(std::move(options));
  Drive drive(world, kLiar, scenario, 1, std::nullopt, {});
  REQUIRE(world.run([&] { drive.run(); }) == sim::Ending::finished);
  return drive.driven().reader_breach;
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
