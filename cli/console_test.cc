// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "cli/fixture.h"

namespace wallop::cli {
namespace {

using namespace std::chrono_literals;
using testing::Remembered;

// Stands still until it is moved.
class HandClock final : public io::Clock {
 public:
  io::Instant now() override { return time; }
  io::WallTime wall_now() override { return {}; }
  void sleep_until(io::Instant) override {}
  void spend(io::Work, std::uint64_t) override {}
  io::Instant time;
};

struct Scene {
  Remembered output;
  HandClock clock;
  Console in(Presentation presentation) { return Console(output, clock, presentation); }
};

TEST_CASE("each format is told what is meant for it alone") {
  const auto told = [](Format format) {
    Scene scene;
    Console console = scene.in({.format = format});
    console.say("words");
    console.row(base::json::Value().set("type", "row"));
    console.document("{}");
    return scene.output.data_text;
  };
  REQUIRE(told(Format::pretty) == "words\n");
  REQUIRE(told(Format::jsonl) == "{\"type\":\"row\"}\n");
  REQUIRE(told(Format::json) == "{}\n");
}

TEST_CASE("without a terminal progress is a line every ten seconds on standard error") {
  Scene scene;
  Console console = scene.in({});
  for (int second = 1; second <= 25; ++second) {
    scene.clock.time += 1s;
    console.progress("at work");
  }
  REQUIRE(scene.output.message_text == "at work\nat work\n");
  REQUIRE(scene.output.data_text.empty());
}

TEST_CASE("on a terminal progress fits its line and is gone before the next line of data") {
  Scene scene;
  scene.output.messages_on = {.is_terminal = true, .colour = true, .columns = 12};
  Console console = scene.in({});
  console.progress("a text of more than twelve letters");
  REQUIRE(scene.output.message_text.starts_with("\r\x1b[K"));
  REQUIRE_FALSE(testing::contains(scene.output.message_text, "twelve"));
  scene.output.message_text.clear();
  console.say("data");
  REQUIRE(scene.output.message_text == "\r\x1b[K");
  console.say("more");
  REQUIRE(scene.output.message_text == "\r\x1b[K");
}

TEST_CASE("quiet has no progress") {
  Scene scene;
  scene.output.messages_on.is_terminal = true;
  Console console = scene.in({.detail = Detail::quiet});
  scene.clock.time += 1h;
  console.progress("at work");
  REQUIRE(scene.output.message_text.empty());
}

TEST_CASE("there is no escape sequence in data for a screen without colour") {
  Scene scene;
  Console plain = scene.in({});
  REQUIRE(plain.painted(reports::Status::fail) == "FAIL");
  scene.output.data_on.colour = true;
  REQUIRE(plain.painted(reports::Status::fail) == "\x1b[31mFAIL\x1b[0m");
  REQUIRE(plain.painted(reports::Status::warn) == "WARN");
}

TEST_CASE("a pipe has no colour, whatever the environment says") {
  REQUIRE(::setenv("CLICOLOR_FORCE", "1", 1) == 0);
  const StandardOutput
      output;  // Tests run with their output captured, or into a terminal; only the former is judged.
  if (!output.data_screen().is_terminal) REQUIRE_FALSE(output.data_screen().colour);
  REQUIRE(::setenv("NO_COLOR", "1", 1) == 0);
  const StandardOutput colourless;
  REQUIRE_FALSE(colourless.data_screen().colour);
  REQUIRE_FALSE(colourless.message_screen().colour);
  ::unsetenv("NO_COLOR");
  ::unsetenv("CLICOLOR_FORCE");
}

}  // namespace
}  // namespace wallop::cli
