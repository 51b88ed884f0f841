// SPDX-License-Identifier: Apache-2.0
// One file, one lock, one sync for each append: slow, and right. All that it knows of the world comes from
// io::World, so that the simulated one can stand in for it.
#include "examples/harness/line_log.h"

#include <fmt/format.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "base/choices.h"

namespace harness_example {
namespace {

using namespace wallop;
using scenarios::KeyValue;

std::string hex_of(io::Bytes bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

std::optional<std::vector<std::byte>> bytes_of(const std::string& hex) {
  if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::nullopt;
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::string line_of(std::uint64_t lsn, const KeyValue& record) {
  const std::string body = fmt::format("{} k{} v{} ", lsn, hex_of(record.key), hex_of(record.value));
  return fmt::format("{}{:016x}\n", body, base::site_number(body));
}

struct Line {
  std::vector<std::byte> key, value;
};

// Nothing for a line that is torn, damaged, or not the one that must stand here.
std::optional<Line> parse(std::string_view text, std::uint64_t lsn) {
  std::istringstream words{std::string(text)};
  std::string number, key, value;
  words >> number >> key >> value;
  if (number != std::to_string(lsn) || !key.starts_with('k') || !value.starts_with('v')) return std::nullopt;
  auto key_bytes = bytes_of(key.substr(1)), value_bytes = bytes_of(value.substr(1));
  if (!key_bytes || !value_bytes) return std::nullopt;
  if (line_of(lsn, {*key_bytes, *value_bytes}) != std::string(text) + "\n") return std::nullopt;
  return Line{std::move(*key_bytes), std::move(*value_bytes)};
}

class LineLog final : public scenarios::Engine {
 public:
  explicit LineLog(io::World& world) : mutex_(world.threads.make_mutex()) {}

  // Opens what is there, drops a torn end, and makes the rest durable.
  io::Result<scenarios::Recovered> recover(io::World& world, const std::string& directory) {
    const io::Status made = world.files.make_directory(directory);
    if (!made && made.error().code != io::Code::already_exists) return io::Failure(made.error());
    if (const auto synced = world.files.sync_directory("."); !synced) return io::Failure(synced.error());
    auto file = world.files.open(directory + "/lines", {.create = true});
    if (!file) return io::Failure(file.error());
    file_ = std::move(*file);
    const auto text = whole();
    if (!text) return io::Failure(text.error());
    visit_lines(*text, [&](std::uint64_t, const Line&, std::size_t end) {
      ++last_;
      size_ = end;
      return true;
    });
    if (const auto cut = file_->truncate(size_); !cut) return io::Failure(cut.error());
    if (const auto synced = file_->sync_all(); !synced) return io::Failure(synced.error());
    if (const auto named = world.files.sync_directory(directory); !named) return io::Failure(named.error());
    return scenarios::Recovered{.first_lsn = 1, .last_lsn = last_, .bytes_scanned = text->size()};
  }

  io::Result<scenarios::AppendReceipt> append(std::span<const KeyValue> records) override {
    const std::unique_lock lock(*mutex_);
    // After a failed write or sync nobody knows what the file holds: it is opened again or not at all.
    if (failed_) return io::failure(io::Code::poisoned, "append", "lines", "an earlier call failed");
    std::string text;
    for (std::size_t i = 0; i < records.size(); ++i) text += line_of(last_ + 1 + i, records[i]);
    io::Status done = file_->write_at(size_, std::as_bytes(std::span(text)));
    if (done) done = file_->sync();
    failed_ = !done;
    if (failed_) return io::Failure(done.error());
    size_ += text.size();
    last_ += records.size();
    return scenarios::AppendReceipt{.first_lsn = last_ + 1 - records.size(), .segment = 1};
  }

  io::Status sync() override { return {}; }  // Each append has done it.
  std::uint64_t durable() override {
    const std::unique_lock lock(*mutex_);
    return last_;
  }
  std::uint64_t handed_over() override { return durable(); }

  io::Status read(std::uint64_t first_lsn, const scenarios::Visit& visit) override {
    const std::unique_lock lock(*mutex_);
    const auto text = whole();
    if (!text) return io::Failure(text.error());
    visit_lines(text->substr(0, size_), [&](std::uint64_t lsn, const Line& line, std::size_t) {
      return lsn < first_lsn || visit(lsn, {line.key, line.value});
    });
    return {};
  }

  io::Result<std::uint64_t> delete_old(std::uint64_t) override { return 1; }  // It keeps everything.
  io::Status close() override { return {}; }

 private:
  io::Result<std::string> whole() {
    const auto size = file_->size();
    if (!size) return io::Failure(size.error());
    std::string text(*size, '\0');
    const auto read = file_->read_at(0, std::as_writable_bytes(std::span(text)));
    if (!read) return io::Failure(read.error());
    text.resize(*read);
    return text;
  }

  // The good lines from the first on, each with where it ends; stops at the first that is not, or as told.
  template <class Body>
  static void visit_lines(std::string_view text, Body body) {
    std::uint64_t lsn = 1;
    for (std::size_t begin = 0;; ++lsn) {
      const std::size_t end = text.find('\n', begin);
      if (end == std::string_view::npos) return;
      const auto line = parse(text.substr(begin, end - begin), lsn);
      if (!line || !body(lsn, *line, end + 1)) return;
      begin = end + 1;
    }
  }

  std::unique_ptr<io::Mutex> mutex_;
  std::unique_ptr<io::File> file_;
  std::uint64_t size_ = 0, last_ = 0;
  bool failed_ = false;
};

}  // namespace

io::Result<scenarios::OpenedEngine> open_line_log(io::World& world, const std::string& directory,
                                                  const scenarios::EngineOptions&) {
  auto log = std::make_unique<LineLog>(world);
  const auto recovered = log->recover(world, directory);
  if (!recovered) return io::Failure(recovered.error());
  return scenarios::OpenedEngine{std::move(log), *recovered};
}

}  // namespace harness_example
