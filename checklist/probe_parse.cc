// SPDX-License-Identifier: Apache-2.0
// Reading /proc.
#include "checklist/probe_parse.h"

#include <array>
#include <charconv>
#include <vector>

namespace wallop::checklist {
namespace {

constexpr std::string_view kBlanks = " \t";

// The next piece of `rest` up to one of `ends`, taken off it.
std::string_view take(std::string_view& rest, std::string_view ends) {
  const std::size_t end = std::min(rest.find_first_of(ends), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::string_view word = take(line, kBlanks);
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::uint64_t number_at(const std::vector<std::string_view>& words, std::size_t index) {
  return index < words.size() ? number(words[index]).value_or(0) : 0;
}

// mountinfo writes blank, tab, newline and backslash as \ooo.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size();
    if (!escape) {
      plain += text[i];
      continue;
    }
    int code = 0;
    for (std::size_t digit = 1; digit <= 3; ++digit) code = code * 8 + (text[i + digit] - '0');
    plain += static_cast<char>(code);
    i += 3;
  }
  return plain;
}

std::optional<DeviceNumber> device_number(std::string_view text) {
  const auto major = number(take(text, ":")), minor = number(text);
  if (!major || !minor) return std::nullopt;
  return DeviceNumber{*major, *minor};
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::optional<Mount> parse_mount(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  std::size_t dash = 6;  // Any number of optional words stands before it.
  while (dash < words.size() && words[dash] != "-") ++dash;
  if (dash + 3 >= words.size()) return std::nullopt;
  const auto device = device_number(words[2]);
  if (!device) return std::nullopt;
  return Mount{*device, unescaped(words[4]), std::string(words[5]) + "," + std::string(words[dash + 3]),
               std::string(words[dash + 1]), unescaped(words[dash + 2])};
}

bool is_above(std::string_view point, std::string_view path) {
  if (point == "/") return path.starts_with('/');
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

}  // namespace

std::optional<Mount> find_mount(std::string_view mountinfo, std::string_view path) {
  std::optional<Mount> found;
  while (!mountinfo.empty()) {
    auto mount = parse_mount(take(mountinfo, "\n"));
    if (!mount || !is_above(mount->point, path)) continue;
    if (!found || mount->point.size() >= found->point.size()) found = std::move(mount);
  }
  return found;
}

std::optional<DiskCounters> find_disk(std::string_view diskstats, DeviceNumber device) {
  while (!diskstats.empty()) {
    const std::vector<std::string_view> words = words_of(take(diskstats, "\n"));
    constexpr std::size_t kWordsMin = 14;  // Since Linux 2.6.
    if (words.size() < kWordsMin || number(words[0]) != device.major || number(words[1]) != device.minor)
      continue;
    return DiskCounters{.reads = number_at(words, 3),
                        .sectors_read = number_at(words, 5),
                        .read_ms = number_at(words, 6),
                        .writes = number_at(words, 7),
                        .sectors_written = number_at(words, 9),
                        .write_ms = number_at(words, 10),
                        .busy_ms = number_at(words, 12),
                        .flushes = number_at(words, 18),
                        .flush_ms = number_at(words, 19)};
  }
  return std::nullopt;
}

std::optional<CpuCounters> parse_cpu_counters(std::string_view stat) {
  const std::vector<std::string_view> words = words_of(take(stat, "\n"));
  // cpu user nice system idle iowait irq softirq steal; guest time, behind them, is part of user.
  constexpr std::size_t kIdle = 4, kSteal = 8;
  if (words.size() <= kSteal || words[0] != "cpu") return std::nullopt;
  CpuCounters counters;
  for (std::size_t i = 1; i <= kSteal; ++i) counters.all += number_at(words, i);
  counters.idle = number_at(words, kIdle);
  counters.stolen = number_at(words, kSteal);
  return counters;
}

std::optional<std::uint64_t> parse_load(std::string_view loadavg) {
  std::string_view word = take(loadavg, kBlanks);
  const auto whole = number(take(word, ".")), hundredths = number(word);
  if (!whole || !hundredths || word.size() != 2) return std::nullopt;
  return *whole * 100 + *hundredths;
}

std::string value_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = take(text, "\n");
    std::string_view key = take(line, ":");
    key = key.substr(0, key.find_last_not_of(kBlanks) + 1);
    if (key != name) continue;
    return std::string(line.substr(std::min(line.find_first_not_of(kBlanks), line.size())));
  }
  return "";
}

std::string chosen_word(std::string_view text) {
  const std::size_t open = text.find('['), close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::string(text);
  return std::string(text.substr(open + 1, close - open - 1));
}

}  // namespace wallop::checklist
