// SPDX-License-Identifier: Apache-2.0
// wallop images: every crash image that a persistence model allows for a short trace of file operations.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <iterator>
#include <utility>

#include "base/fields.h"
#include "base/json.h"
#include "base/suggest.h"
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

// A sentence for the user; the command ends with Exit::usage.
struct Complaint {
  std::string text;
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

Or<std::string> text_of(const std::string& path, io::FileSystem& files) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  auto text = read_file(files, path, kInputBytesMax);
  if (!text) return std::unexpected(Complaint{io::describe(text.error())});
  return std::move(*text);
}

Or<sim::ModelSpec> model_from_file(const std::string& path, io::FileSystem& files) {
  auto text = text_of(path, files);
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

// ---- What is answered ----

Complaint too_many(std::uint64_t limit, std::size_t cut, const sim::Medium& medium) {
  const std::uint64_t at_most = medium.image_count_max();
  const bool is_known = at_most != ~std::uint64_t{0};
  return {fmt::format(
      "more than {} images, or 256 MiB of them: after {} {} alone there may be {}\n  ask for more with "
      "--limit N, for one cut with --cut N, or write less",
      limit, cut, cut == 1 ? "operation" : "operations",
      is_known ? std::to_string(at_most) : "more than 2^64")};
}

Or<Answer> answer(const ImagesRequest& request, Session& session) {
  const auto model = model_of(request.model, session.machine.files);
  if (!model) return std::unexpected(model.error());
  const auto alphabet = alphabet_of(request.fates);
  if (!alphabet) return std::unexpected(alphabet.error());
  const auto text = text_of(request.trace, session.machine.files);
  if (!text) return std::unexpected(text.error());
  const auto complain = [&](const sim::TraceProblem& problem) {
    return std::unexpected(Complaint{fmt::format("{}:{}  {}", request.trace, problem.line, problem.reason)});
  };
  const auto trace = sim::read_trace(*text);
  if (!trace) return complain(trace.error());
  const auto played = sim::play(*trace, *model);
  if (!played) return complain(played.error());
  if (request.cut && *request.cut > trace->size()) {
    return std::unexpected(Complaint{
        fmt::format("--cut: {} is not there; the trace has cuts 0 to {}", *request.cut, trace->size())});
  }

  Answer found{request.model, request.cut, trace->size(), {}};
  sim::Medium medium(*model, sim::Disk());
  std::size_t applied = 0;
  for (std::size_t cut = 0; cut < played->cuts.size(); ++cut) {
    for (; applied < played->cuts[cut]; ++applied) medium.apply(played->entries[applied]);
    if (request.cut.value_or(cut) != cut) continue;
    auto images = sim::images_of(medium, *alphabet, request.limit);
    if (images) found.images.merge(*images);
    if (!images || found.images.size() > request.limit)
      return std::unexpected(too_many(request.limit, cut, medium));
  }
  return found;
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
    for (const auto& [path, bytes] : image.files) width = std::max(width, path.size());
    for (const std::string& path : image.directories) console.say(fmt::format("  {}/", path));
    for (const auto& [path, bytes] : image.files) {
      const std::string line =
          fmt::format("  {:<{}}  {:>5} bytes  {}", path, width, bytes.size(), runs(bytes));
      console.say(line.substr(0, line.find_last_not_of(' ') + 1));
    }
    if (image.files.empty() && image.directories.empty()) console.say("  nothing");
  }
}

}  // namespace

Exit images(const ImagesRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const Or<Answer> found = answer(request, session);
  if (!found) {
    console.complain(found.error().text);
    return Exit::usage;
  }
  tell(console, *found);
  tell_in_json(console, *found);
  return Exit::passed;
}

}  // namespace wallop::cli
