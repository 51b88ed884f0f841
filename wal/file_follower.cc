// SPDX-License-Identifier: Apache-2.0
// From the end of what is there to the next frame of the same segment, or to the segment whose link names
// that end.
#include "wal/file_follower.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "wal/segment_name.h"

namespace wallop::wal::inline WALLOP_WAL_BUILD {
namespace {

// Enough of a file, mostly, to see who it is, or whether a frame begins behind an end.
constexpr std::uint64_t kGlance = 64U << 10;

bool is_newer(const FoundSegment& a, const FoundSegment& b) {
  return std::tie(a.link->epoch, a.id) > std::tie(b.link->epoch, b.id);
}

}  // namespace

io::Result<std::unique_ptr<FileFollower>> FileFollower::open(io::World& world, std::string directory,
                                                             std::optional<Lsn> from) {
  std::unique_ptr<FileFollower> follower(new FileFollower(world, std::move(directory)));
  if (auto begun = follower->begin(from); !begun) return io::Failure(std::move(begun.error()));
  return follower;
}

// Nothing where it is a spare, or gone by now.
io::Result<std::optional<FileFollower::Used>> FileFollower::look_at(SegmentId id) {
  Used used;
  used.segment.id = id;
  used.segment.path = segment_path(directory_, id);
  auto file = world_.files.open(used.segment.path, {.read_only = true});
  if (!file && file.error().code == io::Code::not_found) return std::nullopt;
  if (!file) return io::Failure(std::move(file.error()));
  used.file = std::move(*file);
  std::uint64_t needed = kGlance;
  for (std::uint64_t seen = 0; seen < needed;) {  // Twice at most: large blocks need more than a glance.
    seen = needed;
    probe_.aim(*used.file, seen);
    if (auto identified = identify(probe_, used.segment); !identified)
      return io::Failure(std::move(identified.error()));
    if (used.segment.header) needed = std::max(seen, used.segment.header->data_begin() + kLinkFrameBytesMax);
  }
  if (!used.segment.header || !used.segment.link) return std::nullopt;
  return used;
}

// By id.
io::Result<std::vector<FileFollower::Used>> FileFollower::used_behind(SegmentId id) {
  auto names = world_.files.list(directory_);
  if (!names) return io::Failure(std::move(names.error()));
  std::vector<Used> all;
  for (const std::string& name : *names) {
    const auto other = segment_of(name);
    if (!other || *other <= id) continue;
    auto used = look_at(*other);
    if (!used) return io::Failure(std::move(used.error()));
    if (*used) all.push_back(std::move(**used));
  }
  return all;
}

// Back from the newest segment, by the links, as far as `from` asks.
io::Status FileFollower::begin(std::optional<Lsn> from) {
  auto all = used_behind(SegmentId{});
  if (!all) return io::Failure(std::move(all.error()));
  if (all->empty())
    return io::failure(io::Code::not_found, "follow log", directory_, "no segment there was ever used");
  auto at = std::ranges::max_element(
      *all, [](const Used& a, const Used& b) { return is_newer(b.segment, a.segment); });
  while (from && at->segment.link->first_lsn() > *from) {  // Each turn goes to a lower id.
    const auto before = std::ranges::find(*all, at->segment.link->link.predecessor.id,
                                          [](const Used& used) { return used.segment.id; });
    if (before == all->end() || before->segment.id >= at->segment.id) break;
    at = before;
  }
  from_ = from.value_or(Lsn{});
  if (auto begun = begin_at(std::move(*at)); !begun || from) return begun;
  return pass_all();
}

io::Status FileFollower::begin_at(Used used) {
  segment_ = std::move(used.segment);
  file_ = std::move(used.file);
  walk_.emplace(window_, *segment_.header, segment_.link->epoch, segment_.link->end);
  payload_ = {};
  next_lsn_ = segment_.link->first_lsn();
  lost_before_ = segment_.link->link.losses.ending_before(next_lsn_);
  return window_.aim(*file_);
}

io::Status FileFollower::pass_all() {
  for (;;) {  // Each turn passes a frame.
    auto loaded = load_frame();
    if (!loaded) return io::Failure(std::move(loaded.error()));
    if (!*loaded) break;
    payload_ = {};
    next_lsn_ = walk_->end().last.next();
  }
  lost_before_ = {};
  return {};
}

io::Result<std::optional<RecordView>> FileFollower::next() {
  for (;;) {  // Each turn passes a record, a frame or a segment.
    if (!payload_.empty()) {
      auto taken = take_record();
      if (!taken || *taken) return taken;
      continue;
    }
    auto loaded = load_frame();
    if (loaded && !*loaded) {
      if (auto looked = look_again(); !looked) return io::Failure(std::move(looked.error()));
      loaded = load_frame();
    }
    if (loaded && !*loaded) loaded = go_on();
    if (!loaded) return io::Failure(std::move(loaded.error()));
    if (!*loaded) return std::nullopt;
  }
}

// Nothing where it stands before what was asked for.
io::Result<std::optional<RecordView>> FileFollower::take_record() {
  auto decoded = decode_record(payload_, CheckRecordCrc::no);
  if (!decoded) return damaged("a record in a frame whose checksum matches is not valid");
  if (!expand_value(decoded->record, value_))
    return damaged("a value in a frame whose checksum matches does not expand");
  RecordView view{next_lsn_, {segment_.id, payload_offset_}, decoded->record};
  payload_ = payload_.subspan(decoded->bytes);
  payload_offset_ += decoded->bytes;
  next_lsn_ = next_lsn_.next();
  if (view.lsn < from_) {
    lost_before_ = {};
    return std::nullopt;
  }
  view.lost_before = std::exchange(lost_before_, {});
  return view;
}

// False where the next batch is not there, or not whole.
io::Result<bool> FileFollower::load_frame() {
  if (!walk_->in_batch()) {
    auto has = has_batch();
    if (!has || !*has) return has;
  }
  auto frame = walk_->peek();
  if (!frame) return io::Failure(std::move(frame.error()));
  if (!*frame) return false;
  // Read once: what is shown is what was checked.
  auto payload = window_.view((*frame)->payload_offset(), (*frame)->header.payload_bytes);
  if (!payload) return io::Failure(std::move(payload.error()));
  auto holds = payload_holds(window_, walk_->identity(), **frame);
  if (!holds || !*holds) return holds;
  walk_->pass(**frame);
  payload_ = (*frame)->header.record_count == 0 ? io::Bytes{} : *payload;
  payload_offset_ = (*frame)->payload_offset();
  next_lsn_ = (*frame)->header.record_count == 0 ? walk_->end().last.next() : (*frame)->header.first_lsn;
  return true;
}

io::Result<bool> FileFollower::has_batch() {
  FrameWalk ahead = *walk_;
  do {
    auto frame = ahead.peek();
    if (!frame) return io::Failure(std::move(frame.error()));
    if (!*frame) return false;
    auto holds = payload_holds(window_, ahead.identity(), **frame);
    if (!holds || !*holds) return holds;
    ahead.pass(**frame);
  } while (ahead.in_batch());
  return true;
}

// What the window holds behind the end may have been read before it was written.
io::Status FileFollower::look_again() {
  window_.aim(*file_, walk_->end().offset + kGlance);
  auto frame = walk_->peek();
  if (!frame) return io::Failure(std::move(frame.error()));
  return *frame ? window_.aim(*file_) : io::Status();
}

// Its link names this segment; or, where this one holds no record, what this one's own link names: a recovery
// passes over such.
bool FileFollower::succeeds(const FoundSegment& other) const {
  const FoundLink& own = *segment_.link;
  if (other.link->epoch < own.epoch) return false;
  const SegmentId before = other.link->link.predecessor.id;
  const bool is_empty = walk_->end().last == own.end.last;
  return before == segment_.id || (is_empty && before == own.link.predecessor.id);
}

// False where nothing follows yet.
io::Result<bool> FileFollower::go_on() {
  auto all = used_behind(segment_.id);
  if (!all) return io::Failure(std::move(all.error()));
  Used* successor = nullptr;
  for (Used& other : *all) {
    if (succeeds(other.segment) && (successor == nullptr || is_newer(other.segment, successor->segment)))
      successor = &other;
  }
  if (successor == nullptr) return begin_again(std::move(*all));
  const Predecessor& named = successor->segment.link->link.predecessor;
  const bool names_this = named.id == segment_.id;
  if (names_this && named.end.offset > walk_->end().offset) {
    // Written meanwhile, or damaged.
    if (auto looked = look_again(); !looked) return io::Failure(std::move(looked.error()));
    auto loaded = load_frame();
    if (!loaded || *loaded) return loaded;
    if (!world_.files.stat(segment_.path)) return begin_again(std::move(*all));
    return damaged("a frame is damaged");
  }
  if (names_this && named.end.offset < walk_->end().offset)
    return damaged("an open of the log has dropped records that were shown, behind LSN " +
                   std::to_string(named.end.last.value()));
  if (auto begun = begin_at(std::move(*successor)); !begun) return io::Failure(std::move(begun.error()));
  return true;
}

// Where the segment at hand was deleted: in the oldest one that is left.
io::Result<bool> FileFollower::begin_again(std::vector<Used> used) {
  auto still = world_.files.stat(segment_.path);
  if (still) return false;
  if (still.error().code != io::Code::not_found) return io::Failure(std::move(still.error()));
  if (used.empty()) return false;
  const Lsn oldest = used.front().segment.link->first_lsn();
  const Lsn wanted = std::max(from_, next_lsn_);
  if (oldest > wanted) {
    return io::failure(io::Code::not_found, "follow log", directory_,
                       "record " + std::to_string(wanted.value()) +
                           " was deleted before it was read; the oldest one that is left is " +
                           std::to_string(oldest.value()));
  }
  from_ = wanted;
  if (auto begun = begin_at(std::move(used.front())); !begun) return io::Failure(std::move(begun.error()));
  return true;
}

io::Failure FileFollower::damaged(std::string why) const {
  io::Error error{.code = io::Code::corrupt,
                  .action = "follow log",
                  .file = segment_.path,
                  .offset = walk_->end().offset,
                  .detail = std::move(why)};
  return io::Failure(std::move(error));
}

}  // namespace wallop::wal::inline WALLOP_WAL_BUILD
