// SPDX-License-Identifier: Apache-2.0
// Reports to disk through the seam: write beside, sync, rename over, sync the directory.
#include "reports/write.h"

#include "reports/html.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/result_json.h"

namespace wallop::reports {
namespace {

io::Status make_directory(io::FileSystem& files, std::string_view directory) {
  const io::Status made = files.make_directory(directory);
  return !made && made.error().code == io::Code::already_exists ? io::Status{} : made;
}

io::Status write_whole(io::FileSystem& files, const std::string& path, std::string_view text) {
  auto file = files.open(path, {.create = true});
  if (!file) return io::Failure(file.error());
  // One that an earlier failure left may be longer.
  if (auto emptied = (*file)->truncate(0); !emptied) return emptied;
  if (auto written = (*file)->write_at(0, std::as_bytes(std::span(text))); !written) return written;
  return (*file)->sync();
}

io::Status replace(io::FileSystem& files, std::string_view directory, std::string_view name,
                   std::string_view text) {
  const std::string path = std::string(directory) + "/" + std::string(name);
  const std::string partial = path + ".partial";
  if (auto written = write_whole(files, partial, text); !written) return written;
  if (auto renamed = files.rename(partial, path); !renamed) return renamed;
  return files.sync_directory(directory);
}

}  // namespace

io::Result<std::vector<std::string>> write_all(io::FileSystem& files, std::string_view directory,
                                               const Result& result, std::string_view gnuplot) {
  if (auto made = make_directory(files, directory); !made) return io::Failure(made.error());
  Page page = to_html(result, gnuplot);
  const struct {
    std::string_view name;
    std::string text;
  } reports[] = {{kResultFile, to_json(result)},
                 {kJunitFile, to_junit(result)},
                 {kMarkdownFile, to_markdown(result)},
                 {kHtmlFile, std::move(page.html)}};
  for (const auto& report : reports) {
    if (auto replaced = replace(files, directory, report.name, report.text); !replaced)
      return io::Failure(replaced.error());
  }
  return std::move(page.undrawn);
}

}  // namespace wallop::reports
