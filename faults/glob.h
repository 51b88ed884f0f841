// SPDX-License-Identifier: Apache-2.0
// Path patterns as shells and .gitignore have them.
//
//   *      any characters of one name        ?       one character of a name
//   [a-f]  one of these, [!a-f] none of them  **      any characters, '/' too
//   **/    any number of directories, none as well
//
// What surprises: a pattern without '/' is held against the last name of the path alone, so that "*.wal"
// finds "log/0000000000000001.wal". There is no escape character.
#pragma once

#include <string>
#include <string_view>

namespace wallop::faults {

// Why nothing could ever match `pattern`; "" where it is well formed.
[[nodiscard]] std::string glob_flaw(std::string_view pattern);

// A malformed pattern matches nothing.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace wallop::faults
