// SPDX-License-Identifier: Apache-2.0
// wallop selftest: the simulated world against the kernel, against a reference, against its own promises.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/statfs.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "base/units.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/json_lines.h"
#include "cli/lines.h"
#include "cli/loop_mounts.h"
#include "cli/scratch.h"
#include "io/posix_file_system.h"
#include "sim/truth/selftest.h"

namespace wallop::cli {
namespace {

using base::json::Value;
using reports::Status;

constexpr std::uint64_t kSelftestVersion = 1;
constexpr std::size_t kIdLetters = 11;

struct FileSystemKind {
  std::string_view name, model;
};

// By the number that statfs(2) gives.
FileSystemKind kind_of(const std::string& path) {
  struct statfs info{};
  if (::statfs(path.c_str(), &info) != 0) return {"unknown", "ext4-ordered"};
  switch (static_cast<std::uint64_t>(info.f_type)) {
    case 0xEF53:
      return {"ext4", "ext4-ordered"};
    case 0x58465342:
      return {"xfs", "xfs"};
    case 0x9123683E:
      return {"btrfs", "btrfs"};
    case 0x01021994:
      return {"tmpfs", "ext4-ordered"};
    default:
      return {"another file system", "ext4-ordered"};
  }
}

// The directories in which the kernel is asked.
class KernelPlaces {
 public:
  explicit KernelPlaces(const std::string& scratch) : mounts_(scratch) {
    for (const LoopMount& mount : mounts_.mounts()) add(std::string(mount.kind), mount.model, mount.path);
    if (mounts_.left_out().empty()) return;
    const std::string here = scratch + "/calls";
    std::error_code error;
    std::filesystem::create_directory(here, error);
    const FileSystemKind kind = kind_of(scratch);
    if (!error) add(fmt::format("the directory ({})", kind.name), kind.model, here);
  }

  [[nodiscard]] std::span<const sim::KernelPlace> all() const { return places_; }
  [[nodiscard]] const std::vector<std::string>& left_out() const { return mounts_.left_out(); }

 private:
  void add(std::string name, std::string_view model, const std::string& path) {
    io::FileSystem& files = *files_.emplace_back(std::make_unique<io::PosixFileSystem>(path));
    const bool is_direct = files.open("direct", {.create = true, .direct = true}).has_value();
    if (!files.remove("direct").has_value() && is_direct) return;
    places_.push_back(
        {std::move(name), model, &files, is_direct ? sim::Direct::supported : sim::Direct::unsupported});
  }

  LoopMounts mounts_;
  std::vector<std::unique_ptr<io::FileSystem>> files_;
  std::vector<sim::KernelPlace> places_;
};

// "1,204 sequences on ext4, 98,123 calls on ext4"
std::string in_words(const std::vector<sim::Count>& counts) {
  std::vector<std::string> parts;
  for (const sim::Count& count : counts)
    parts.push_back(fmt::format("{} {}", base::with_commas(count.value), count.what));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Value row_of(const sim::Proof& proof, const sim::Finding& finding, base::Duration took) {
  Value counts{base::json::Object{}};
  for (const sim::Count& count : finding.counts) counts.set(count.what, count.value);
  Value row = Value()
                  .set("id", proof.id)
                  .set("status", finding.failure ? "fail" : "pass")
                  .set("what", proof.what)
                  .set("wall_ns", std::uint64_t(took.count()))
                  .set("counts", std::move(counts));
  if (finding.failure) row.set("failure", *finding.failure);
  return row;
}

class SelftestTelling {
 public:
  SelftestTelling(Console& console, const SelftestRequest& request) : console_(console), request_(request) {}

  void places(const KernelPlaces& places) {
    std::vector<std::string_view> names;
    for (const sim::KernelPlace& place : places.all()) names.push_back(place.name);
    if (console_.detail() != Detail::quiet)
      console_.say(fmt::format("wallop selftest   seed {}, budget {}   kernel: {}", request_.seed.value_or(1),
                               base::humane(request_.budget), fmt::join(names, ", ")));
    for (const std::string& reason : places.left_out()) {
      if (console_.detail() != Detail::quiet) console_.say("  left out  " + reason);
      console_.row(Value().set("type", "left_out").set("what", reason));
      left_out_.push(reason);
    }
  }

  void ended(const sim::Proof& proof, const sim::Finding& finding, base::Duration took) {
    const Status status = finding.failure ? Status::fail : Status::pass;
    judgement_.add(status);
    const Value row = row_of(proof, finding, took);
    proofs_.push(row);
    Value typed = Value().set("type", "proof");
    for (const base::json::Member& member : *row.get<base::json::Object>())
      typed.set(member.key, member.value);
    console_.row(typed);
    if (status == Status::pass && console_.detail() == Detail::quiet) return;
    console_.say(fmt::format("{}  {}  {}   {}", console_.painted(status), padded(proof.id, kIdLetters),
                             in_words(finding.counts), base::humane(took)));
    if (finding.failure || console_.detail() == Detail::verbose)
      console_.say(fmt::format("      what must hold: {}", proof.what));
    if (!finding.failure) return;
    console_.say(*finding.failure);
    console_.say(fmt::format("      again: wallop selftest --seed {}", request_.seed.value_or(1)));
  }

  [[nodiscard]] Exit finish(bool is_interrupted, base::Duration took) {
    if (is_interrupted) judgement_.interrupt();
    const Exit exit = judgement_.exit(Strictness::lenient);
    const std::size_t failed_count = judgement_.of(Status::fail);
    if (console_.detail() != Detail::quiet || exit != Exit::passed) {
      console_.say(fmt::format("{}{} proofs: {} hold, {} failed   {}", is_interrupted ? "interrupted, " : "",
                               judgement_.all(), judgement_.of(Status::pass), failed_count,
                               base::humane(took)));
    }
    console_.row(end_row(judgement_, exit));
    const Value document = Value()
                               .set("version", kSelftestVersion)
                               .set("seed", request_.seed.value_or(1))
                               .set("interrupted", is_interrupted)
                               .set("left_out", std::move(left_out_))
                               .set("proofs", std::move(proofs_));
    console_.document(base::json::to_text(document, base::json::Layout::indented));
    return exit;
  }

 private:
  Console& console_;
  const SelftestRequest& request_;
  Judgement judgement_;
  Value proofs_{base::json::Array{}}, left_out_{base::json::Array{}};
};

}  // namespace

Exit selftest(const SelftestRequest& request, Session& session) {
  Console console(session.output, session.machine.clock, request.presentation);
  const io::Instant begin = console.now();
  const Scratch scratch(request.directory, "selftest");
  if (scratch.error() != 0) {
    console.complain(
        "wallop selftest: --dir: " +
        io::describe(io::failure(scratch.error(), "make a scratch directory", request.directory).error()));
    return Exit::usage;
  }
  console.row(start_row(session.command));
  console.progress("selftest  making file systems on loop devices");
  const KernelPlaces places(scratch.path());
  SelftestTelling telling(console, request);
  telling.places(places);
  sim::run_proofs(sim::all_proofs(places.all(), session.machine.clock),
                  {.seed = request.seed.value_or(1),
                   .budget = request.budget,
                   .clock = session.machine.clock,
                   .interrupted = session.interrupted,
                   .goes_on =
                       [&](const sim::Proof& proof) {
                         console.progress(
                             fmt::format("selftest  {}   {}", proof.id, base::humane(console.now() - begin)));
                       },
                   .ended = [&](const sim::Proof& proof, const sim::Finding& finding,
                                base::Duration took) { telling.ended(proof, finding, took); }});
  console.clear_progress();
  return telling.finish(session.interrupted(), console.now() - begin);
}

}  // namespace wallop::cli
