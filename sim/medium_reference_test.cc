// SPDX-License-Identifier: Apache-2.0
// The medium against a tiny, slow, obviously right model of `posix`, which shares no code with it; and every
// image of ext4-ordered against the images of posix.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "sim/medium_fixture.h"

namespace wallop::sim {
namespace {

// ---- One file under posix: all of memory's past since the last sync, as plain strings ----

struct Step {
  enum class Kind { write, truncate, sync } kind;
  std::uint64_t offset = 0, size = 0;
  char fill = 'A';
};

class Reference {
 public:
  void apply(const Step& step) {
    const std::uint64_t old_size = memory_.size();
    if (step.kind == Step::Kind::sync) {
      *this = Reference(memory_);
      return;
    }
    if (step.kind == Step::Kind::truncate) {
      memory_.resize(step.size, '\0');
      sizes_.insert(step.size);
    } else {
      const std::uint64_t end = step.offset + step.size;
      if (end > old_size) {
        memory_.resize(end, '\0');
        for (std::uint64_t edge = kSector; edge < end; edge += kSector) {
          if (edge > step.offset && edge > old_size) sizes_.insert(edge);
        }
        sizes_.insert(end);
      }
      memory_.replace(step.offset, step.size, std::string(step.size, step.fill));
      for (std::uint64_t at = step.offset / kSector; at * kSector < end; ++at) written_.insert(at);
    }
    remember();
  }

  [[nodiscard]] Pictures images() const {
    Pictures all;
    for (const std::uint64_t size : sizes_) {
      std::vector<std::vector<std::string>> sectors{{"a="}};
      for (std::uint64_t at = 0; at * kSector < size; ++at) {
        std::vector<std::string> drawn;
        for (std::string bytes : contents(at)) {
          bytes.resize(std::min(kSector, size - at * kSector));
          drawn.push_back(draw_sector(bytes));
        }
        sectors.push_back(std::move(drawn));
      }
      all = all + product(sectors);
    }
    return all;
  }

 private:
  explicit Reference(std::string durable)
      : memory_(durable), floor_size_(durable.size()), sizes_{durable.size()} {
    remember();
  }

 public:
  static Reference starting_with(std::string durable) { return Reference(std::move(durable)); }

 private:
  void remember() { past_.push_back(memory_); }

  [[nodiscard]] std::set<std::string> contents(std::uint64_t sector) const {
    std::set<std::string> found;
    for (std::string memory : past_) {
      memory.resize(std::max<std::uint64_t>(memory.size(), (sector + 1) * kSector), '\0');
      found.insert(memory.substr(sector * kSector, kSector));
    }
    if (sector * kSector >= floor_size_ && written_.contains(sector)) {
      found.insert(std::string(kSector, '\0'));
      found.insert(std::string(kSector, static_cast<char>(0xA5)));
    }
    return found;
  }

  std::string memory_;
  std::uint64_t floor_size_;
  std::vector<std::string> past_;
  std::set<std::uint64_t> sizes_;
  std::set<std::uint64_t> written_;
};

constexpr std::uint64_t kFileBytesMax = 4 * kSector;

Step random_step(std::uint64_t at) {
  const auto offset = *rc::gen::inRange<std::uint64_t>(0, 8) * (kSector / 2);
  const auto size = std::min(*rc::gen::element<std::uint64_t>(100, kSector / 2, kSector, 2 * kSector),
                             kFileBytesMax - std::min(offset, kFileBytesMax));
  const auto kind = *rc::gen::weightedElement<Step::Kind>(
      {{6, Step::Kind::write}, {2, Step::Kind::truncate}, {1, Step::Kind::sync}});
  return {kind, offset, size, static_cast<char>('B' + at)};
}

void apply(const Step& step, Trace& trace, Reference& reference) {
  if (step.kind != Step::Kind::sync && step.size == 0) return;
  reference.apply(step);
  switch (step.kind) {
    case Step::Kind::write:
      trace.write("a", step.offset, step.size, step.fill);
      break;
    case Step::Kind::truncate:
      trace.truncate("a", step.size);
      break;
    case Step::Kind::sync:
      trace.sync("a");
      break;
  }
}

TEST_CASE(
    "posix: the images of random writes, truncates and syncs are those of the reference, no more and no "
    "less") {
  const bool holds = rc::check([] {
    Trace trace = Trace{}.create("a").write("a", 0, 600, 'A').sync("a").sync_directory();
    Reference reference = Reference::starting_with(std::string(600, 'A'));
    const auto steps = *rc::gen::inRange<std::uint64_t>(1, 5);
    for (std::uint64_t i = 0; i < steps; ++i) apply(random_step(i), trace, reference);
    RC_ASSERT(images(trace, "posix") == reference.images());
  });
  REQUIRE(holds);
}

TEST_CASE("the reference is not blind: a sync that is left out shows") {
  Trace trace = Trace{}.create("a").sync_directory();
  Reference reference = Reference::starting_with("");
  for (const Step& step : {Step{Step::Kind::write, 0, 600, 'B'}, Step{Step::Kind::sync}})
    apply(step, trace, reference);
  REQUIRE(images(trace, "posix") == reference.images());
  trace.without(0);
  REQUIRE(images(trace, "posix") != reference.images());
}

// ---- Rule 8: every image of ext4-ordered is one of posix ----

// Asks for names and sizes from `outer`, and answers every sector alike.
class SectorsAlike final : public base::Chooser {
 public:
  SectorsAlike(base::Chooser& outer, std::uint64_t fate) : outer_(outer), fate_(fate) {}
  std::uint64_t choose(const base::Question& what, std::uint64_t option_count) override {
    if (what.site == "crash.sector") return std::min(fate_, option_count - 1);
    return outer_.choose(what, option_count);
  }

 private:
  base::Chooser& outer_;
  std::uint64_t fate_;
};

// Of each sector all that posix allows, for one choice of names and sizes.
struct Allowed {
  Picture shape;
  std::map<std::string, std::vector<std::set<std::string>>> sectors;

  [[nodiscard]] bool has(const Picture& image) const {
    if (image.size() != shape.size()) return false;
    for (const auto& [path, drawn] : image) {
      const auto found = sectors.find(path);
      if (found == sectors.end() || found->second.size() != drawn.size()) return false;
      for (std::size_t i = 0; i < drawn.size(); ++i) {
        if (!found->second[i].contains(drawn[i])) return false;
      }
    }
    return true;
  }
};

std::vector<Allowed> allowed_by_posix(const std::vector<Entry>& entries, std::size_t cut) {
  constexpr std::uint64_t kFatesMax = 8;
  const Medium medium = medium_at(entries, "posix", cut);
  std::vector<Allowed> all;
  EveryChoice outer;
  do {
    Allowed allowed;
    Answers shape;
    for (std::uint64_t fate = 0; fate < kFatesMax; ++fate) {
      Replay same(shape, 0);
      base::Chooser& names = fate == 0 ? static_cast<base::Chooser&>(outer) : same;
      SectorsAlike alike(names, fate);
      const Picture drawn = picture(medium.image(Crash::power_loss, alike));
      if (fate == 0) shape = outer.answers(0);
      allowed.shape = drawn;
      for (const auto& [path, sectors] : drawn) {
        allowed.sectors[path].resize(sectors.size());
        for (std::size_t i = 0; i < sectors.size(); ++i) allowed.sectors[path][i].insert(sectors[i]);
      }
    }
    all.push_back(std::move(allowed));
  } while (outer.next());
  return all;
}

// Calls check(whether posix has it, picture) for each image of ext4-ordered at each cut; how many those were.
template <class Check>
std::uint64_t check_contained(const Trace& trace, const Check& check) {
  std::uint64_t count = 0;
  for (std::size_t cut = 0; cut <= trace.entries().size(); ++cut) {
    const std::vector<Allowed> posix = allowed_by_posix(trace.entries(), cut);
    const Medium ext4 = medium_at(trace.entries(), "ext4-ordered", cut);
    EveryChoice every;
    do {
      const Picture drawn = picture(ext4.image(Crash::power_loss, every));
      const auto allows = [&](const Allowed& allowed) { return allowed.has(drawn); };
      check(std::ranges::any_of(posix, allows), fmt::format("cut {}: {}", cut, draw(drawn)));
      ++count;
    } while (every.next());
  }
  return count;
}

TEST_CASE("every image of ext4-ordered is one of posix: traces that each rule has a say in") {
  const std::vector<Trace> traces{
      Trace{}.create("a").write("a", 0, kUnit + kSector, 'A').sync("a").create("b").write("a", 100, 600, 'B'),
      Trace{}
          .create("a")
          .write("a", 0, 3 * kSector, 'A')
          .sync_all("a")
          .truncate("a", 700)
          .write("a", 900, 400, 'B'),
      Trace{}
          .create("a")
          .write("a", 0, kUnit, 'A')
          .sync("a")
          .truncate("a", 0)
          .write("a", 0, 600, 'B')
          .sync_directory(),
      Trace{}
          .create("a")
          .write("a", 0, 600, 'A')
          .create("b")
          .write("b", 0, 600, 'B')
          .rename("b", "a")
          .sync_directory(),
      Trace{}.make_directory("d").create("d/x").write("d/x", 0, 100, 'A').rename("d/x", "y").sync_all("y"),
      Trace{}.create("a").allocate("a", 0, kUnit).sync("a").write("a", 0, 600, 'A').write("a", 600, 600, 'B'),
      Trace{}
          .create("a")
          .write_durable("a", 0, 600, 'A')
          .write("a", 600, 600, 'B')
          .write_durable("a", 0, 100, 'C'),
      Trace{}.create("a").write("a", 0, 600, 'A').failed_sync("a").write("a", 600, 600, 'B').sync("a"),
      Trace{}
          .create("a")
          .sync_all("a")
          .torn_write("a", 0, 1000, 'A', 0, 700)
          .write("a", 1000, 400, 'B')
          .link("a", "b"),
      Trace{}
          .create("a")
          .write("a", 0, kUnit, 'A')
          .sync("a")
          .truncate("a", 100)
          .truncate("a", 3000)
          .remove("a"),
  };
  std::uint64_t count = 0;
  for (const Trace& trace : traces) {
    count += check_contained(trace, [](bool contained, const std::string& image) {
      INFO(image);
      REQUIRE(contained);
    });
  }
  REQUIRE(count > 300);
}

// One call on file "a" or "b". `sizes` are those of the files that are there.
void random_call(Trace& trace, std::map<std::string, std::uint64_t>& sizes, char fill) {
  const std::string path = *rc::gen::element<std::string>("a", "b");
  const std::string other = path == "a" ? "b" : "a";
  const auto at = sizes.find(path);
  if (at == sizes.end()) {
    sizes[path] = 0;
    trace.create(path);
    return;
  }
  const auto offset = *rc::gen::inRange<std::uint64_t>(0, 5) * 300;
  const auto size = *rc::gen::element<std::uint64_t>(100, kSector, 700);
  switch (*rc::gen::inRange(0, 13)) {
    case 0:
      trace.sync(path);
      break;
    case 1:
      trace.sync_all(path);
      break;
    case 2:
      trace.sync_directory();
      break;
    case 3:
      trace.failed_sync(path);
      break;
    case 4:
      trace.rename(path, other);
      sizes[other] = at->second;
      sizes.erase(path);
      break;
    case 5:
      trace.remove(path);
      sizes.erase(path);
      break;
    case 6:
      trace.truncate(path, offset);
      at->second = offset;
      break;
    case 7:
      trace.write_durable(path, offset, size, fill);
      break;
    case 8:
      trace.allocate(path, offset, size);
      break;
    default:
      trace.write(path, offset, size, fill);
  }
}

TEST_CASE("every image of ext4-ordered is one of posix: random traces") {
  const bool holds = rc::check([] {
    Trace trace;
    std::map<std::string, std::uint64_t> sizes;
    const int steps = *rc::gen::inRange(1, 7);
    for (int i = 0; i < steps; ++i) random_call(trace, sizes, static_cast<char>('A' + i));
    check_contained(trace, [](bool contained, const std::string& image) {
      if (!contained) RC_FAIL("no image of posix: " + image);
    });
  });
  REQUIRE(holds);
}

}  // namespace
}  // namespace wallop::sim
