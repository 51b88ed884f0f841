// SPDX-License-Identifier: Apache-2.0
// How slow, for how long, and what is senseless about it.
#include "faults/kinds/slow_disk.h"

#include <utility>

namespace wallop::faults {
namespace {

using base::json::Value;

bool is_constant(const Delay& delay) {
  Delay constant;
  constant.by_quantile.p50 = delay.by_quantile.p50;
  return delay == constant;
}

// For how long the whole device is slow, where it is the whole device.
std::optional<io::Instant> device_slow_until(const Trigger& when, const Op& op, const Firing& firing) {
  if (when.path || when.op) return std::nullopt;
  if (when.during) return io::Instant(when.during->to);
  return firing.until > op.at ? std::optional(firing.until) : std::nullopt;
}

}  // namespace

void Delay::read_json(const Value& from, Delay& into, base::Reading& reading) {
  into = {};
  if (from.get<base::json::Object>() != nullptr) return base::read(from, into.by_quantile, reading);
  base::read(from, into.by_quantile.p50, reading);
}

Value Delay::print_json(const Delay& delay) {
  return is_constant(delay) ? base::print(delay.by_quantile.p50) : base::print(delay.by_quantile);
}

Value Delay::schema_json() {
  Value forms{base::json::Array{}};
  forms.push(base::schema<base::Duration>()).push(base::schema<base::LatencySpec>());
  return Value().set("anyOf", std::move(forms));
}

std::optional<Effect> SlowDisk::on(const Op& op, const Firing& firing) const {
  Effect effect{.slowdown = factor.value_or(1),
                .bytes_per_second = bytes_per_second ? bytes_per_second->value : 0,
                .commands_per_second = commands_per_second.value_or(0),
                .slow_until = device_slow_until(when, op, firing)};
  if (!delay) return effect;
  const base::LatencyCurve curve(delay->by_quantile);
  effect.extra_wait = curve.at(curve.constant() ? 0 : firing.dice.below(base::LatencyCurve::kWhole, 0));
  return effect;
}

std::vector<Flaw> SlowDisk::flaws() const {
  std::vector<Flaw> found = hold_flaws(hold, when);
  const auto refuse_if = [&](bool wrong, const char* key, const char* what, const char* hint) {
    if (wrong) found.push_back({key, what, hint});
  };
  refuse_if(!factor && !delay && !bytes_per_second && !commands_per_second, "factor",
            "neither \"factor\" nor \"delay\" nor a limit: nothing is slower", "add \"factor\": 10");
  refuse_if(factor && *factor < 2, "factor", "a factor below 2 slows nothing",
            "for a fixed time more, take \"delay\"");
  refuse_if(factor && *factor > kSlowdownMax, "factor", "a factor is at most 1000000",
            "for a disk that never answers, take \"stall\"");
  refuse_if(delay && *delay == Delay{}, "delay", "a delay of nothing slows nothing", "leave it out");
  refuse_if(delay && !base::LatencyCurve(delay->by_quantile).rises(), "delay",
            "the delays do not rise from best to worst", "the slower the later");
  refuse_if(bytes_per_second && bytes_per_second->value == 0, "bytes_per_second",
            "a device that moves nothing never ends", "take \"stall\"");
  refuse_if(commands_per_second && *commands_per_second == 0, "commands_per_second",
            "a device that takes no command never ends", "take \"stall\"");
  return found;
}

}  // namespace wallop::faults
