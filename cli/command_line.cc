// SPDX-License-Identifier: Apache-2.0
// Commands, options, help. Every command's options stand in one function; its help ends with examples.
#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include "base/suggest.h"
#include "cli/bench/command_line.h"
#include "cli/build_info.h"
#include "cli/calibrate_command_line.h"
#include "cli/fiu/command_line.h"
#include "cli/option_texts.h"
#include "cli/wal_command_line.h"

namespace wallop::cli {
namespace {

// Texts that are parsed once CLI11 is through, so that a wrong one gets our own hint.
struct Raw {
  std::string format = "pretty";
  bool quiet = false, verbose = false;
  std::string budget;
  std::string seed, out, cut = "all";
};

// One command: where CLI11 puts what it finds, and how that becomes a request.
struct Command {
  CLI::App* app = nullptr;
  std::function<std::expected<Request, UsageError>()> request;
};

std::uint64_t processor_count() {
  return std::clamp<std::uint64_t>(std::thread::hardware_concurrency(), 1, kWorkersMax);
}

std::expected<Presentation, UsageError> presentation_of(const Raw& raw) {
  Presentation presentation;
  presentation.format = raw.format == "json"    ? Format::json
                        : raw.format == "jsonl" ? Format::jsonl
                                                : Format::pretty;
  if (raw.quiet && raw.verbose) return std::unexpected(UsageError{"--quiet and -v contradict each other"});
  if (raw.quiet) presentation.detail = Detail::quiet;
  if (raw.verbose) presentation.detail = Detail::verbose;
  return presentation;
}

std::expected<std::optional<std::uint64_t>, UsageError> seed_of(const Raw& raw) {
  if (raw.seed.empty()) return std::nullopt;
  if (const auto seed = whole_number_of(raw.seed)) return seed;
  return std::unexpected(
      UsageError{fmt::format("--seed: \"{}\" is no seed\n  a whole number below 2^64", raw.seed)});
}

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

class Parser {
 public:
  Parser();
  std::expected<Request, UsageError> parse(std::vector<std::string> arguments);

 private:
  CLI::App* add(const std::string& name, const std::string& about, const std::string& examples);
  void add_presentation(CLI::App& app);
  void add_seed(CLI::App& app);
  void add_out(CLI::App& app, const std::string& about);
  void add_workers(CLI::App& app, std::uint64_t& workers);

  void add_run();
  void add_explore();
  void add_replay();
  void add_check();
  void add_calibrate();
  void add_validate();
  void add_schema();
  void add_explain();
  void add_new();
  void add_report();
  void add_selftest();
  void add_images();
  void add_wal();
  void add_bench();
  void add_fiu();

  // A request whose presentation, out and the like come from `raw_`.
  template <class R>
  std::expected<Request, UsageError> presented(R request) const {
    const auto presentation = presentation_of(raw_);
    if (!presentation) return std::unexpected(presentation.error());
    request.presentation = *presentation;
    if constexpr (requires { request.seed; }) {
      const auto seed = seed_of(raw_);
      if (!seed) return std::unexpected(seed.error());
      request.seed = *seed;
    }
    return Request{std::move(request)};
  }

  [[nodiscard]] UsageError unexpected_argument(const std::vector<std::string>& extras) const;
  [[nodiscard]] const Command* chosen() const;
  [[nodiscard]] const CLI::App* deepest() const;
  [[nodiscard]] std::string help_command() const;

  CLI::App app_{
      "Hits a write-ahead log as hard as the world can: faults, crashes, slow disks, in a simulated world "
      "and on "
      "the real disk."};
  std::vector<Command> commands_;
  bool version_ = false;
  Raw raw_;
  RunRequest run_;
  ExploreRequest explore_;
  ReplayRequest replay_;
  CheckRequest check_;
  CalibrateArguments calibrate_;
  ValidateRequest validate_;
  SchemaRequest schema_;
  ExplainRequest explain_;
  NewRequest new_;
  ReportRequest report_;
  SelftestRequest selftest_;
  ImagesRequest images_;
  WalArguments wal_;
  BenchArguments bench_;
  FiuRequest fiu_;
};

Parser::Parser() {
  app_.name("wallop");
  app_.get_formatter()->column_width(28);
  app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app_.get_formatter()->label("Positionals", "Arguments");
  app_.set_help_flag("-h,--help", "Show this help");
  app_.add_flag("--version", version_, "Show what this binary is");
  app_.footer(
      "Examples:\n"
      "  wallop run scenarios/                                every bundled scenario\n"
      "  wallop explore scenarios/crash/two-appends.json      every crash state of two appends\n"
      "  wallop check --dir /var/lib/app                      is this disk fit for the log?\n"
      "  wallop explain failed_sync                           what a name means\n"
      "\n"
      "Exit codes: 0 passed, 1 a verdict failed, 2 usage or scenario error, 3 harness error, 4 "
      "inconclusive,\n"
      "130 interrupted. `wallop COMMAND --help` has more.");
  add_run();
  add_explore();
  add_replay();
  add_check();
  add_calibrate();
  add_validate();
  add_new();
  add_schema();
  add_explain();
  add_report();
  add_selftest();
  add_images();
  add_wal();
  add_bench();
  add_fiu();
}

CLI::App* Parser::add(const std::string& name, const std::string& about, const std::string& examples) {
  CLI::App* const app = app_.add_subcommand(name, about)->group("Commands");
  app->footer("Examples:\n" + examples);
  return app;
}

void Parser::add_presentation(CLI::App& app) {
  app.add_option("--format", raw_.format,
                 "pretty (for people), json (one document), jsonl (an object a line)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"pretty", "json", "jsonl"}).description(""));
  app.add_flag("-q,--quiet", raw_.quiet, "Only what failed, and no progress");
  app.add_flag("-v,--verbose", raw_.verbose, "Every verdict and every fault");
}

void Parser::add_seed(CLI::App& app) {
  app.add_option("--seed", raw_.seed, "Run with this seed instead of the scenario's own")->type_name("N");
}

void Parser::add_out(CLI::App& app, const std::string& about) {
  app.add_option("--out", raw_.out, about)->type_name("DIR");
}

void Parser::add_workers(CLI::App& app, std::uint64_t& workers) {
  workers = processor_count();
  app.add_option("-j,--jobs", workers, "Scenarios and schedules side by side; no result depends on it")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kWorkersMax).description(""));
}

void Parser::add_run() {
  CLI::App* const app = add("run", "Run scenario files or folders in the simulated world",
                            "  wallop run scenarios/\n"
                            "  wallop run scenarios/slow/stalling-disk.json --seed 7 -v\n"
                            "  wallop run scenarios/ --out out --strict       reports in out/, for CI\n"
                            "  wallop run scenarios/ --format jsonl | jq -r .journal");
  app->add_option("SCENARIO", run_.paths, "Files or folders")->type_name("")->required();
  add_seed(*app);
  add_workers(*app, run_.workers);
  add_out(*app, "Write result.json, report.html, report.md and junit.xml there");
  app->add_flag("--strict", run_.strict,
                "Also warnings, faults that never fired and what could not be judged count");
  app->add_flag("--double-check", run_.double_check, "Run everything again: the journals must be equal");
  add_presentation(*app);
  commands_.push_back({app, [this] {
                         run_.out = given(raw_.out);
                         return presented(run_);
                       }});
}

void Parser::add_explore() {
  CLI::App* const app = add("explore", "Search crash states: every cut, every disk that the model allows",
                            "  wallop explore scenarios/crash/two-appends.json\n"
                            "  wallop explore scenarios/crash/two-appends.json --model all\n"
                            "  wallop explore scenarios/crash/ --budget 60s --out out");
  app->add_option("SCENARIO", explore_.paths, "Files, or folders: of these, the scenarios with \"explore\"")
      ->type_name("")
      ->required();
  add_seed(*app);
  add_workers(*app, explore_.workers);
  app->add_option("--model", explore_.models,
                  "Under these persistence models instead of the scenarios' own, or under all there are")
      ->type_name("NAME,...|all")
      ->delimiter(',')
      ->allow_extra_args(false);  // What follows is a scenario.
  app->add_option("--budget", raw_.budget, "Stop after this wall time, for all together")->type_name("TIME");
  add_out(*app, "Add to the reports there; counterexamples as NAME.repro.json");
  app->add_flag("--strict", explore_.strict, "Also what could not be judged counts");
  app->add_flag("--double-check", explore_.double_check, "Run one in twenty again, and compare journals");
  add_presentation(*app);
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> {
                         explore_.out = given(raw_.out);
                         auto models = models_of(explore_.models);
                         if (!models) return std::unexpected(std::move(models.error()));
                         explore_.models = std::move(*models);
                         if (raw_.budget.empty()) return presented(explore_);
                         const auto budget = budget_of(raw_.budget);
                         if (!budget) return std::unexpected(budget.error());
                         explore_.budget = *budget;
                         return presented(explore_);
                       }});
}

void Parser::add_replay() {
  CLI::App* const app = add("replay", "Step through a counterexample",
                            "  wallop replay out/crash.two-appends.repro.json\n"
                            "\n"
                            "Exits 1 while the promise is still broken, 0 once it holds.");
  app->add_option("REPRO", replay_.file, "A NAME.repro.json that explore wrote")->type_name("")->required();
  add_presentation(*app);
  commands_.push_back({app, [this] { return presented(replay_); }});
}

void Parser::add_check() {
  CLI::App* const app = add("check", "Pre-deployment checklist on the real disk",
                            "  wallop check --dir /var/lib/app\n"
                            "  wallop check --dir /var/lib/app --only sync.p99,append.p99\n"
                            "  wallop check --dir . --profile ci-quick --out out");
  app->add_option("--dir", check_.directory, "The directory that the log would live in")
      ->type_name("DIR")
      ->required();
  app->add_option("--profile", check_.profile, "A built-in profile (default, ci-quick), or a file")
      ->type_name("NAME");
  app->add_option("--only", check_.only, "Only these checks")->type_name("ID,...")->delimiter(',');
  add_out(*app, "Add to the reports there");
  app->add_flag("--strict", check_.strict, "Also warnings and what could not be judged count");
  add_presentation(*app);
  commands_.push_back({app, [this] {
                         check_.out = given(raw_.out);
                         return presented(check_);
                       }});
}

void Parser::add_calibrate() {
  CLI::App* const app = add_calibrate_command(app_, calibrate_);
  add_presentation(*app);
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> {
                         auto request = calibrate_request(calibrate_);
                         if (!request) return std::unexpected(std::move(request.error()));
                         return presented(std::move(*request));
                       }});
}

void Parser::add_validate() {
  CLI::App* const app = add("validate", "Check scenario files: shape, names and sense, with line and column",
                            "  wallop validate my-scenario.json\n"
                            "  wallop validate scenarios/");
  app->add_option("FILE", validate_.paths, "Files or folders")->type_name("")->required();
  add_presentation(*app);
  commands_.push_back({app, [this] { return presented(validate_); }});
}

void Parser::add_schema() {
  CLI::App* const app = add("schema", "Print a JSON Schema", "  wallop schema scenario > scenario.v1.json");
  app->add_option("OF", schema_.of, "scenario, profile, model, disk, result or repro")
      ->type_name("")
      ->required()
      ->check(CLI::IsMember({"scenario", "profile", "model", "disk", "result", "repro"}).description(""));
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> { return Request{schema_}; }});
}

void Parser::add_images() {
  CLI::App* const app =
      add("images", "Every crash image that a model allows for a short trace of file operations",
          "  wallop images append.jsonl --model posix\n"
          "  wallop images append.jsonl --model xfs --cut 3 --fates all --format json\n"
          "\n"
          "docs/trace.md has the format of a trace.");
  app->add_option("TRACE", images_.trace, "One JSON object a line; - is standard input")
      ->type_name("")
      ->required();
  app->add_option("--model", images_.model, "A persistence model: a name, or a file of your own")
      ->type_name("NAME|FILE")
      ->required();
  app->add_option("--cut", raw_.cut, "Power fails after so many operations; all: after any number")
      ->type_name("N|all");
  app->add_option("--fates", images_.fates,
                  "What may become of a sector, beside kept and lost: older, zeros, garbage, all")
      ->type_name("FATE,...")
      ->delimiter(',');
  app->add_option("--limit", images_.limit, "So many images at most")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000}).description(""));
  add_presentation(*app);
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> {
                         if (raw_.cut == "all") return presented(images_);
                         const auto cut = whole_number_of(raw_.cut);
                         if (!cut)
                           return std::unexpected(
                               UsageError{fmt::format("--cut: \"{}\" is no number of operations; say 0, 1, "
                                                      "... or all",
                                                      raw_.cut)});
                         images_.cut = *cut;
                         return presented(images_);
                       }});
}

void Parser::add_wal() {
  for (const WalCommand& command : add_wal_commands(app_, wal_)) {
    add_presentation(*command.app);
    commands_.push_back({command.app, [this, tool = command.tool]() -> std::expected<Request, UsageError> {
                           auto request = wal_request(wal_, tool);
                           if (!request) return std::unexpected(std::move(request.error()));
                           return presented(std::move(*request));
                         }});
  }
}

void Parser::add_bench() {
  CLI::App* const app = add_bench_command(app_, bench_);
  add_presentation(*app);
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> {
                         auto request = bench_request(bench_);
                         if (!request) return std::unexpected(std::move(request.error()));
                         return presented(std::move(*request));
                       }});
}

void Parser::add_fiu() {
  CLI::App* const app = add_fiu_command(app_, fiu_);
  add_seed(*app);
  add_presentation(*app);
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> {
                         if (auto wrong = fiu_flaw(fiu_)) return std::unexpected(std::move(*wrong));
                         return presented(fiu_);
                       }});
}

void Parser::add_explain() {
  CLI::App* const app =
      add("explain", "What a fault, trigger, metric, oracle, check, model, disk or engine is",
          "  wallop explain                       every name there is\n"
          "  wallop explain failed_sync\n"
          "  wallop explain append.latency sync.p99\n"
          "  wallop explain faults triggers --markdown > docs/faults.md");
  app->add_option("ID", explain_.ids, "Names, or \"faults\" and the like; all in a list without any")
      ->type_name("");
  app->add_flag("--markdown", explain_.markdown, "As a page");
  add_presentation(*app);
  commands_.push_back({app, [this] { return presented(explain_); }});
}

void Parser::add_new() {
  CLI::App* const app = add("new", "Print a commented scenario to start from",
                            "  wallop new my-first > my-first.json\n"
                            "  wallop run my-first.json");
  app->add_option("NAME", new_.name, "Lower-case letters, digits and hyphens")->type_name("")->required();
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> { return Request{new_}; }});
}

void Parser::add_report() {
  CLI::App* const app = add("report", "Lay out a result as HTML, Markdown and JUnit",
                            "  wallop report out/result.json --out elsewhere");
  app->add_option("RESULT", report_.file, "A result.json that --out wrote")->type_name("")->required();
  app->add_option("--out", report_.out, "Where to")->type_name("DIR")->required();
  add_presentation(*app);
  commands_.push_back({app, [this] { return presented(report_); }});
}

void Parser::add_selftest() {
  CLI::App* const app =
      add("selftest", "The simulated world proves itself: against the kernel, against itself",
          "  wallop selftest                      in forty seconds\n"
          "  wallop selftest --budget 10m --seed 7\n"
          "  sudo wallop selftest                 on ext4, XFS and Btrfs, on loop devices\n"
          "\n"
          "Exits 1 where a proof fails, with what showed it.");
  app->add_option("--budget", raw_.budget, "Stop after this wall time; 40s without it")->type_name("TIME");
  add_seed(*app);
  app->add_option("--dir", selftest_.directory, "Where a scratch directory may be made; here without it")
      ->type_name("DIR");
  add_presentation(*app);
  commands_.push_back({app, [this]() -> std::expected<Request, UsageError> {
                         const auto budget = budget_of(raw_.budget.empty() ? "40s" : raw_.budget);
                         if (!budget) return std::unexpected(budget.error());
                         selftest_.budget = *budget;
                         return presented(selftest_);
                       }});
}

// "wal dump", of a command below another; "" for the whole.
std::string name_of(const CLI::App* app) {
  if (app == nullptr || app->get_parent() == nullptr) return "";
  const std::string above = name_of(app->get_parent());
  return above.empty() ? app->get_name() : above + " " + app->get_name();
}

// The command that was reached, also one that only has others below it; the whole without one.
const CLI::App* Parser::deepest() const {
  const CLI::App* app = &app_;
  for (auto below = app->get_subcommands(); !below.empty(); below = app->get_subcommands())
    app = below.back();
  return app;
}

std::string Parser::help_command() const {
  const std::string name = name_of(deepest());
  return name.empty() ? "wallop --help" : fmt::format("wallop {} --help", name);
}

const Command* Parser::chosen() const {
  const auto parsed =
      std::ranges::find_if(commands_, [](const Command& command) { return command.app->parsed(); });
  return parsed == commands_.end() ? nullptr : &*parsed;
}

UsageError Parser::unexpected_argument(const std::vector<std::string>& extras) const {
  const Command* const command = chosen();
  const std::string& extra = extras.front();
  const bool is_option = extra.starts_with('-');
  std::vector<std::string> known;
  if (!is_option && command == nullptr) {
    for (const CLI::App* each : deepest()->get_subcommands(nullptr)) known.push_back(each->get_name());
  } else if (is_option) {
    for (const CLI::Option* option : deepest()->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  }
  const std::string hint =
      base::did_you_mean(extra, std::vector<std::string_view>(known.begin(), known.end()));
  const std::string_view kind = is_option ? "option" : command == nullptr ? "command" : "argument";
  return {fmt::format("unknown {} \"{}\"  {}\n  see {}", kind, extra, hint, help_command())};
}

std::expected<Request, UsageError> Parser::parse(std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);  // As CLI11 wants them.
  try {
    app_.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return TextRequest{app_.help()};
  } catch (const CLI::ExtrasError& error) {
    const std::vector<std::string> extras = app_.remaining(true);
    return std::unexpected(extras.empty() ? UsageError{error.what()} : unexpected_argument(extras));
  } catch (const CLI::ParseError& error) {
    const std::string name = name_of(deepest());
    return std::unexpected(UsageError{
        fmt::format("{}{}\n  see {}", name.empty() ? "" : name + " ", error.what(), help_command())});
  }
  if (version_) return TextRequest{version_line() + "\n"};
  const Command* const command = chosen();
  if (command == nullptr) return std::unexpected(UsageError{"which command?\n  see " + help_command()});
  return command->request();
}

}  // namespace

std::expected<Request, UsageError> parse_command_line(const std::vector<std::string>& arguments) {
  return Parser().parse(arguments);
}

}  // namespace wallop::cli
