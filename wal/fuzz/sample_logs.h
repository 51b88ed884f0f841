// SPDX-License-Identifier: Apache-2.0
// Sample logs: small directories that real lives of a log have left, from which fuzzing starts. One function
// of nothing: made again they are the same, byte for byte.
#pragma once

#include <string>
#include <vector>

#include "wal/fuzz/memory_files.h"

namespace wallop::wal::fuzz {

struct SampleLog {
  std::string name;  // Says what happened to it.
  testing::MemoryFiles::Contents files;
};

std::vector<SampleLog> sample_logs();

}  // namespace wallop::wal::fuzz
