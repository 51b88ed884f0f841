// SPDX-License-Identifier: Apache-2.0
// wallop images: every crash image that a persistence model allows for a short trace of file operations.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/fields.h"
#include "base/json.h"
#include "base/suggest.h"
#include "base/units.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/files.h"
#include "reports/text.h"
#include "sim/truth/images.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using sim::PlainImage;

constexpr std::uint64_t kImagesVersion = 1;
constexpr std::uint64_t kInputBytesMax = 16ULL << 20;
constexpr std::size_t kReasonMax = 512;  // Letters, and those of a path.
constexpr std::size_t kPathMax = 4096;

// A sentence for the user, and how the command ends.
struct Complaint {
  std::string text;
  Exit exit = Exit::usage;
};
template <class T>
using Or = std::expected<T, Complaint>;

struct Answer {
  std::string model;
  std::optional<std::uint64_t> cut;
  std::size_t operation_count = 0;
  std::set<PlainImage> images;
};

// ---- What is asked ----

// Its words may come from the trace: one line, and printable.
Complaint about(const std::string& path, const sim::TraceProblem& problem) {
  return {fmt::format("{}:{}  {}", path, problem.line, reports::clipped(problem.reason, kReasonMax))};
}

Or<std::string> checked(io::Result<std::string> text) {
  if (!text) return std::unexpected(Complaint{io::describe(text.error())});
  return std::move(*text);
}

Or<sim::ModelSpec> model_from_file(const std::string& path, io::FileSystem& files) {
  auto text = checked(read_file(files, path, kInputBytesMax));
  if (!text) return std::unexpected(std::move(text.error()));
  sim::ModelSpec model;
  const base::json::Problems problems = base::read_document(*text, model);
  if (!problems.empty()) return std::unexpected(Complaint{base::json::describe(path, problems.front())});
  if (const auto problem = sim::problem_of(model))
    return std::unexpected(Complaint{fmt::format("{}  {}", path, *problem)});
  return model;
}

// By name, or from a file of the user's own.
Or<sim::ModelSpec> model_of(const std::string& name, io::FileSystem& files) {
  if (const sim::ModelSpec* shipped = sim::find_model(name)) return *shipped;
  if (name.ends_with(".json")) return model_from_file(name, files);
  return std::unexpected(
      Complaint{fmt::format("unknown model \"{}\"  {}\n  or a file of your own, *.json: "
                            "`wallop schema model` says what is in it",
                            name, base::did_you_mean(name, sim::model_names()))});
}

Or<sim::Alphabet> alphabet_of(const std::vector<std::string>& fates) {
  constexpr std::array<std::string_view, 6> kFates{"kept", "lost", "older", "zeros", "garbage", "all"};
  sim::Alphabet alphabet{.older = false, .zeros = false, .garbage = false};
  for (const std::string& fate : fates) {
    if (std::ranges::find(kFates, fate) == kFates.end()) {
      return std::unexpected(
          Complaint{fmt::format("--fates: unknown fate \"{}\"  {}", fate, base::did_you_mean(fate, kFates))});
    }
    const bool is_all = fate == "all";
    alphabet.older = alphabet.older || is_all || fate == "older";
    alphabet.zeros = alphabet.zeros || is_all || fate == "zeros";
    alphabet.garbage = alphabet.garbage || is_all || fate == "garbage";
  }
  return alphabet;
}

Or<sim::Trace> trace_of(const std::string& path, Session& session) {
  auto text = checked(path == "-" ? read_standard_input(kInputBytesMax, session.interrupted)
                                  : read_file(session.machine.files, path, kInputBytesMax));
  if (!text) return std::unexpected(std::move(text.error()));
  if (session.interrupted()) return std::unexpected(Complaint{"interrupted", Exit::interrupted});
  auto trace = sim::read_trace(*text);
  if (!trace) return std::unexpected(about(path, trace.error()));
  return std::move(*trace);
}

// ---- What is answered ----

// Walks the cuts in order, and adds up what they may leave.
class Walk {
 public:
  Walk(const ImagesRequest& request, const sim::Played& played, const sim::ModelSpec& model, Session& session,
       Console& console)
      : request_(request),
        played_(played),
        interrupted_(session.interrupted),
        console_(console),
        medium_(model, sim::Disk()),
        found_(request.limit, [this] { return is_to_stop(); }) {}

  Or<std::set<PlainImage>> run(const sim::Alphabet& alphabet) {
    std::optional<std::uint64_t> revision;
    std::size_t applied = 0;
    for (; cut_ < played_.cuts.size(); ++cut_) {
      for (; applied < played_.cuts[cut_]; ++applied) {
        if (interrupted_()) return std::unexpected(stopped(End::interrupted));
        medium_.apply(played_.entries[applied]);
      }
      if (request_.cut.value_or(cut_) != cut_ || revision == medium_.revision()) continue;
      revision = medium_.revision();
      if (const End end = found_.add(medium_, alphabet); end != End::all)
        return std::unexpected(stopped(end));
    }
    return std::move(found_).take();
  }

 private:
  using End = sim::ImageSet::End;

  [[nodiscard]] std::string so_far() const {
    const std::string cuts = request_.cut ? fmt::format("cut {}", cut_)
                                          : fmt::format("cuts 0 to {} of {}", cut_, played_.cuts.size() - 1);
    return fmt::format("{} at {} so far", reports::counted(found_.images().size(), "image"), cuts);
  }

  bool is_to_stop() {
    constexpr std::uint64_t kTellEvery = 1024;
    if (++asked_count_ % kTellEvery == 0) console_.progress("images  " + so_far());
    return interrupted_();
  }

  [[nodiscard]] Complaint stopped(End why) const {
    if (why == End::interrupted)
      return {fmt::format("interrupted, with {}; nothing is printed", so_far()), Exit::interrupted};
    const std::uint64_t at_most = medium_.image_count_max();
    const std::string there_may_be =
        fmt::format("cut {} alone may have {}", cut_,
                    at_most == ~std::uint64_t{0} ? "more than 2^64" : base::with_commas(at_most));
    const std::string_view elsewhere = "for one cut with --cut N, or of a shorter trace";
    if (why == End::too_large)
      return {fmt::format("the images hold more than {} MiB: {}, and {}\n  ask {}",
                          sim::ImageSet::kImageBytesMax >> 20, so_far(), there_may_be, elsewhere)};
    const std::string_view reason =
        why == End::too_many ? "more images than --limit allows" : "too many ways to too few images";
    return {fmt::format("{}: {}, and {}\n  ask for more with --limit N (here {}), {}", reason, so_far(),
                        there_may_be, request_.limit, elsewhere)};
  }

  const ImagesRequest& request_;
  const sim::Played& played_;
  const std::function<bool()>& interrupted_;
  Console& console_;
  sim::Medium medium_;
  sim::ImageSet found_;
  std::size_t cut_ = 0;
  std::uint64_t asked_count_ = 0;
};

Or<Answer> answer(const ImagesRequest& request, Session& session, Console& console) {
  const auto model = model_of(request.model, session.machine.files);
  if (!model) return std::unexpected(model.error());
  const auto alphabet = alphabet_of(request.fates);
  if (!alphabet) return std::unexpected(alphabet.error());
  const auto trace = trace_of(request.trace, session);
  if (!trace) return std::unexpected(trace.error());
  const auto played = sim::play(*trace, *model);
  if (!played) return std::unexpected(about(request.trace, played.error()));
  if (request.cut && *request.cut > trace->size()) {
    return std::unexpected(Complaint{
        fmt::format("--cut: {} is not there; the trace has cuts 0 to {}", *request.cut, trace->size())});
  }
  auto images = Walk(request, *played, *model, session, console).run(*alphabet);
  if (!images) return std::unexpected(std::move(images.error()));
  return Answer{request.model, request.cut, trace->size(), std::move(*images)};
}

// ---- In JSON ----

std::string hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

Value to_json(const PlainImage& image) {
  Value directories{base::json::Array{}};
  for (const std::string& path : image.directories) directories.push(path);
  Value files{base::json::Object{}};
  for (const auto& [path, bytes] : image.files)
    files.set(path, Value().set("bytes", std::uint64_t{bytes.size()}).set("hex", hex(bytes)));
  return Value().set("directories", std::move(directories)).set("files", std::move(files));
}

void tell_in_json(Console& console, const Answer& found) {
  Value images{base::json::Array{}};
  for (const PlainImage& image : found.images) images.push(to_json(image));
  Value document = Value().set("version", kImagesVersion).set("model", found.model);
  document.set("cut", found.cut ? Value(*found.cut) : Value("all"));
  document.set("image_count", std::uint64_t{found.images.size()}).set("images", std::move(images));
  console.document(base::json::to_text(document, base::json::Layout::indented));
  if (console.format() != Format::jsonl) return;
  for (const PlainImage& image : found.images) console.row(to_json(image));
}

// ---- For people ----

// "A*512 00*88": what a byte is, and how often.
std::string runs(std::string_view bytes) {
  std::vector<std::string> found;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find_first_not_of(bytes[begin], begin), bytes.size());
    const bool is_printable = bytes[begin] > ' ' && bytes[begin] <= '~';
    const std::string sign = is_printable ? std::string(1, bytes[begin])
                                          : fmt::format("{:02X}", static_cast<unsigned char>(bytes[begin]));
    found.push_back(fmt::format("{}*{}", sign, end - begin));
    begin = end;
  }
  return fmt::format("{}", fmt::join(found, " "));
}

void tell(Console& console, const Answer& found) {
  const std::string when = found.cut ? fmt::format("after {} of {}", *found.cut, found.operation_count)
                                     : fmt::format("at any of {}", found.operation_count);
  console.say(fmt::format("{}   power lost {} operations: {}", found.model, when,
                          reports::counted(found.images.size(), "image")));
  std::size_t number = 0;
  for (const PlainImage& image : found.images) {
    console.say(fmt::format("image {}", ++number));
    std::size_t width = 0;
    const auto shown = [](std::string_view path) { return reports::clipped(path, kPathMax); };
    for (const auto& [path, bytes] : image.files) width = std::max(width, reports::letters_in(shown(path)));
    for (const std::string& path : image.directories) console.say(fmt::format("  {}/", shown(path)));
    for (const auto& [path, bytes] : image.files) {
      const std::string line =
          fmt::format("  {:<{}}  {:>5} bytes  {}", shown(path), width, bytes.size(), runs(bytes));
      console.say(line.substr(0, line.find_last_not_of(' ') + 1));
    }
    if (image.files.empty() && image.directories.empty()) console.say("  nothing");
  }
}

}  // namespace

Exit images(const ImagesRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const Or<Answer> found = answer(request, session, console);
  if (!found) {
    console.complain(found.error().text);
    return found.error().exit;
  }
  tell(console, *found);
  tell_in_json(console, *found);
  return Exit::passed;
}

}  // namespace wallop::cli
