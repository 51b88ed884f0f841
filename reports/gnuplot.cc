// SPDX-License-Identifier: Apache-2.0
// The one file that includes gnuplot-iostream, and the one place of this room that starts a process.
//
// The library writes to gnuplot's stdin through popen. gnuplot's own stdout and stderr go to two unnamed
// temporary files, which the shell opens through /proc/self/fd. When gnuplot ends early (it is not there, or
// a command is wrong), the shell reads the rest of the script: with nobody reading, our write would raise
// SIGPIPE. The shell ends with 0, because the library's destructor complains on stderr otherwise; the verdict
// is in the two files.
#include "reports/gnuplot.h"

#include <fmt/format.h>
#include <gnuplot-iostream.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "reports/embedded.h"
#include "reports/text.h"

namespace wallop::reports {
namespace {

constexpr std::size_t kOutputMax = 8U << 20;  // Bytes of SVG; a page is under 2 MB with all its plots.

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

std::string contents(std::FILE* file) {
  std::string text;
  std::array<char, 65536> buffer{};
  std::rewind(file);
  for (std::size_t got = 1; got > 0 && text.size() < kOutputMax;) {
    got = std::fread(buffer.data(), 1, buffer.size(), file);
    text.append(buffer.data(), got);
  }
  return text;
}

// For the shell, as one word.
std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += R"('\'')";
    } else {
      word += c;
    }
  }
  return word + "'";
}

std::string shell_command(std::string_view program, std::FILE* out, std::FILE* complaints) {
  return fmt::format(
      "LC_ALL=C {} -d >/proc/self/fd/{} 2>/proc/self/fd/{}; while read -r rest; do :; done; exit 0",
      shell_word(program), ::fileno(out), ::fileno(complaints));
}

void tell(gnuplotio::Gnuplot& gnuplot, const Plot& plot) {
  gnuplot << fmt::format("set terminal svg size {},{} dynamic noenhanced font ',12'\n", plot.width,
                         plot.height)
          << embedded("plot_style") << std::flush;
  for (std::size_t i = 0; i < plot.data.size(); ++i) {
    gnuplot << fmt::format("$d{} << e\n", i);  // send1d ends what it sends with a line "e".
    gnuplot.send1d(plot.data[i]);
  }
  gnuplot << plot.commands << std::flush;
}

// gnuplot repeats the line that it did not understand and points at the word; its last line says what is
// wrong. The shell begins what it says with its own name and line.
std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const auto newline = text.rfind('\n');
  std::string_view line = newline == std::string_view::npos ? text : text.substr(newline + 1);
  if (line.starts_with("sh: ")) line.remove_prefix(std::min(line.find(": ", 4) + 2, line.size()));
  return clipped(line, 200);
}

}  // namespace

std::string gnuplot_string(std::string_view text) {
  std::string string = "'";
  for (const char c : clipped(text, 200)) {
    string += c;
    if (c == '\'') string += '\'';
  }
  return string + "'";
}

std::expected<std::string, std::string> run_gnuplot(const Plot& plot, std::string_view program) {
  const TemporaryFile out(std::tmpfile());
  const TemporaryFile complaints(std::tmpfile());
  if (!out || !complaints) return std::unexpected("gnuplot: no temporary file could be made");
  try {
    gnuplotio::Gnuplot gnuplot(shell_command(program, out.get(), complaints.get()));
    tell(gnuplot, plot);
  } catch (const std::exception& error) {
    return std::unexpected(fmt::format("gnuplot: {}", clipped(error.what(), 200)));
  }
  std::string svg = contents(out.get());
  if (svg.find("</svg>") == std::string::npos) {
    const std::string why = last_line(contents(complaints.get()));
    return std::unexpected(fmt::format("gnuplot: {}", why.empty() ? "it drew nothing" : why));
  }
  return svg;
}

}  // namespace wallop::reports
