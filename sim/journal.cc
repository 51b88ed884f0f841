// SPDX-License-Identifier: Apache-2.0
// The journal's hash: every entry field by field as little-endian numbers of 64 bits, texts with their length
// first, optional parts with a flag first, so that no two journals have one encoding.
//
// What surprises: a payload goes in as its own hash, computed once, and a run of zeros costs nothing.
#include "sim/journal.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/ensure.h"

namespace wallop::sim {

struct Journal::Hasher : FromPool {
  Hasher() : state(place_state()) { XXH3_64bits_reset(state); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  // For so many numbers: asked once for many, as an operation has about thirty.
  void make_room(std::size_t numbers) {
    if (filled_bytes + numbers * sizeof(std::uint64_t) > buffer.size()) flush();
  }
  void number(std::uint64_t value) {
    if constexpr (std::endian::native != std::endian::little) value = __builtin_bswap64(value);
    std::memcpy(buffer.data() + filled_bytes, &value, sizeof value);
    filled_bytes += sizeof value;
  }
  void text(std::string_view text) {
    number(text.size());
    flush();
    XXH3_64bits_update(state, text.data(), text.size());
  }
  void flush() {
    XXH3_64bits_update(state, buffer.data(), filled_bytes);
    filled_bytes = 0;
  }

  XXH3_state_t* place_state() {
    void* place = room.data();
    std::size_t bytes = room.size();
    return ::new (std::align(alignof(XXH3_state_t), sizeof(XXH3_state_t), place, bytes)) XXH3_state_t;
  }

  // Over-aligned memory is what the heap takes longest for: it is aligned in here.
  std::array<std::byte, sizeof(XXH3_state_t) + alignof(XXH3_state_t)> room;
  XXH3_state_t* const state;
  // Gathers many entries: the hash wants large pieces.
  std::array<unsigned char, 1024> buffer;
  std::size_t filled_bytes = 0;
};

namespace {

// Writes each kind of entry into a hasher; by overload, so that a new kind cannot be forgotten.
template <class Hasher>
struct Encoder {
  // Of an entry outside its lists, and of an element of one.
  static constexpr std::size_t kNumbersMax = 64;
  Hasher& out;

  template <class E>
    requires std::is_enum_v<E>
  void put(E value) {
    out.number(static_cast<std::uint64_t>(value));
  }
  void put(std::uint64_t value) { out.number(value); }
  void put(int value) { out.number(static_cast<std::uint64_t>(static_cast<std::int64_t>(value))); }
  void put(ObjectId id) { out.number(id.value()); }
  void put(io::Duration span) { out.number(static_cast<std::uint64_t>(span.count())); }
  void put(io::Instant at) { put(at.time_since_epoch()); }
  void put(std::string_view text) { out.text(text); }
  void put(const Payload& payload) {
    put(payload.size());
    if (payload.size() != 0) put(payload.hash());
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(std::uint64_t{value.has_value()});
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(std::uint64_t{values.size()});
    for (const T& value : values) {
      out.make_room(kNumbersMax);
      put(value);
    }
    out.make_room(kNumbersMax);
  }
  template <class... Ts>
  void all(const Ts&... values) {
    (put(values), ...);
  }

  void put(const NameChange& change) { all(change.directory, std::string_view(*change.name), change.object); }
  void put(const faults::ByteRange& range) { all(range.begin, range.end); }
  void put(const faults::Elsewhere& place) {
    all(std::string_view(place.path), static_cast<std::uint64_t>(place.shift), std::uint64_t{place.is_older});
  }
  void put(const faults::Effect& effect) {
    all(effect.os_error, effect.reach, effect.lasting, effect.late_error, effect.done_bytes,
        effect.flipped_bits, effect.extra_wait, effect.slowdown, effect.stalled_until, effect.garbage,
        effect.unreadable, effect.elsewhere, effect.bytes_per_second, effect.commands_per_second,
        effect.slow_until, effect.wall_step, effect.wall_frozen_until);
  }

  void put(const OpBegin& op) {
    const std::uint64_t flags = (op.creates ? 1U : 0U) | (op.past_cache ? 2U : 0U);
    all(op.op, op.verb, op.object, flags, op.offset, op.bytes, op.payload, op.size_after, op.names,
        std::uint64_t{op.effect != nullptr});
    if (op.effect) put(*op.effect);
  }
  void put(const OpEnd& op) { all(op.op, op.verb, op.object, op.os_error, op.bytes); }
  void put(const FaultFired& fired) { all(fired.op, std::uint64_t{fired.fault}); }
  void put(const Evicted& evicted) { all(evicted.object, evicted.begin, evicted.end); }
  void put(const Issued& issued) {
    all(std::uint64_t{issued.writer}, std::uint64_t{issued.count}, issued.sequence);
  }
  void put(const Accepted& accepted) {
    all(std::uint64_t{accepted.writer}, std::uint64_t{accepted.count}, accepted.sequence, accepted.first_lsn);
  }
  void put(const Refused& refused) {
    all(std::uint64_t{refused.writer}, std::uint64_t{refused.count}, refused.sequence,
        std::uint64_t{refused.unknown});
  }
  void put(const Promised& promised) { all(promised.lsn); }
  void put(const Delivered& delivered) { all(std::uint64_t{delivered.reader}, delivered.lsn); }
  void put(const Mark& mark) { all(mark.what, mark.value); }

  void put(const Entry& entry) {
    out.make_room(kNumbersMax);
    all(entry.at, std::uint64_t{entry.fibre}, std::uint64_t{entry.what.index()});
    std::visit([this](const auto& what) { this->put(what); }, entry.what);
  }
};

}  // namespace

Journal::Journal(JournalMode mode, std::size_t tail_entries)
    : mode_(mode), tail_entries_(tail_entries), hasher_(std::make_unique<Hasher>()) {}

Journal::~Journal() = default;

void Journal::add(Entry&& entry) {
  Encoder<Hasher>{*hasher_}.put(entry);
  ++count_;
  if (added_) added_(entry);
  if (mode_ == JournalMode::hash) return;
  entries_.push_back(std::move(entry));
  if (mode_ == JournalMode::tail && entries_.size() >= tail_entries_) end_part();
}

void Journal::end_part() {
  if (keeper_ && !keeper_(older_, entries_.size())) return;
  if (!older_.empty()) older_.clear();  // One that never held anything would step from a null pointer.
  older_.swap(entries_);
}

const Entries& Journal::entries() const {
  base::ensure(mode_ != JournalMode::tail, "a tail is read entry by entry");
  return entries_;
}

std::uint64_t Journal::hash() const {
  // Asking must not change what is hashed: the gathered bytes go into a copy.
  XXH3_state_t copy = *hasher_->state;
  XXH3_64bits_update(&copy, hasher_->buffer.data(), hasher_->filled_bytes);
  return XXH3_64bits_digest(&copy);
}

std::uint64_t hash_of(const Entry& entry) {
  Journal alone(JournalMode::hash);
  alone.add(entry);
  return alone.hash();
}

namespace {

std::string range(std::uint64_t offset, std::uint64_t bytes) {
  return fmt::format("[{}, {})", offset, offset + bytes);
}

bool has_range(faults::Verb verb) {
  using faults::Verb;
  return verb == Verb::read || verb == Verb::read_stored || verb == Verb::write ||
         verb == Verb::write_durable || verb == Verb::allocate;
}

std::string text(const faults::Elsewhere& place) {
  if (place.is_older) return ", an older version";
  const std::string file = place.path.empty() ? "" : fmt::format(" in {}", place.path);
  return fmt::format(", elsewhere: {:+} bytes{}", place.shift, file);
}

std::string text(const faults::Effect& effect) {
  std::string line = effect.reach == faults::Reach::nothing ? ", reaches nothing" : "";
  if (effect.lasting) {
    line += ", tears:";
    for (const faults::ByteRange& kept : effect.lasting.value())
      line += " " + range(kept.begin, kept.end - kept.begin);
  }
  if (!effect.unreadable.empty()) line += ", cannot be read again";
  if (effect.elsewhere) line += text(*effect.elsewhere);
  if (!effect.flipped_bits.empty())
    line += fmt::format(", flips bits {}", fmt::join(effect.flipped_bits, " "));
  return line;
}

std::string text(const OpBegin& op) {
  std::string line = fmt::format("{}  {}", faults::name(op.verb), op.object.value());
  if (has_range(op.verb)) line += "  " + range(op.offset, op.bytes);
  if (op.size_after) line += fmt::format(", size {}", *op.size_after);
  for (const NameChange& change : op.names) {
    line += fmt::format(", {}/{} ", change.directory.value(), *change.name);
    line += change.object == kNoObject ? "gone" : fmt::format("is {}", change.object.value());
  }
  if (op.effect) line += text(*op.effect);
  return line;
}

std::string text(const OpEnd& op) {
  std::string line = fmt::format("{} done  {}", faults::name(op.verb), op.object.value());
  if (op.os_error != 0) line += fmt::format(", error {}", op.os_error);
  return line;
}

std::string text(const FaultFired& fired) {
  return fmt::format("fault {} strikes", fired.fault);
}
std::string text(const Evicted& evicted) {
  return fmt::format("evicted  {}", evicted.object.value());
}
std::string text(const Issued& issued) {
  return fmt::format("append  writer {}, record {}, {} of them", issued.writer, issued.sequence,
                     issued.count);
}
std::string text(const Accepted& accepted) {
  return fmt::format("accepted  writer {}, record {}, as LSN {}", accepted.writer, accepted.sequence,
                     accepted.first_lsn);
}
std::string text(const Refused& refused) {
  return fmt::format("refused  writer {}, record {}{}", refused.writer, refused.sequence,
                     refused.unknown ? ", may appear all the same" : "");
}
std::string text(const Promised& promised) {
  return fmt::format("promised  up to LSN {}", promised.lsn);
}
std::string text(const Delivered& delivered) {
  return fmt::format("delivered  LSN {} to reader {}", delivered.lsn, delivered.reader);
}
std::string text(const Mark& mark) {
  return fmt::format("{}  {}", mark.what, mark.value);
}

}  // namespace

std::string describe(const Entry& entry) {
  return std::visit([](const auto& what) { return text(what); }, entry.what);
}

}  // namespace wallop::sim
