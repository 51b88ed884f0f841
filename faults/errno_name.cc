// SPDX-License-Identifier: Apache-2.0
// The error numbers that can be injected.
#include "faults/errno_name.h"

#include <array>
#include <cerrno>
#include <string>

#include "base/suggest.h"

namespace wallop::faults {
namespace {

struct Entry {
  std::string_view name;
  int value;
};

constexpr std::array kErrors{Entry{"EIO", EIO},
                             Entry{"ENOSPC", ENOSPC},
                             Entry{"EDQUOT", EDQUOT},
                             Entry{"EROFS", EROFS},
                             Entry{"EINTR", EINTR},
                             Entry{"EAGAIN", EAGAIN},
                             Entry{"ENOMEM", ENOMEM},
                             Entry{"EFBIG", EFBIG},
                             Entry{"EINVAL", EINVAL},
                             Entry{"EBADF", EBADF},
                             Entry{"ENODEV", ENODEV},
                             Entry{"ENXIO", ENXIO},
                             Entry{"EMFILE", EMFILE},
                             Entry{"ENFILE", ENFILE},
                             Entry{"EACCES", EACCES},
                             Entry{"EPERM", EPERM},
                             Entry{"ENOENT", ENOENT},
                             Entry{"EEXIST", EEXIST},
                             Entry{"EISDIR", EISDIR},
                             Entry{"ENOTDIR", ENOTDIR},
                             Entry{"ENOTEMPTY", ENOTEMPTY},
                             Entry{"ENAMETOOLONG", ENAMETOOLONG},
                             Entry{"ELOOP", ELOOP},
                             Entry{"EMLINK", EMLINK},
                             Entry{"EXDEV", EXDEV},
                             Entry{"EBUSY", EBUSY},
                             Entry{"ETXTBSY", ETXTBSY},
                             Entry{"EOPNOTSUPP", EOPNOTSUPP},
                             Entry{"ETIMEDOUT", ETIMEDOUT},
                             Entry{"EUCLEAN", EUCLEAN},
                             Entry{"ESTALE", ESTALE}};

}  // namespace

void Errno::read_json(const base::json::Value& from, Errno& into, base::Reading& reading) {
  const auto* text = from.get<std::string>();
  if (text == nullptr) return reading.mismatch(from, "an error's name like \"EIO\"");
  std::vector<std::string_view> names;
  for (const Entry& error : kErrors) {
    names.push_back(error.name);
    if (error.name != *text) continue;
    into.value = error.value;
    return;
  }
  reading.problem(from.place(), "unknown error \"" + *text + "\"", base::did_you_mean(*text, names));
}

base::json::Value Errno::print_json(const Errno& error) {
  return errno_name(error.value);
}

base::json::Value Errno::schema_json() {
  base::json::Value names{base::json::Array{}};
  for (const Entry& error : kErrors) names.push(error.name);
  return base::json::Value().set("enum", std::move(names));
}

std::string_view errno_name(int value) {
  for (const Entry& error : kErrors) {
    if (error.value == value) return error.name;
  }
  return "";
}

}  // namespace wallop::faults
