// SPDX-License-Identifier: Apache-2.0
// The simulated file system against the kernel's: random calls on both, the same results, errors, bytes and
// names.
//
// Left out is what the two need not agree on: ".." of the root, blocks, links of directories, memory
// alignment.
#include "base/testing/scratch_directory.h"
#include "io/posix_file_system.h"
#include "sim/random_calls.h"

namespace wallop::sim {
namespace {

// The kernel's calls, but for waiting on the disk: this is about what is visible.
constexpr io::PosixCalls kCallsWithoutSyncs{
    .pwritev2 = [](int fd, const iovec* pieces, int count, off_t offset,
                   int) { return ::pwritev2(fd, pieces, count, offset, 0); },
    .fdatasync = [](int) { return 0; },
    .fsync = [](int) { return 0; }};

TEST_CASE("random calls do on the simulated file system what they do on the kernel's") {
  const bool agree = rc::check([] {
    const auto steps = *any_steps(kQuickCallCount);
    const base::testing::ScratchDirectory scratch;
    io::PosixFileSystem real(scratch.path(), kCallsWithoutSyncs);
    WorldFixture simulated({.model = &model("ext4-ordered")});
    Player on_real(real), on_simulated(simulated.files);
    for (const Step& step : steps) {
      const std::string expected = on_real.play(step);
      const std::string got = on_simulated.play(step);
      RC_ASSERT(got == expected);
    }
    const std::string expected = on_real.tree();
    const std::string got = on_simulated.tree();
    RC_ASSERT(got == expected);
  });
  REQUIRE(agree);
}

}  // namespace
}  // namespace wallop::sim
