// SPDX-License-Identifier: Apache-2.0
// Fault: one thing that goes wrong, as a value: a kind with its parameters, and a trigger that says when.
//
// A kind is a plain struct that knows nothing of this file (kinds/*.h are examples of a few lines each):
//
//   static constexpr std::string_view kName    its "kind" in JSON and its name for `wallop explain`
//   static constexpr std::string_view kAbout   half a line
//   static constexpr Facts kFacts              what, seen in, an example, kin
//   static constexpr Targets kTargets          the operations that it can hit
//   Trigger when;
//   std::optional<Effect> on(const Op&, const Firing&) const    asked once the trigger fires; may still
//   decline template <class Visitor> void fields(Visitor&)              parsing, printing and schema follow
//   from it
// and, where it needs them,
//   base::Duration span() const                how long it holds from each instant of when.at
//   std::vector<Flaw> flaws() const            what is senseless about its parameters
//   static constexpr Allows kAllows            what an engine that does all right may lose by it; else
//   nothing
//   static constexpr bool kHasPhases = true    on() looks at when.phase
//
// Any such struct makes a Fault, from outside this tree too; catalogue.h lists those that JSON may name.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "faults/dice.h"
#include "faults/effect.h"
#include "faults/op.h"
#include "faults/trigger.h"

namespace wallop::faults {

// What `wallop explain KIND` says below the kind's half line.
struct Facts {
  std::string_view what;
  std::string_view seen_in;
  std::string_view example;  // JSON that reads without a problem.
  std::string_view kin;  // "lost_sync (lies instead of failing)": kinds to consider instead, parted by ", ".
};

// What oracles must allow an engine under this fault.
enum class Allows : std::uint8_t {
  nothing,      // Whatever was acknowledged lasts, and recovery succeeds.
  broken_word,  // A promise was broken under it: what is lost counts against the engine, that it says so for
                // it.
  told_loss,  // The medium gave bytes up: what is lost is no fault of the engine's if it says so. Silence is.
};

// The same in half a line: "no loss: ...".
[[nodiscard]] std::string_view in_words(Allows allows);

// What a kind may use besides the operation.
struct Firing {
  io::Instant until;  // Where its span ends; the operation's own instant where it has none.
  const Dice& dice;
};

template <class K>
concept Kind = std::copyable<K> && std::default_initializable<K> &&
               requires(const K kind, const Op& op, const Firing& firing) {
                 { K::kName } -> std::convertible_to<std::string_view>;
                 { K::kAbout } -> std::convertible_to<std::string_view>;
                 { K::kFacts } -> std::convertible_to<Facts>;
                 { K::kTargets } -> std::convertible_to<Targets>;
                 { kind.when } -> std::convertible_to<const Trigger&>;
                 { kind.on(op, firing) } -> std::same_as<std::optional<Effect>>;
               };

template <Kind K>
constexpr Allows allows_of() {
  if constexpr (requires { K::kAllows; }) {
    return K::kAllows;
  } else {
    return Allows::nothing;
  }
}

// A kind as JSON has it: its own fields after "kind" and "name".
template <Kind K>
struct Written {
  // Always K's name: whoever reads has looked at it already.
  struct Tag {
    static void read_json(const base::json::Value&, Tag&, base::Reading&) {}
    static base::json::Value print_json(const Tag&) { return K::kName; }
    static base::json::Value schema_json() { return base::json::Value().set("const", K::kName); }
  };
  Tag tag;
  std::optional<std::string> name;
  K kind;

  template <class Visitor>
  void fields(Visitor& v) {
    v("kind", tag, "", base::Need::required);
    v("name", name, "What reports call it; else its kind and which of its kind it is.");
    kind.fields(v);
  }
};

class Fault {
 public:
  // No fault: concerns nothing. Reading fills it.
  Fault() = default;
  // Asked in this order, as copying a fault would else ask whether a fault is a kind, which asks about
  // copying it.
  template <class K>
    requires(!std::same_as<K, Fault>) && Kind<K>
  explicit Fault(K kind, std::optional<std::string> name = std::nullopt)
      : model_(std::make_shared<const Model<K>>(Written<K>{{}, std::move(name), std::move(kind)})) {}

  [[nodiscard]] std::string_view kind() const { return model_ ? model_->kind() : ""; }
  // The user's own name for it.
  [[nodiscard]] std::optional<std::string> name() const { return model_ ? model_->name() : std::nullopt; }

  // When it strikes; a trigger without a word where it is no fault.
  [[nodiscard]] const Trigger& when() const;

  // Whether it looks at the operation at all: verb and path.
  [[nodiscard]] bool concerns(const Op& op) const { return model_ && model_->concerns(op); }
  // What it does to an operation that concerns it.
  [[nodiscard]] std::optional<Effect> on(const Op& op, const Past& past, const Dice& dice) const {
    return model_ ? model_->on(op, past, dice) : std::nullopt;
  }
  [[nodiscard]] Allows allows() const { return model_ ? model_->allows() : Allows::nothing; }
  // Why it could never happen or makes no sense. Faults that were read have none: reading reports them.
  [[nodiscard]] std::vector<Flaw> flaws() const { return model_ ? model_->flaws() : std::vector<Flaw>{}; }

  // base/fields.h's syntax: an object whose "kind" is one of the catalogue's.
  static void read_json(const base::json::Value& from, Fault& into, base::Reading& reading);
  static base::json::Value print_json(const Fault& fault) {
    return fault.model_ ? fault.model_->print() : base::json::Value();
  }
  static base::json::Value schema_json();

 private:
  struct Interface {
    virtual ~Interface() = default;
    [[nodiscard]] virtual std::string_view kind() const = 0;
    [[nodiscard]] virtual std::optional<std::string> name() const = 0;
    [[nodiscard]] virtual const Trigger& when() const = 0;
    [[nodiscard]] virtual bool concerns(const Op& op) const = 0;
    [[nodiscard]] virtual std::optional<Effect> on(const Op& op, const Past& past,
                                                   const Dice& dice) const = 0;
    [[nodiscard]] virtual std::vector<Flaw> flaws() const = 0;
    [[nodiscard]] virtual Allows allows() const = 0;
    [[nodiscard]] virtual base::json::Value print() const = 0;
  };

  template <Kind K>
  struct Model final : Interface {
    explicit Model(Written<K> from) : written(std::move(from)) {}
    [[nodiscard]] std::string_view kind() const override { return K::kName; }
    [[nodiscard]] std::optional<std::string> name() const override { return written.name; }
    [[nodiscard]] const Trigger& when() const override { return written.kind.when; }
    [[nodiscard]] bool concerns(const Op& op) const override {
      return written.kind.when.concerns(op, K::kTargets);
    }
    [[nodiscard]] std::optional<Effect> on(const Op& op, const Past& past, const Dice& dice) const override {
      const auto until = written.kind.when.fires(op, past, dice, span());
      if (!until) return std::nullopt;
      return written.kind.on(op, Firing{*until, dice});
    }
    [[nodiscard]] std::vector<Flaw> flaws() const override {
      std::vector<Flaw> found = written.kind.when.flaws(K::kTargets);
      if constexpr (!requires { K::kHasPhases; }) {
        for (Flaw& flaw : phase_flaws(written.kind.when)) found.push_back(std::move(flaw));
      }
      if constexpr (requires { written.kind.flaws(); }) {
        for (Flaw& flaw : written.kind.flaws()) found.push_back(std::move(flaw));
      }
      return found;
    }
    [[nodiscard]] Allows allows() const override { return allows_of<K>(); }
    [[nodiscard]] base::json::Value print() const override { return base::print(written); }

    [[nodiscard]] base::Duration span() const {
      if constexpr (requires { written.kind.span(); }) {
        return written.kind.span();
      } else {
        return base::Duration::zero();
      }
    }

    Written<K> written;
  };

  std::shared_ptr<const Interface> model_;  // Never changes, so that copies may share it.
};

// What a plan calls each fault: "torn_write tail" where it is named, else its kind and which of its kind it
// is, from 1: "torn_write 2". A fault's draws hang on its label, so a fault of another kind that is added or
// taken away moves none of them.
[[nodiscard]] std::vector<std::string> labels(std::span<const Fault> faults);

// Names that could give two faults one label: those that stand twice, and numbers. The key of each is
// "INDEX/name".
[[nodiscard]] std::vector<Flaw> name_flaws(std::span<const Fault> faults);

// Faults that wait for ever: their "after" names neither another fault nor one of the marks, or they wait for
// each other. The key of each is "INDEX/when/after".
[[nodiscard]] std::vector<Flaw> after_flaws(std::span<const Fault> faults,
                                            std::span<const std::string_view> marks);

}  // namespace wallop::faults
