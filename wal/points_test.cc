// SPDX-License-Identifier: Apache-2.0
// The pointed build: a log that fails at each of its points in turn keeps what it had acknowledged. Linked
// against wallop_wal_pointed.
#include "wal/points.h"

#include <fiu-control.h>
#include <fiu.h>

#include <catch2/catch.hpp>

#include "wal/log_fixture.h"

namespace wallop::wal {
namespace {

using testing::failure_of;
using testing::LogFixture;

// Fires once, the next time the point is passed.
class Armed {
 public:
  explicit Armed(std::string_view name) : name_(name) {
    fiu_init(0);
    fiu_enable(name_.c_str(), 1, nullptr, FIU_ONETIME);
  }
  ~Armed() { fiu_disable(name_.c_str()); }
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;

 private:
  std::string name_;
};

// A life that passes every point: write, rotate, delete, close, open again; then open with a file cut short
// behind its records. The highest LSN that was acknowledged, and whether anything failed.
struct Life {
  std::uint64_t acknowledged = 0;
  bool failed = false;
};

Life live(LogFixture& log) {
  Life life;
  const auto passes = [&](const auto& result) {
    if (!result) life.failed = true;
    return result.has_value();
  };
  for (int round = 0; round < 2; ++round) {
    auto opened = Wal::open(log.world(), log.options);
    if (!passes(opened)) return life;
    for (int i = 0; i < 3; ++i) {
      const auto placed = opened->wal.append(Record::put("k", "v"));
      if (!passes(placed)) return life;
      life.acknowledged = placed->lsn.value();
    }
    for (int i = 0; i < 2; ++i) {  // The second rotation writes the footer that the first one left due.
      if (!passes(opened->wal.rotate())) return life;
      const auto placed = opened->wal.append(Record::put("k", "v"));
      if (!passes(placed)) return life;
      life.acknowledged = placed->lsn.value();
    }
    if (!passes(opened->wal.delete_segments_before(opened->wal.current_position()))) return life;
    const std::string path = segment_path("log", opened->wal.current_segment_id());
    if (!passes(opened->wal.close())) return life;
    if (round == 0) continue;
    auto file = log.world().files.open(path, {});
    REQUIRE_OK((*file)->truncate(15 * testing::kBlock));
  }
  passes(Wal::open(log.world(), log.options));
  return life;
}

TEST_CASE("whichever point fires, what was acknowledged is there after the next open") {
  for (const std::string_view name : kPoints) {
    LogFixture log;
    log.options.recovery = RecoveryMode::prefix;
    log.options.evidence = EvidenceLevel::synchronous;
    log.options.recycle_segments = 1;
    Life life;
    {
      const Armed armed(name);
      life = live(log);
    }
    INFO(name);
    REQUIRE(life.failed);  // The point is passed, so the list names no point that is not there.
    REQUIRE(log.open().last >= Lsn(life.acknowledged));
  }
}

TEST_CASE("a point that fired says that it was injected") {
  LogFixture log;
  log.open();
  const Armed armed("wal/sync/returned");
  const auto failed = log.append(1);
  REQUIRE(failed.error().code == io::Code::poisoned);
  REQUIRE(failed.error().injected);
}

TEST_CASE("where the world's flag is down no point is asked") {
  LogFixture log;
  const Armed armed("wal/group/built");
  log.world().points = false;
  log.open();
  log.write(1);
}

}  // namespace
}  // namespace wallop::wal
