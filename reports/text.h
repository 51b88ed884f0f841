// SPDX-License-Identifier: Apache-2.0
// Words and figures as the reports write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace wallop::reports {

// Valid UTF-8 without control characters other than newline and tab; each byte that is neither becomes
// U+FFFD. What goes into XML or HTML goes through here first: XML knows no escape for the rest.
[[nodiscard]] std::string printable(std::string_view text);

// Whether all of it is well-formed UTF-8, control characters included.
[[nodiscard]] bool is_utf8(std::string_view text);

// printable(), and safe as text and as a quoted attribute in HTML, SVG and XML.
[[nodiscard]] std::string escaped(std::string_view text);

// printable() on one line, at most `length_max` bytes with "…" where something was cut off.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t length_max);

// How many characters, not bytes.
[[nodiscard]] std::size_t letters_in(std::string_view utf8);
// What a letter takes of a picture, in units, of text at 12, with a little air.
inline constexpr double kLetterWidth = 7;

// The first word capitalized where it is a plain word ("a larger n", not "sync.p99 first"), and a full stop
// at the end where there is no mark yet.
[[nodiscard]] std::string sentence(std::string text);

// "1 check", "14 scenarios", "1,204 images".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);
// The same with the words that a sentence may begin with: "One check", "No scenario", "14 scenarios".
[[nodiscard]] std::string counted_in_words(std::uint64_t count, std::string_view noun);

// How much of a limit is left: "82 %", "−58 %" (permille used: 184, 1580). Never "0 %" over a limit.
[[nodiscard]] std::string margin(std::uint64_t used_permille);

// The duration in a limit as people write it: "< 10 ms", "<= 1.5 s", "≤ 200us". Nothing for other limits
// ("< 80 %", "≥ 8,000/s").
[[nodiscard]] std::optional<base::Duration> duration_in(std::string_view limit);

// A limit as a sentence names it: "10 ms" for "< 10 ms"; others as they are, for a lower bound needs its
// sign.
[[nodiscard]] std::string_view bare_limit(std::string_view limit);

// "2026-11-23T13:02:00Z" as "23 Nov 2026, 13:02 UTC"; other texts as they are.
[[nodiscard]] std::string humane_instant(std::string_view rfc3339);

// The first letter in upper case, where it is one of ASCII.
[[nodiscard]] std::string capitalized(std::string text);

// A measured duration: "310 µs", "1.84 ms", "10.0 s".
[[nodiscard]] std::string humane_duration(base::Duration value);
// One that somebody set: "10 ms", "1.5 s", "10 s".
[[nodiscard]] std::string round_duration(base::Duration value);

}  // namespace wallop::reports
