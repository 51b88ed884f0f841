// SPDX-License-Identifier: Apache-2.0
// Comparing, counting, and making small what differs.
#include "sim/truth/reference_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/choices.h"
#include "sim/truth/durability_reference.h"
#include "sim/truth/images.h"
#include "sim/truth/short_trace.h"
#include "sim/truth/trace.h"

namespace wallop::sim {
namespace {

constexpr std::size_t kOpMax = 6;
// A trace with more images at one cut is left to the sampling proofs.
constexpr std::size_t kImageMax = 300;

using Images = std::set<PlainImage>;

struct Tally {
  std::uint64_t traces = 0, cuts = 0, images = 0, in_posix = 0, too_large = 0;
};

// Why one trace is wrong under one model.
struct Difference {
  std::string where;  // "at cut 3", "while operation 2 runs".
  std::string what;
  PlainImage image;
};

std::string describe(const PlainImage& image) {
  std::string text;
  for (const std::string& path : image.directories) text += fmt::format("{}/  ", path);
  for (const auto& [path, bytes] : image.files) {
    text += fmt::format("{}={} bytes", path, bytes.size());
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = std::min(bytes.find_first_not_of(bytes[begin], begin), bytes.size());
      const bool is_printable = bytes[begin] > ' ' && bytes[begin] <= '~';
      text += is_printable ? fmt::format(" {}*{}", bytes[begin], end - begin)
                           : fmt::format(" {:02X}*{}", static_cast<unsigned char>(bytes[begin]), end - begin);
      begin = end;
    }
    text += "  ";
  }
  return text.empty() ? "nothing" : text.substr(0, text.size() - 2);
}

std::optional<PlainImage> first_beyond(const Images& images, const Images& allowed) {
  const auto found =
      std::ranges::find_if(images, [&](const auto& image) { return !allowed.contains(image); });
  return found == images.end() ? std::nullopt : std::optional(*found);
}

class Comparison {
 public:
  Comparison(std::string_view name, const Trace& trace, const ImagesOf& simulator)
      : name_(name), model_(*find_model(name)), trace_(trace), simulator_(simulator) {}

  // False where the trace has too many images to be compared.
  bool run(Tally& tally) {
    const auto played = play(trace_, model_);
    if (!played) return false;  // What is left of a trace that is made small may not be one.
    const auto expected = reference_images(name_, trace_, kImageMax);
    if (!expected) return false;
    const bool is_of_posix =
        !model_.rename_halves.value && model_.device_cache.value != DeviceCache::lying && name_ != "posix";
    const auto posix = is_of_posix ? reference_images("posix", trace_, 4 * kImageMax) : std::nullopt;
    for (std::size_t cut = 0; cut < played->cuts.size(); ++cut) {
      const auto images = at(*played, played->cuts[cut]);
      if (!images) return false;
      ++tally.cuts;
      tally.images += images->size();
      compare(*images, (*expected)[cut], fmt::format("at cut {}", cut));
      if (posix) {
        note(first_beyond(*images, (*posix)[cut]), fmt::format("at cut {}", cut), "no image of posix");
        tally.in_posix += images->size();
      }
      if (cut != 0 && !in_flight(*played, cut, *expected)) return false;
      if (difference_) return true;
    }
    ++tally.traces;
    return true;
  }

  [[nodiscard]] const std::optional<Difference>& difference() const { return difference_; }

 private:
  [[nodiscard]] std::optional<Images> at(const Played& played, std::size_t entry_count) const {
    return simulator_(model_, std::span(played.entries).first(entry_count), kImageMax);
  }

  // While an operation runs an image is one of before or of after; while a durable write runs also one that
  // the write alone may leave.
  bool in_flight(const Played& played, std::size_t cut, const std::vector<Images>& expected) {
    Images allowed = expected[cut - 1];
    allowed.insert(expected[cut].begin(), expected[cut].end());
    if (trace_[cut - 1].kind == TraceOp::Kind::write_durable) {
      Trace written(trace_.begin(), trace_.begin() + static_cast<std::ptrdiff_t>(cut));
      written.back().kind = TraceOp::Kind::write;
      const auto pending = reference_images(name_, written, kImageMax);
      if (!pending) return false;
      allowed.insert(pending->back().begin(), pending->back().end());
    }
    for (std::size_t entry = played.cuts[cut - 1] + 1; entry < played.cuts[cut]; ++entry) {
      const auto images = at(played, entry);
      if (!images) return false;
      note(first_beyond(*images, allowed), fmt::format("while operation {} runs", cut),
           "left by the simulator, by the reference neither before it nor after it");
    }
    return true;
  }

  void compare(const Images& images, const Images& expected, const std::string& where) {
    note(first_beyond(images, expected), where, "left by the simulator, not by the reference");
    note(first_beyond(expected, images), where, "left by the reference, not by the simulator");
  }

  void note(std::optional<PlainImage> image, std::string where, std::string what) {
    if (image && !difference_) difference_ = Difference{std::move(where), std::move(what), std::move(*image)};
  }

  std::string_view name_;
  const ModelSpec& model_;
  const Trace& trace_;
  const ImagesOf& simulator_;
  std::optional<Difference> difference_;
};

std::optional<Difference> difference_of(std::string_view model, const Trace& trace,
                                        const ImagesOf& simulator) {
  Tally unused;
  Comparison comparison(model, trace, simulator);
  return comparison.run(unused) ? comparison.difference() : std::nullopt;
}

// Drops operations, and then makes numbers small, as long as any difference is left.
Trace made_small(std::string_view model, Trace trace, const ImagesOf& simulator) {
  const auto keep_if_differs = [&](Trace candidate) {
    if (!difference_of(model, candidate, simulator)) return false;
    trace = std::move(candidate);
    return true;
  };
  for (bool is_smaller = true; is_smaller;) {
    is_smaller = false;
    for (std::size_t i = trace.size(); i-- > 0;) {
      Trace candidate = trace;
      candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
      is_smaller = keep_if_differs(std::move(candidate)) || is_smaller;
    }
    for (std::size_t i = 0; i < trace.size(); ++i) {
      for (std::uint64_t TraceOp::* const number : {&TraceOp::offset, &TraceOp::bytes}) {
        for (const std::uint64_t smaller : {0UL, 100UL, 512UL, 1024UL}) {
          if (trace[i].*number <= smaller) break;
          const bool is_nothing = smaller == 0 && number == &TraceOp::bytes;
          if (is_nothing && trace[i].kind != TraceOp::Kind::truncate) continue;
          Trace candidate = trace;
          candidate[i].*number = smaller;
          if (keep_if_differs(std::move(candidate))) {
            is_smaller = true;
            break;
          }
        }
      }
    }
  }
  return trace;
}

std::string story(std::string_view model, const Trace& found, const ImagesOf& simulator) {
  const Trace trace = made_small(model, found, simulator);
  const Difference difference = difference_of(model, trace, simulator).value();
  std::string text = fmt::format("model {}, {}: {}\n  {}\n", model, difference.where,
                                 describe(difference.image), difference.what);
  for (const TraceOp& op : trace) text += "  " + to_text(op) + "\n";
  return text;
}

}  // namespace

std::optional<std::set<PlainImage>> images_by_medium(const ModelSpec& model, std::span<const Entry> entries,
                                                     std::size_t image_max) {
  Medium medium(model, Disk());
  for (const Entry& entry : entries) medium.apply(entry);
  return images_of(medium, {}, image_max);
}

Finding prove_reference(const ProofRequest& request) {
  return prove_reference(request, images_by_medium);
}

Finding prove_reference(const ProofRequest& request, const ImagesOf& images_of_simulator) {
  base::Seeded draws(request.seed);
  Finding finding;
  std::map<std::string_view, Tally> tallies;
  std::uint64_t number = 0;
  for (; number < request.cases_min || request.goes_on(); ++number) {
    const Trace trace = short_trace(draws, number, kOpMax);
    for (const std::string_view model : model_names()) {
      Tally& tally = tallies[model];
      Comparison comparison(model, trace, images_of_simulator);
      if (!comparison.run(tally)) ++tally.too_large;
      if (!comparison.difference()) continue;
      finding.failure = story(model, trace, images_of_simulator);
      return finding;
    }
  }
  Tally all;
  for (const auto& [model, tally] : tallies) {
    finding.counts.push_back({fmt::format("traces under {}", model), tally.traces});
    all.cuts += tally.cuts;
    all.images += tally.images;
    all.in_posix += tally.in_posix;
    all.too_large += tally.too_large;
  }
  finding.counts.push_back({"cuts compared", all.cuts});
  finding.counts.push_back({"images compared", all.images});
  finding.counts.push_back({"images found in posix", all.in_posix});
  finding.counts.push_back({"traces with too many images, left out", all.too_large});
  return finding;
}

}  // namespace wallop::sim
