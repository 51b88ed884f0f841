// SPDX-License-Identifier: Apache-2.0
// Random calls agree with a real directory, and the proof is not blind: file systems that are wrong in one
// thing are caught by it.
#include "sim/truth/kernel_proof.h"

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/scratch_directory.h"
#include "io/posix_file_system.h"
#include "sim/truth/proof_fixture.h"
#include "sim/world.h"

namespace wallop::sim {
namespace {

// A file system that hands on every call.
class HandsOn : public io::FileSystem {
 public:
  explicit HandsOn(io::FileSystem& inner) : inner_(inner) {}

  io::Result<std::unique_ptr<io::File>> open(std::string_view path, const io::OpenOptions& options) override {
    return inner_.open(path, options);
  }
  io::Result<std::vector<std::string>> list(std::string_view path) override { return inner_.list(path); }
  io::Result<io::FileInfo> stat(std::string_view path) override { return inner_.stat(path); }
  io::Status rename(std::string_view from, std::string_view to) override { return inner_.rename(from, to); }
  io::Status link(std::string_view existing, std::string_view created) override {
    return inner_.link(existing, created);
  }
  io::Status remove(std::string_view path) override { return inner_.remove(path); }
  io::Status make_directory(std::string_view path) override { return inner_.make_directory(path); }
  io::Status sync_directory(std::string_view path) override { return inner_.sync_directory(path); }
  io::Result<std::unique_ptr<io::Lock>> lock(std::string_view path) override { return inner_.lock(path); }
  io::Result<io::Space> space(std::string_view path) override { return inner_.space(path); }
  io::Result<std::uint32_t> write_unit_bytes(std::string_view path) override {
    return inner_.write_unit_bytes(path);
  }

 protected:
  io::FileSystem& inner_;
};

// Its rename is two steps, so that it cannot replace anything.
class RenameNotAtomic final : public HandsOn {
 public:
  using HandsOn::HandsOn;
  io::Status rename(std::string_view from, std::string_view to) override {
    if (io::Status linked = inner_.link(from, to); !linked.has_value()) return linked;
    return inner_.remove(from);
  }
};

class ListForgets final : public HandsOn {
 public:
  using HandsOn::HandsOn;
  io::Result<std::vector<std::string>> list(std::string_view path) override {
    auto names = inner_.list(path);
    if (names.has_value() && names->size() > 1) names->pop_back();
    return names;
  }
};

// Grows a file by a byte where it should cut it by one.
class CutsTooLittle final : public io::File {
 public:
  explicit CutsTooLittle(std::unique_ptr<io::File> inner) : inner_(std::move(inner)) {}

  io::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    return inner_->read_at(offset, into);
  }
  io::Result<std::size_t> read_stored_at(std::uint64_t offset, std::span<std::byte> into) override {
    return inner_->read_stored_at(offset, into);
  }
  using io::File::write_at;
  io::Status write_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
    return inner_->write_at(offset, pieces);
  }
  io::Status write_durable_at(std::uint64_t offset, std::span<const io::Bytes> pieces) override {
    return inner_->write_durable_at(offset, pieces);
  }
  io::Status sync() override { return inner_->sync(); }
  io::Status sync_all() override { return inner_->sync_all(); }
  io::Status truncate(std::uint64_t size) override { return inner_->truncate(size == 0 ? 0 : size + 1); }
  io::Status allocate(std::uint64_t offset, std::uint64_t size, io::KeepSize keep) override {
    return inner_->allocate(offset, size, keep);
  }
  io::Result<std::uint64_t> size() override { return inner_->size(); }

 private:
  std::unique_ptr<io::File> inner_;
};

class TruncateWrong final : public HandsOn {
 public:
  using HandsOn::HandsOn;
  io::Result<std::unique_ptr<io::File>> open(std::string_view path, const io::OpenOptions& options) override {
    auto opened = inner_.open(path, options);
    if (!opened.has_value()) return opened;
    return std::make_unique<CutsTooLittle>(std::move(*opened));
  }
};

// A simulated file system takes the kernel's part: it agrees with itself, and with `Wrong` in front not.
template <class Wrong>
Finding finding_about() {
  World world({.model = find_model("ext4-ordered")});
  Wrong wrong(world.io().files);
  const std::array places{KernelPlace{"planted", "ext4-ordered", &wrong}};
  return prove_kernel(cases(50), places);
}

TEST_CASE("random calls do on the simulated file system what they do in a real directory") {
  const base::testing::ScratchDirectory scratch;
  io::PosixFileSystem real(scratch.path());
  const std::array places{KernelPlace{"here", "ext4-ordered", &real}};
  const Finding finding = prove_kernel(cases(60), places);
  INFO(finding.failure.value_or(""));
  REQUIRE_FALSE(finding.failure);
  REQUIRE(finding.counts.at(0).value == 60);
  REQUIRE(finding.counts.at(1).value > 1000);
  REQUIRE(real.list(".").value().empty());
}

TEST_CASE("a file system that hands on every call agrees") {
  REQUIRE_FALSE(finding_about<HandsOn>().failure);
}

TEST_CASE("the kernel proof catches a rename that is not atomic, in a handful of calls") {
  const auto failure = finding_about<RenameNotAtomic>().failure;
  REQUIRE(failure);
  INFO(*failure);
  REQUIRE(failure->find("rename") != std::string::npos);
  REQUIRE(failure->find("   5  ") == std::string::npos);
}

TEST_CASE("the kernel proof catches a truncate that is off by one") {
  const auto failure = finding_about<TruncateWrong>().failure;
  REQUIRE(failure);
  REQUIRE(failure->find("cut handle") != std::string::npos);
}

TEST_CASE("the kernel proof catches a listing that lacks a name") {
  REQUIRE(finding_about<ListForgets>().failure);
}

TEST_CASE("cases are shared out evenly among the places") {
  World one({.model = find_model("xfs")});
  World other({.model = find_model("btrfs")});
  const std::array places{KernelPlace{"one", "xfs", &one.io().files},
                          KernelPlace{"other", "btrfs", &other.io().files}};
  const Finding finding = prove_kernel(cases(7), places);
  REQUIRE(finding.counts.at(0).value == 4);
  REQUIRE(finding.counts.at(2).value == 3);
}

}  // namespace
}  // namespace wallop::sim
