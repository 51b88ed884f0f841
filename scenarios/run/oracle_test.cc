// SPDX-License-Identifier: Apache-2.0
// The oracles, against an engine that lies in every way it can: each lie is caught, and by the oracle that is
// named after it; the truth passes.
#include "scenarios/run/oracle.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>

#include "scenarios/run/record.h"
#include "sim/world.h"

namespace wallop::scenarios {
namespace {

struct Kept {
  std::uint64_t lsn = 0;
  std::vector<std::byte> key, value;
};

// What the engine will say it found. Static: an EngineKind opens by a plain function.
struct Lie {
  std::vector<Kept> records;
  std::uint64_t first_lsn = 1;
  std::optional<std::uint64_t> last_lsn;  // What recovery says, where the reader shows something else.
  std::optional<io::Error> refusal;
  std::optional<io::Error> read_error;  // Behind the last record.
  std::uint64_t proven = 0;
  std::vector<LsnSpan> given_up;
};
Lie& lie() {
  static Lie told;
  return told;
}

class Liar final : public Engine {
 public:
  io::Result<AppendReceipt> append(std::span<const KeyValue>) override { return AppendReceipt{}; }
  io::Status sync() override { return {}; }
  std::uint64_t durable() override { return 0; }
  std::uint64_t handed_over() override { return 0; }
  io::Status read(std::uint64_t, const Visit& visit) override {
    for (const Kept& kept : lie().records) {
      if (!visit(kept.lsn, {kept.key, kept.value})) return {};
    }
    if (lie().read_error) return std::unexpected(*lie().read_error);
    return {};
  }
  io::Result<std::unique_ptr<Following>> follow(std::uint64_t, Visibility) override {
    return io::failure(io::Code::unsupported, "follow", "", "");
  }
  io::Result<std::uint64_t> delete_old(std::uint64_t) override { return 1; }
  io::Status close() override { return {}; }
};

io::Result<OpenedEngine> open_liar(io::World&, const std::string&, const EngineOptions&) {
  if (lie().refusal) return std::unexpected(*lie().refusal);
  const std::uint64_t shown = lie().records.empty() ? lie().first_lsn - 1 : lie().records.back().lsn;
  return OpenedEngine{std::make_unique<Liar>(),
                      {lie().first_lsn, lie().last_lsn.value_or(shown), 0, lie().given_up}};
}

io::Result<std::uint64_t> evidence_of_liar(io::World&, const std::string&, const EngineOptions&) {
  return lie().proven;
}

constexpr EngineKind kLiar{"liar", "", open_liar, evidence_of_liar};

Workload two_writers() {
  Workload workload;
  workload.writers.resize(2);
  workload.writers[1].batch.value = 2;
  return workload;
}

// A run by two writers, the second of which appends pairs, and what is left of it.
class Story {
 public:
  Story() { lie() = {}; }

  // The next record of writer 0, or the next pair of writer 1; accepted, and there after the crash.
  Story& append(std::uint32_t writer) {
    const std::uint64_t batch = workload_.writers[writer].batch.value;
    const std::uint64_t first = next_[writer];
    note(sim::Issued{writer, static_cast<std::uint32_t>(batch), first});
    note(sim::Accepted{writer, static_cast<std::uint32_t>(batch), first, lsn_});
    for (std::uint64_t i = 0; i < batch; ++i) keep({writer, first + i});
    next_[writer] += batch;
    return *this;
  }
  // Called, and not returned before the crash.
  Story& begin_append() {
    note(sim::Issued{0, 1, next_[0]++});
    return *this;
  }
  Story& promise(std::uint64_t lsn) {
    note(sim::Promised{lsn});
    return *this;
  }
  template <class What>
  Story& note(What what) {
    promises_.apply(sim::Entry{{}, 0, std::move(what)});
    return *this;
  }
  // At the end of what is there.
  Story& keep(const RecordId& id) {
    std::vector<std::byte> buffer;
    records_.make(id, buffer);
    const KeyValue view = records_.view(id, buffer, 0);
    lie().records.push_back(
        {lsn_++, {view.key.begin(), view.key.end()}, {view.value.begin(), view.value.end()}});
    return *this;
  }
  Story& blame(Blame blame) {
    judged_.blame = blame;
    return *this;
  }

  Story& disturb() {
    judged_.disturbed = Disturbed::by_faults;
    return *this;
  }

  Finding judge(std::vector<std::string_view> oracles = oracle_names()) {
    judged_.oracles = std::move(oracles);
    sim::World world({.model = sim::find_model("posix")});
    Finding finding;
    REQUIRE(world.run([&] { finding = recover_and_judge(world.io(), judged_, promises_); }) ==
            sim::Ending::finished);
    return finding;
  }

 private:
  static constexpr std::uint64_t kSeed = 7;
  const Workload workload_ = two_writers();
  const EngineOptions options_;
  const Records records_{workload_, kSeed};
  Promises promises_;
  Judged judged_{&kLiar, &options_, &workload_, kSeed, {}, Blame::log};
  std::uint64_t next_[2] = {0, 0};
  std::uint64_t lsn_ = 1;
};

// Three records, the first two promised.
Story three() {
  Story story;
  story.append(0).append(0).append(0).promise(2);
  return story;
}

io::Error error(io::Code code, std::string detail) {
  io::Error made;
  made.code = code;
  made.action = "open";
  made.detail = std::move(detail);
  return made;
}

void renumber() {
  std::uint64_t lsn = 1;
  for (Kept& kept : lie().records) kept.lsn = lsn++;
}

// ---- The truth ----

TEST_CASE("a log that has everything passes, and so does one that lost only what it never promised") {
  Story story = three();
  REQUIRE_FALSE(story.judge().failed());
  lie().records.pop_back();
  const Finding finding = story.judge();
  REQUIRE_FALSE(finding.failed());
  REQUIRE(finding.found_last == 2);
  REQUIRE(finding.loss == Loss::none);
}

TEST_CASE("an append that was under way may have lasted, or not") {
  Story story = three();
  story.begin_append();
  REQUIRE_FALSE(story.judge().failed());
  story.keep({0, 3});
  REQUIRE_FALSE(story.judge().failed());
}

TEST_CASE("an append that failed without saying what became of it may have lasted") {
  Story story = three();
  story.begin_append().note(sim::Refused{0, 1, 3, true}).keep({0, 3});
  REQUIRE_FALSE(story.judge().failed());
}

TEST_CASE("records that were deleted are not missed, nor those that a deletion under way may have taken") {
  Story story = three();
  lie().records.erase(lie().records.begin());
  lie().first_lsn = 2;
  REQUIRE(story.judge().oracle == "durable");
  story.note(sim::Mark{kDeletionBegins, 1});
  REQUIRE_FALSE(story.judge().failed());
  story.note(sim::Mark{kDeleted, 2});
  REQUIRE_FALSE(story.judge().failed());
}

// ---- durable ----

TEST_CASE("a promised record that is gone is caught by durable, and named") {
  Story story = three();
  lie().records.resize(1);
  const Finding finding = story.judge();
  REQUIRE(finding.oracle == "durable");
  REQUIRE(finding.what == "LSN 2 was acknowledged and is gone");
  REQUIRE(finding.loss == Loss::undetectable);
}

TEST_CASE("a loss that a surviving byte proves is silent where recovery did not tell") {
  Story story = three();
  lie().records.clear();
  lie().proven = 1;
  const Finding finding = story.judge();
  REQUIRE(finding.what == "LSN 1..2 were acknowledged and are gone");
  REQUIRE(finding.loss == Loss::silent);
}

TEST_CASE("a promised record that the reader cannot read is caught by durable") {
  Story story = three();
  lie().records.resize(1);
  lie().last_lsn = 3;
  lie().read_error = error(io::Code::corrupt, "checksum");
  REQUIRE(story.judge().oracle == "durable");
}

// ---- prefix ----

TEST_CASE("a record dropped from the middle is caught by prefix, whether its number went with it or not") {
  Story story = three();
  lie().records.erase(lie().records.begin());
  REQUIRE(story.judge().oracle == "prefix");
  renumber();
  const Finding finding = story.judge();
  REQUIRE(finding.oracle == "prefix");
  REQUIRE(finding.what == "LSN 1 holds record 1 of writer 0, where record 0 of writer 0 was accepted");
}

TEST_CASE("records that changed places are caught by prefix") {
  Story story = three();
  std::swap(lie().records[0], lie().records[1]);
  renumber();
  REQUIRE(story.judge().oracle == "prefix");
}

TEST_CASE("a record that is there twice is caught by prefix") {
  Story story = three();
  story.begin_append().keep({0, 2});
  REQUIRE(story.judge().what == "LSN 4 holds record 2 of writer 0, which came before, or should have");
}

TEST_CASE("a record that nobody has appended yet is caught by prefix") {
  Story story = three();
  story.keep({0, 3});
  REQUIRE(story.judge().what == "LSN 4 holds record 3 of writer 0, which was not appended yet");
}

TEST_CASE("a record whose append said that it was not appended is caught by prefix") {
  Story story = three();
  story.begin_append().note(sim::Refused{0, 1, 3, false}).keep({0, 3});
  REQUIRE(story.judge().oracle == "prefix");
}

TEST_CASE("bytes that no writer made are caught by prefix where nothing was accepted") {
  Story story = three();
  story.keep({0, 3});
  lie().records.back().key.assign(16, std::byte{0});
  REQUIRE(story.judge().what == "LSN 4 holds a record that nobody appended");
}

TEST_CASE("half of a batch is caught by prefix, at the end, at the beginning and in the middle") {
  Story story;
  story.append(1).append(1);
  REQUIRE_FALSE(story.judge().failed());
  lie().records.pop_back();
  REQUIRE(story.judge().what == "LSN 3 ends in the midst of a batch, with record 2 of writer 1");
  lie().records.erase(lie().records.begin());
  lie().first_lsn = 2;
  story.note(sim::Mark{kDeletionBegins, 1});
  REQUIRE(story.judge().oracle == "prefix");
}

TEST_CASE("a reader that shows less than recovery said it found is caught by prefix") {
  Story story = three();
  lie().last_lsn = 4;
  REQUIRE(story.judge().oracle == "prefix");
}

// ---- intact ----

TEST_CASE("one flipped bit is caught by intact, in the value as in the key") {
  Story story = three();
  lie().records[2].value[50] ^= std::byte{1};
  REQUIRE(story.judge().oracle == "intact");
  lie().records[2].value[50] ^= std::byte{1};
  lie().records[1].key[3] ^= std::byte{1};
  REQUIRE(story.judge().oracle == "intact");
}

TEST_CASE("a value that lost its last byte is caught by intact") {
  Story story = three();
  lie().records[0].value.pop_back();
  REQUIRE(story.judge().oracle == "intact");
}

// ---- opens ----

TEST_CASE("a log that refuses to open without a reason is caught by opens") {
  Story story = three();
  lie().refusal = error(io::Code::corrupt, "LSN 2..2 lost");
  const Finding finding = story.judge();
  REQUIRE(finding.oracle == "opens");
  REQUIRE(finding.loss == Loss::told);
}

TEST_CASE("where a fault made loss possible a refusal that names the loss passes opens, and breaks durable") {
  Story story = three();
  story.blame(Blame::fault);
  lie().refusal = error(io::Code::corrupt, "LSN 2..2 lost");
  REQUIRE(story.judge().oracle == "durable");
  REQUIRE_FALSE(story.judge({"opens"}).failed());
  lie().refusal->detail.clear();
  REQUIRE(story.judge({"opens"}).oracle == "opens");
}

// ---- Faults in recovery itself ----

TEST_CASE(
    "to refuse with the error that a fault gave is honest where faults strike recovery, and only there") {
  Story story = three();
  lie().refusal = error(io::Code::io_error, "");
  lie().refusal->injected = true;
  REQUIRE(story.judge().oracle == "opens");
  story.disturb();
  REQUIRE_FALSE(story.judge().failed());
  lie().refusal->injected = false;
  REQUIRE(story.judge().oracle == "opens");
}

TEST_CASE("a log that opens without what it promised is caught, whatever strikes recovery") {
  Story story = three();
  story.disturb();
  lie().records.resize(1);
  REQUIRE(story.judge().oracle == "durable");
}

// ---- Given up, by word ----

TEST_CASE("a loss that recovery gives up by word breaks nothing where a fault made it possible") {
  Story story = three();
  story.blame(Blame::fault);
  lie().records.resize(1);
  lie().given_up = {{2, 2}};
  const Finding finding = story.judge();
  REQUIRE_FALSE(finding.failed());
  REQUIRE(finding.loss == Loss::told);
}

TEST_CASE("giving up what nothing could have lost is caught by opens") {
  Story story = three();
  lie().records.resize(1);
  lie().given_up = {{2, 2}};
  REQUIRE(story.judge().oracle == "opens");
}

TEST_CASE("what is missing beside that which was given up is caught by durable") {
  Story story = three();
  story.promise(3).blame(Blame::fault);
  lie().records.resize(1);
  lie().given_up = {{2, 2}};
  const Finding finding = story.judge();
  REQUIRE(finding.oracle == "durable");
  REQUIRE(finding.what == "LSN 3 was acknowledged and is gone");
}

TEST_CASE("a reading passes over what was given up, and over nothing else") {
  Story story = three();
  story.blame(Blame::fault);
  lie().records.erase(lie().records.begin() + 1);
  lie().given_up = {{2, 2}};
  REQUIRE_FALSE(story.judge().failed());
  lie().given_up = {{2, 3}};
  REQUIRE(story.judge().oracle == "prefix");
}

// ---- A world that loses by its model ----

TEST_CASE("where the model loses, a loss that left no evidence is counted and breaks nothing") {
  Story story = three();
  story.blame(Blame::world);
  lie().records.resize(1);
  const Finding finding = story.judge();
  REQUIRE_FALSE(finding.failed());
  REQUIRE(finding.loss == Loss::undetectable);
}

TEST_CASE("where the model loses, a loss that a surviving byte proves and recovery hides breaks durable") {
  Story story = three();
  story.blame(Blame::world);
  lie().records.resize(1);
  lie().proven = 2;
  const Finding finding = story.judge();
  REQUIRE(finding.oracle == "durable");
  REQUIRE(finding.loss == Loss::silent);
}

TEST_CASE("where the model loses, recovery may refuse if it names the loss") {
  Story story = three();
  story.blame(Blame::world);
  lie().refusal = error(io::Code::corrupt, "LSN 2..2 lost");
  const Finding finding = story.judge();
  REQUIRE_FALSE(finding.failed());
  REQUIRE(finding.loss == Loss::told);
  lie().refusal->detail.clear();
  REQUIRE(story.judge().oracle == "opens");
}

TEST_CASE("where the model loses, what is found must still be a prefix of what was written") {
  Story story = three();
  story.blame(Blame::world);
  lie().records.erase(lie().records.begin());
  REQUIRE(story.judge().oracle == "prefix");
}

TEST_CASE("an oracle that is not asked says nothing") {
  Story story = three();
  lie().records[2].value[50] ^= std::byte{1};
  REQUIRE_FALSE(story.judge({"opens", "prefix", "durable"}).failed());
}

// ---- Promises ----

TEST_CASE("promises never fall, and refusals are kept as ranges") {
  Promises promises;
  const auto note = [&](auto what) { promises.apply(sim::Entry{{}, 0, what}); };
  note(sim::Promised{5});
  note(sim::Promised{3});
  REQUIRE(promises.promised_lsn() == 5);
  for (std::uint64_t sequence = 10; sequence < 20; ++sequence) note(sim::Refused{2, 1, sequence, false});
  note(sim::Refused{2, 1, 30, true});
  REQUIRE_FALSE(promises.refused(2, 9));
  REQUIRE(promises.refused(2, 10));
  REQUIRE(promises.refused(2, 19));
  REQUIRE_FALSE(promises.refused(2, 20));
  REQUIRE_FALSE(promises.refused(2, 30));
  REQUIRE_FALSE(promises.refused(1, 10));
}

TEST_CASE("an accepted batch is found by each of its LSNs") {
  Promises promises;
  promises.apply(sim::Entry{io::Instant{std::chrono::milliseconds(3)}, 0, sim::Accepted{1, 4, 8, 100}});
  REQUIRE_FALSE(promises.accepted_at(99).has_value());
  REQUIRE(promises.accepted_at(103)->sequence == 11);
  REQUIRE(promises.accepted_at(103)->at == io::Instant{std::chrono::milliseconds(3)});
  REQUIRE_FALSE(promises.accepted_at(104).has_value());
  std::uint64_t sum = 0;
  promises.each_accepted(
      102, [&](std::uint64_t lsn, const Promises::Place& place) { sum += lsn + place.sequence; });
  REQUIRE(sum == 102 + 10 + 103 + 11);
}

}  // namespace
}  // namespace wallop::scenarios
