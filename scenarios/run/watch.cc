// SPDX-License-Identifier: Apache-2.0
// A fault may strike millions of times: its stretches are joined as soon as they become too many to draw.
#include "scenarios/run/watch.h"

#include <algorithm>

namespace wallop::scenarios {
namespace {

constexpr std::size_t kStretchesMax = 1024;

bool is_sync(faults::Verb verb) {
  return verb == faults::Verb::sync || verb == faults::Verb::sync_all;
}

// Joins those that are at most `gap` apart. They are in order of their beginnings.
template <class Stretch>
void join(std::vector<Stretch>& stretches, io::Duration gap) {
  std::size_t count = 0;
  for (const Stretch& next : stretches) {
    if (count > 0 && next.begin - stretches[count - 1].end <= gap) {
      stretches[count - 1].end = std::max(stretches[count - 1].end, next.end);
    } else {
      stretches[count++] = next;
    }
  }
  stretches.resize(count);
}

}  // namespace

void Watch::apply(const sim::Entry& entry) {
  ++entry_count_;
  if (const auto* begin = entry.get<sim::OpBegin>()) {
    if (is_sync(begin->verb)) syncs_[begin->op] = entry.at;
  } else if (const auto* ended = entry.get<sim::OpEnd>()) {
    end(ended->op, entry.at);
  } else if (const auto* fired = entry.get<sim::FaultFired>()) {
    struck_[fired->op].push_back(fired->fault);
    strike(fired->fault, entry.at);
  }
}

void Watch::end_process() {
  syncs_.clear();
  struck_.clear();
}

void Watch::strike(std::uint32_t fault, io::Instant at) {
  if (stretches_.size() <= fault) {
    stretches_.resize(fault + 1);
    gaps_.resize(fault + 1, io::Duration::zero());
    first_strikes_.resize(fault + 1);
  }
  if (first_strikes_[fault] == 0) first_strikes_[fault] = entry_count_;
  std::vector<Stretch>& stretches = stretches_[fault];
  if (!stretches.empty() && at - stretches.back().end <= gaps_[fault]) {
    stretches.back().end = std::max(stretches.back().end, at);
    return;
  }
  stretches.push_back({at, at});
  while (stretches.size() > kStretchesMax) {
    gaps_[fault] = std::max(gaps_[fault] * 2, io::Duration(std::chrono::microseconds(1)));
    join(stretches, gaps_[fault]);
  }
}

void Watch::end(sim::OpId op, io::Instant at) {
  const auto sync = syncs_.find(op);
  if (sync != syncs_.end()) {
    sync_latency_.record(at - sync->second);
    syncs_.erase(sync);
  }
  const auto struck = struck_.find(op);
  if (struck == struck_.end()) return;
  for (const std::uint32_t fault : struck->second) {
    Stretch& last = stretches_[fault].back();
    last.end = std::max(last.end, at);
  }
  struck_.erase(struck);
}

std::vector<reports::Mark> Watch::fault_marks(const std::vector<std::string>& labels,
                                              io::Duration run) const {
  constexpr int kParts = 50;
  std::vector<reports::Mark> marks;
  for (std::size_t fault = 0; fault < stretches_.size(); ++fault) {
    std::vector<Stretch> stretches = stretches_[fault];
    join(stretches, run / kParts);
    for (const Stretch& held : stretches)
      marks.push_back(
          {"fault", labels.at(fault), held.begin.time_since_epoch(), held.end.time_since_epoch()});
  }
  return marks;
}

}  // namespace wallop::scenarios
