// SPDX-License-Identifier: Apache-2.0
// Console: one command's conversation, in the format that was asked for.
//
// say(), row() and document() each speak in one format and are silent in the others, so that a command states
// what it has to tell in all of them and asks nowhere which one it is. Progress goes to standard error: on a
// terminal a line that vanishes, elsewhere a line every ten seconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/output.h"
#include "cli/requests.h"
#include "io/time.h"
#include "reports/result.h"

namespace wallop::cli {

// Of JSON lines; stands in the first one. It never changes shape: new members come with a new version.
inline constexpr std::uint64_t kJsonLinesVersion = 1;

enum class Paint : std::uint8_t { plain, good, bad, faint };

class Console {
 public:
  // Both outlive this object.
  Console(Output& output, io::Clock& clock, Presentation presentation);

  // A line for people.
  void say(std::string_view line);
  // An object of its own line, for jsonl.
  void row(const base::json::Value& object);
  // The one document of json; ends in a newline.
  void document(std::string_view text);

  // A line on standard error, in every format.
  void complain(std::string_view line);
  // What goes on now. Cheap: looks at the clock and mostly returns.
  void progress(std::string_view line);
  // Takes the progress line off the screen, where there is one.
  void clear_progress();

  [[nodiscard]] Format format() const { return presentation_.format; }
  [[nodiscard]] Detail detail() const { return presentation_.detail; }
  // The text in a colour, or as it is where the screen has none.
  [[nodiscard]] std::string painted(std::string_view text, Paint paint) const;
  [[nodiscard]] std::string painted(reports::Status status) const;
  [[nodiscard]] io::Instant now() const { return clock_.now(); }

 private:
  Output& output_;
  io::Clock& clock_;
  Presentation presentation_;
  io::Instant last_progress_;
  bool progress_shown_ = false;
};

}  // namespace wallop::cli
