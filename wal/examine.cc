// SPDX-License-Identifier: Apache-2.0
// Examination, step by step: list, identify, scan, gather the evidence, follow the chain, conclude.
#include "wal/examine.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "wal/segment_name.h"
#include "wal/verdict.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

io::Result<std::vector<FoundSegment>> list_segments(io::World& world, std::string_view directory) {
  auto names = world.files.list(directory);
  if (!names) return io::Failure(std::move(names.error()));
  std::vector<FoundSegment> segments;
  segments.reserve(names->size());
  for (const std::string& name : *names) {  // Sorted by byte, which for these names is by id.
    const auto id = segment_of(name);
    if (!id) continue;
    FoundSegment& segment = segments.emplace_back();
    segment.id = *id;
    segment.path = path_in(directory, name);
  }
  return segments;
}

// Newest by (epoch, id): which of two links that name the same predecessor counts.
bool is_newer(const FoundSegment& a, const FoundSegment* b) {
  return b == nullptr || std::pair(a.link->epoch, a.id) > std::pair(b->link->epoch, b->id);
}

const FoundSegment* successor_of(const std::vector<FoundSegment>& segments, const FoundSegment& segment) {
  const FoundSegment* newest = nullptr;
  for (const FoundSegment& other : segments) {
    const bool follows = other.link && other.link->link.predecessor.id == segment.id &&
                         other.id > segment.id && other.link->epoch >= segment.link->epoch;
    if (follows && is_newer(other, newest)) newest = &other;
  }
  return newest;
}

// Nothing that is not accepted as lost lies between `lsn` and the first record behind the link.
bool begins_with(const Link& link, Lsn lsn) {
  const Lsn first = link.first_lsn();
  const LsnRange lost = link.losses.ending_before(first);
  return first == lsn || (!lost.empty() && lost.first <= lsn && lsn <= lost.last);
}

const FoundSegment* first_of(const std::vector<FoundSegment>& segments, const LowWater& low_water) {
  const FoundSegment* newest = nullptr;
  for (const FoundSegment& other : segments) {
    const bool begins = other.link &&
                        other.link->link.predecessor.id < std::max(low_water.segment, SegmentId(1)) &&
                        other.id >= low_water.segment && begins_with(other.link->link, low_water.lsn);
    if (begins && is_newer(other, newest)) newest = &other;
  }
  return newest;
}

class Examiner {
 public:
  Examiner(io::World& world, ReadVia via, const Effort& effort)
      : world_(world),
        via_(via),
        effort_(effort),
        meter_{world.clock},
        window_(via, &meter_, kIdentityBytes) {}

  io::Result<Examination> run(std::string_view directory) {
    auto listed = list_segments(world_, directory);
    if (!listed) return io::Failure(std::move(listed.error()));
    found_.segments = std::move(*listed);
    if (auto read = identify_all(); !read) return io::Failure(std::move(read.error()));
    if (auto read = judge_by(Reach::bounded); !read) return io::Failure(std::move(read.error()));
    if (found_.end < found_.evidence) {  // For the true end of what is lost.
      if (auto read = judge_by(Reach::whole); !read) return io::Failure(std::move(read.error()));
    }
    conclude();
    return std::move(found_);
  }

 private:
  io::Status judge_by(Reach reach) {
    if (auto read = scan_all(reach); !read) return read;
    gather();
    follow_chain();
    return {};
  }

  io::Status identify_all() {
    wholes_.resize(found_.segments.size());
    for (std::size_t i = 0; i < found_.segments.size(); ++i) {
      FoundSegment& segment = found_.segments[i];
      if (auto read = read_identity(segment); !read) return read;
      if (may_keep(segment.file_bytes)) wholes_[i] = window_.take_whole();
      if (wholes_[i]) kept_bytes_ += wholes_[i]->size;
      if (segment.header && !found_.log_uuid) found_.log_uuid = segment.header->log_uuid;
      if (segment.header && segment.header->log_uuid != found_.log_uuid)
        segment.damage = "it is of another log";
    }
    return {};
  }

  io::Status read_identity(FoundSegment& segment) {
    auto file = world_.files.open(segment.path, {.read_only = true});
    if (!file) return io::Failure(std::move(file.error()));
    if (auto aimed = window_.aim(**file); !aimed) return aimed;
    auto read = read_small_file();
    if (read) read = identify(window_, segment);
    if (!read && read.error().file.empty()) read.error().file = segment.path;
    if (!read || !segment.header) return read;
    auto marks = read_marks(window_, *segment.header);
    if (!marks) return io::Failure(std::move(marks.error()));
    segment.marks = *marks;
    return {};
  }

  [[nodiscard]] bool may_keep(std::uint64_t bytes) const { return kept_bytes_ + bytes <= kWindowBytes; }
  // A small file is scanned as it is read here. Of a larger one the cache may have what a scan wants.
  io::Status read_small_file() {
    constexpr std::uint64_t kSmallFileMax = 2 * kIdentityBytes;
    if (window_.file_bytes() > kSmallFileMax || !may_keep(window_.file_bytes())) return {};
    auto read = window_.view(0, window_.file_bytes());
    return read ? io::Status{} : io::Failure(std::move(read.error()));
  }

  [[nodiscard]] bool is_used(SegmentId id) const {
    const auto found = std::ranges::find(found_.segments, id, &FoundSegment::id);
    return found != found_.segments.end() && found->link;
  }
  // Of what identifies files, all of it read past the cache.
  [[nodiscard]] Lsn proven_by_identity() const {
    Lsn proven;
    for (const FoundSegment& segment : found_.segments) {
      if (segment.link) proven = std::max(proven, segment.link->evidence.durable);
      if (segment.marks.watermark) proven = std::max(proven, segment.marks.watermark->durable);
    }
    return proven;
  }
  // Whoever could say that a segment's last record was durable had synced its whole file.
  static std::uint64_t trusted_end(const FoundSegment& segment, const FoundSegment* next, Lsn proven) {
    const bool is_synced = next != nullptr && next->link->link.predecessor.end.last <= proven;
    return is_synced ? kSegmentBytesMax : segment.marks.synced_end();
  }

  io::Status scan_all(Reach reach) {
    const Lsn proven = proven_by_identity();
    std::vector<ScanJob> jobs;
    jobs.reserve(found_.segments.size());
    for (std::size_t i = 0; i < found_.segments.size(); ++i) {
      FoundSegment& segment = found_.segments[i];
      Stop stop;
      const FoundSegment* next = segment.link ? successor_of(found_.segments, segment) : nullptr;
      if (next != nullptr) stop = next->link->link.predecessor.end;
      const bool is_far_enough = reach == Reach::bounded || segment.body.searched_all;
      if (segment.scanned && segment.stop == stop && is_far_enough) continue;  // Nothing new says otherwise.
      segment.body = {};
      if (segment.link) segment.body.evidence = segment.link->evidence;
      segment.stop = stop;
      segment.scanned = true;
      jobs.push_back(
          {&segment, stop, wholes_[i] ? &*wholes_[i] : nullptr, trusted_end(segment, next, proven), reach});
    }
    ParallelScan scan(world_, via_, found_.log_uuid, effort_);
    auto done = scan.run(jobs);
    cost_.add(scan.cost());
    return done;
  }

  // What all files together prove, dead ones too: evidence does not die with its segment.
  void gather() {
    Evidence all;
    Lsn by_footers;  // That name a segment which is gone, and with it all that it could prove.
    for (const FoundSegment& segment : found_.segments) {
      all.add(segment.body.evidence);
      all.newest = std::max(all.newest, segment.marks.newest());
      if (segment.marks.watermark) all.durable = std::max(all.durable, segment.marks.watermark->durable);
      if (const auto& footer = segment.marks.footer) {
        Lsn& proven = is_used(footer->next) ? all.durable : by_footers;
        proven = std::max(proven, footer->proven());
      }
      found_.highest_id = std::max(found_.highest_id, segment.id);
      if (segment.header) {
        found_.highest_id = std::max(found_.highest_id, segment.header->id);
        found_.highest_epoch = std::max(found_.highest_epoch, segment.header->prepared_in.counter);
      }
      if (segment.foreign) {
        found_.highest_id = std::max(found_.highest_id, segment.foreign->id);
        found_.highest_epoch = std::max(found_.highest_epoch, segment.foreign->prepared_in.counter);
      }
      if (segment.link) found_.highest_id = std::max(found_.highest_id, segment.link->link.predecessor.id);
    }
    found_.highest_id = std::max(found_.highest_id, all.low_water.segment);
    found_.highest_epoch = std::max(found_.highest_epoch, all.newest.counter);
    found_.evidence = std::max(all.durable, by_footers);
    found_.proof = all.durable < by_footers ? Proof::at_least : Proof::exact;
    found_.low_water = all.low_water.segment == SegmentId{} ? LowWater{SegmentId{}, Lsn(1)} : all.low_water;
  }

  void follow_chain() {
    found_.chain.clear();
    found_.end = found_.low_water.lsn.previous();
    const FoundSegment* segment = first_of(found_.segments, found_.low_water);
    while (segment != nullptr) {  // Ids rise along the chain: bounded by the number of files.
      found_.chain.push_back(static_cast<std::size_t>(segment - found_.segments.data()));
      found_.end = segment->body.end.last;
      found_.accepted = segment->link->link.losses;
      const FoundSegment* next = successor_of(found_.segments, *segment);
      const bool reached = next != nullptr && segment->body.end == next->link->link.predecessor.end;
      segment = reached ? next : nullptr;
    }
  }

  void conclude() {
    RecoveryInfo& info = found_.info;
    info.segments_scanned = found_.segments.size();
    info.bytes_scanned = window_.bytes_read() + cost_.bytes_read;
    info.read_time = meter_.read_time + cost_.read_time;
    info.checksum_time = cost_.checksum_time;
    info.last = found_.accepted.record_at_or_before(found_.end);
    info.accepted.assign(found_.accepted.ranges().begin(), found_.accepted.ranges().end());
    info.durable_proven = found_.evidence;
    for (const std::size_t index : found_.chain)
      info.valid_records += found_.segments[index].body.record_count;
    Rest rest = Rest::zero;
    if (!found_.chain.empty()) {
      const FoundSegment& tail = found_.segments[found_.chain.back()];
      info.last_valid = {tail.id, tail.body.end.offset};
      info.bytes_discarded = tail.body.written_end - tail.body.end.offset;
      if (tail.header->recycled == Recycled::yes) rest = Rest::stale;
    }
    for (std::size_t i = 0; i < found_.segments.size(); ++i) conclude_about(i);
    if (info.bytes_discarded != 0) rest = Rest::written;
    const Files files = info.damage.empty() ? Files::sound : Files::damaged;
    const Verdict verdict = judge(chain_against(found_.end, found_.evidence), rest, files, found_.proof);
    info.tail = verdict.tail;
    // Without one readable header no frame can be checked, and so none proves anything.
    info.loss_has_no_end =
        verdict.loss == Loss::from_end_of_chain_on || (!found_.log_uuid && files == Files::damaged);
    if (verdict.loss != Loss::none) info.lost.push_back({found_.end.next(), found_.evidence});
  }

  // A file takes a new name only once the low water above its old one is durable.
  void judge_foreign(FoundSegment& segment) {
    if (!segment.foreign || !segment.damage.empty()) return;
    if (segment.foreign->log_uuid != found_.log_uuid) {
      segment.damage = "it is of another log";
    } else if (segment.foreign->id >= found_.low_water.segment) {
      segment.damage = "its header is another segment's";
    }
  }

  void conclude_about(std::size_t index) {
    FoundSegment& segment = found_.segments[index];
    judge_foreign(segment);
    const bool live = found_.is_live(index);
    // What is dead may be damaged: nobody reads it.
    if (live ? found_.is_sealed_off(index) : found_.why_left(segment) == Leftover::superseded) return;
    if (!segment.damage.empty() && found_.info.damage.empty()) {
      found_.info.damage = segment_name(segment.id) + ": " + segment.damage;
    }
    if (live) return;
    const Leftover why = found_.why_left(segment);
    if (why == Leftover::spare) found_.info.spares.push_back(segment.id);
    if (why == Leftover::cut) found_.info.cut.push_back(segment.id);
    if (why == Leftover::dropped) {
      const std::uint64_t begin = segment.header ? segment.header->data_begin() : 0;
      found_.info.bytes_discarded += segment.body.written_end - begin;
    }
  }

  io::World& world_;
  const ReadVia via_;
  const Effort& effort_;
  ScanCost cost_;
  ReadMeter meter_;
  Window window_;                                 // On what identifies a file.
  std::vector<std::optional<WholeFile>> wholes_;  // Of each small file, as far as a window's room goes.
  std::uint64_t kept_bytes_ = 0;                  // In them.
  Examination found_;
};

}  // namespace

bool Examination::is_live(std::size_t index) const {
  return std::ranges::find(chain, index) != chain.end();
}

bool Examination::is_sealed_off(std::size_t index) const {
  const auto at = std::ranges::find(chain, index);
  if (at == chain.end()) return false;
  return std::any_of(at + 1, chain.end(),
                     [this](std::size_t later) { return segments[later].link->is_seal(); });
}

std::vector<std::size_t> Examination::named_chain() const {
  std::vector<std::size_t> named = chain;
  if (named.empty()) return named;
  const FoundSegment* next = successor_of(segments, segments[named.back()]);
  for (; next != nullptr; next = successor_of(segments, *next))  // Ids rise.
    named.push_back(static_cast<std::size_t>(next - segments.data()));
  return named;
}

Leftover Examination::why_left(const FoundSegment& segment) const {
  if (segment.id < low_water.segment) return Leftover::superseded;
  const bool proves_something = segment.body.evidence.frame_count > 0 || segment.marks.prove_something();
  if (!proves_something) return segment.is_spare() ? Leftover::spare : Leftover::cut;
  // Epochs of another log say nothing here.
  const bool is_ours = !segment.header || segment.header->log_uuid == log_uuid;
  const bool has_tail = !chain.empty();
  const Epoch newest = std::max(segment.body.evidence.newest, segment.marks.newest());
  const bool older = is_ours && has_tail && newest < segments[chain.back()].link->epoch;
  return older ? Leftover::superseded : Leftover::dropped;
}

Predecessor Examination::last_with_records() const {
  for (auto index = chain.rbegin(); index != chain.rend(); ++index) {
    const FoundSegment& segment = segments[*index];
    if (segment.body.record_count > 0) return {segment.id, segment.link->epoch, segment.body.end};
  }
  if (!chain.empty()) return segments[chain.front()].link->link.predecessor;
  Predecessor none;
  none.end.last = low_water.lsn.previous();
  return none;
}

io::Result<Examination> examine(io::World& world, std::string_view directory, ReadVia via,
                                const Effort& effort) {
  return Examiner(world, via, effort).run(directory);
}

io::Result<Examination> examine_stored(io::World& world, std::string_view directory, const Effort& effort) {
  auto stored = examine(world, directory, ReadVia::stored, effort);
  if (stored || stored.error().code != io::Code::unsupported) return stored;
  auto cached = examine(world, directory, ReadVia::cache, effort);
  if (cached) cached->info.cache_not_bypassed = true;
  return cached;
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
