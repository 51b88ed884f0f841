// SPDX-License-Identifier: Apache-2.0
// Debian's sqlite3 under a plan, whole: found, preloaded, failed where the plan says, and told.
#include <catch2/catch.hpp>

#include "base/json.h"
#include "cli/fixture.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using testing::contains;
using testing::Terminal;

constexpr const char* kThird = WALLOP_SOURCE_DIR "/scenarios/sync/third-sync-fails.json";
constexpr const char* kInserts = "create table t (a); insert into t values (1); insert into t values (2);";

std::string scenario() {
  io::PosixWorld machine("/");
  return read_file(machine.world().files, kThird).value_or("");
}

struct Sqlite {
  // Types `wallop fiu plan.json --format json --exec -- COMMAND...`, and keeps the receipt.
  Exit run(std::string_view plan, const std::vector<std::string>& command) {
    terminal.write("plan.json", plan);
    std::vector<std::string> words{"fiu", "plan.json", "--format", "json", "--exec", "--"};
    words.insert(words.end(), command.begin(), command.end());
    const Exit exit = terminal.type(words);
    if (auto parsed = base::json::parse(terminal.data())) receipt = std::move(*parsed);
    return exit;
  }
  Exit inserts(std::string_view plan) { return run(plan, {"sqlite3", terminal.path("db"), kInserts}); }
  // "posix/io/sync/fdatasync 3 EIO", a line for each call that failed.
  [[nodiscard]] std::string failed() const {
    std::string text;
    const Value* const calls = receipt.find("failed");
    if (calls == nullptr) return "no receipt";
    for (const Value& call : *calls->get<base::json::Array>()) {
      text += *call.find("point")->get<std::string>() + " " +
              std::to_string(*call.find("ordinal")->get<std::uint64_t>()) + " " +
              *call.find("errno")->get<std::string>() + "\n";
    }
    return text;
  }
  [[nodiscard]] std::uint64_t number(std::string_view key) const {
    const Value* const value = receipt.find(key);
    return value == nullptr              ? ~std::uint64_t{0}
           : value->get<std::uint64_t>() ? *value->get<std::uint64_t>()
                                         : 0;
  }

  Terminal terminal;
  Value receipt;
};

TEST_CASE("sqlite3 fails at exactly its third fdatasync, by the scenario that fails the log there") {
  Sqlite sqlite;
  CHECK(sqlite.inserts(scenario()) == Exit::failed);  // COMMAND ended 1: "disk I/O error".
  CHECK(sqlite.failed() == "posix/io/sync/fdatasync 3 EIO\n");
  CHECK(sqlite.number("exit_code") != 0);

  Terminal terminal;
  terminal.write("third.json", scenario());
  CHECK(terminal.type({"run", "third.json", "-v"}) == Exit::passed);
  CHECK(contains(terminal.data(), "posix/io/sync/fdatasync call 3"));
  CHECK(contains(terminal.data(), "EIO"));
}

TEST_CASE("calls are counted over all processes of the command") {
  Sqlite sqlite;
  const std::string insert = "sqlite3 " + sqlite.terminal.path("db") +
                             " 'create table if not exists t (a); insert into t values (1)'";
  const std::string all = insert + "; " + insert + "; " + insert;
  sqlite.run(
      R"({"faults": [{"kind": "failed_sync", "when": {"op": "sync", "from": 7, "count": 2, "per": "device"}}]})",
      {"sh", "-c", all});
  CHECK(sqlite.failed() == "posix/io/sync/fdatasync 7 EIO\nposix/io/sync/fdatasync 8 EIO\n");
  CHECK(sqlite.number("processes") >= 4);
}

TEST_CASE("a fault that never fires leaves the whole inconclusive, and says what was called instead") {
  Sqlite sqlite;
  CHECK(sqlite.inserts(R"({"faults": [{"kind": "io_error", "when": {"op": "rename"}}]})") ==
        Exit::inconclusive);
  CHECK(sqlite.failed().empty());
  CHECK(contains(sqlite.terminal.data(), "posix/io/rw/pwrite"));
}

TEST_CASE("\"max\" bounds how often, and one seed draws one plan") {
  constexpr std::string_view kPlan =
      R"({"faults": [{"kind": "io_error", "errno": "EROFS", "when": {"op": "read", "chance": "1/3", "max": 1}}]})";
  Sqlite first, second;
  CHECK(first.inserts(kPlan) == second.inserts(kPlan));
  CHECK(contains(first.failed(), "posix/io/rw/pread"));
  CHECK(first.failed() == second.failed());
}

TEST_CASE("a command that is not there, a plan that is none and a command without --exec are told") {
  Sqlite sqlite;
  CHECK(sqlite.run(R"({"faults": [{"kind": "failed_sync"}]})", {"no-such-program"}) == Exit::usage);
  CHECK(contains(sqlite.terminal.messages(), "no-such-program"));
  CHECK(sqlite.run(R"({"faults": [{"kind": "torn_write"}]})", {"true"}) == Exit::usage);
  CHECK(contains(sqlite.terminal.messages(), "only let a call fail"));
  CHECK(sqlite.run(R"({"faults": [{"kind": "faild_sync"}]})", {"true"}) == Exit::usage);
  CHECK(contains(sqlite.terminal.messages(), "did you mean"));
  CHECK(sqlite.terminal.type({"fiu", "plan.json", "--", "true"}) == Exit::usage);
}

TEST_CASE("without --exec it prints what would do it") {
  Terminal terminal;
  terminal.write("plan.json", scenario());
  REQUIRE(terminal.type({"fiu", "plan.json"}) == Exit::passed);
  CHECK(contains(terminal.data(), "failed_sync 1   EIO at posix/io/sync/fdatasync"));
  CHECK(contains(terminal.data(), "libwallop_fiu.so"));
  CHECK(contains(terminal.data(), "errno=5 nth=3"));
}

}  // namespace
}  // namespace wallop::cli
