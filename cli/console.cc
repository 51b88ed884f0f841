// SPDX-License-Identifier: Apache-2.0
// Formats, colours and the progress line.
#include "cli/console.h"

#include <fmt/format.h>

#include "reports/summary.h"
#include "reports/text.h"

namespace wallop::cli {
namespace {

using namespace std::chrono_literals;

constexpr io::Duration kBarEvery = 100ms;
constexpr io::Duration kLineEvery = 10s;
constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::good:
      return "\x1b[32m";
    case Paint::bad:
      return "\x1b[31m";
    case Paint::faint:
      return "\x1b[2m";
    case Paint::plain:
      return "";
  }
  return "";
}

Paint paint_of(reports::Status status) {
  if (status == reports::Status::pass) return Paint::good;
  return status == reports::Status::fail ? Paint::bad : Paint::plain;
}

std::string line_of(std::string_view text) {
  return std::string(text) + "\n";
}

}  // namespace

Console::Console(Output& output, io::Clock& clock, Presentation presentation)
    : output_(output), clock_(clock), presentation_(presentation), last_progress_(clock.now()) {
  if (output.message_screen().is_terminal) last_progress_ -= kBarEvery;  // A bar is there from the start.
}

void Console::say(std::string_view line) {
  if (format() != Format::pretty) return;
  clear_progress();
  output_.data(line_of(line));
}

void Console::row(const base::json::Value& object) {
  if (format() != Format::jsonl) return;
  clear_progress();
  output_.data(line_of(base::json::to_text(object, base::json::Layout::compact)));
}

void Console::document(std::string_view text) {
  if (format() != Format::json) return;
  clear_progress();
  output_.data(text.ends_with('\n') ? std::string(text) : line_of(text));
}

void Console::complain(std::string_view line) {
  clear_progress();
  output_.message(line_of(line));
}

void Console::progress(std::string_view line) {
  if (detail() == Detail::quiet) return;
  const Screen screen = output_.message_screen();
  const io::Instant now = clock_.now();
  if (now - last_progress_ < (screen.is_terminal ? kBarEvery : kLineEvery)) return;
  last_progress_ = now;
  if (!screen.is_terminal) return output_.message(line_of(line));
  // One column stays free: a full line would wrap, and could not be erased.
  output_.message(std::string(kEraseLine) + reports::clipped(line, screen.columns - 1));
  progress_shown_ = true;
}

void Console::clear_progress() {
  if (progress_shown_) output_.message(kEraseLine);
  progress_shown_ = false;
}

std::string Console::painted(std::string_view text, Paint paint) const {
  if (paint == Paint::plain || !output_.data_screen().colour) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code_of(paint), text);
}

std::string Console::painted(reports::Status status) const {
  return painted(reports::status_name(status), paint_of(status));
}

}  // namespace wallop::cli
