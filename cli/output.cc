// SPDX-License-Identifier: Apache-2.0
// The real standard output and error. SIGPIPE and SIGXFSZ are ignored (signals.h), so that a reader who
// leaves and a file that may not grow are errno here.
#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace wallop::cli {
namespace {

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// https://no-color.org: set and not empty.
bool wants_colour() {
  const char* const terminal = std::getenv("TERM");
  return !is_set("NO_COLOR") && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

Screen screen_of(int descriptor) {
  Screen screen;
  screen.is_terminal = ::isatty(descriptor) == 1;
  screen.colour = screen.is_terminal && wants_colour();
  winsize size{};
  if (screen.is_terminal && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    screen.columns = size.ws_col;
  return screen;
}

// 0, or why not all was written.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

StandardOutput::StandardOutput()
    : data_screen_(screen_of(STDOUT_FILENO)), message_screen_(screen_of(STDERR_FILENO)) {}

void StandardOutput::data(std::string_view text) {
  if (data_error_ == 0) data_error_ = write_all(STDOUT_FILENO, text);
}

void StandardOutput::message(std::string_view text) {
  static_cast<void>(write_all(STDERR_FILENO, text));  // Nowhere is left to complain.
}

}  // namespace wallop::cli
