// SPDX-License-Identifier: Apache-2.0
// From errno to code, and from an error to a sentence.
//
// The sentence does not depend on the locale: strerrordesc_np is the untranslated strerror (strerror(3)), so
// that two machines with the same failure write the same report.
#include "io/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/ensure.h"

namespace wallop::io {
namespace {

// "No space left on device (ENOSPC)"
std::string describe_errno(int os_error) {
  const char* text = strerrordesc_np(os_error);
  const char* symbol = strerrorname_np(os_error);
  if (text == nullptr || symbol == nullptr) return fmt::format("error {} of the operating system", os_error);
  return fmt::format("{} ({})", text, symbol);
}

// "no space": the code in words, where no errno says more.
std::string describe_code(Code code) {
  std::string words{name(code)};
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

struct Remedy {
  int os_error;
  Code code;
};

// What is not listed (EIO above all) is an io_error: nothing may be assumed about the bytes.
constexpr std::array kRemedies{
    Remedy{ENOENT, Code::not_found},
    Remedy{EEXIST, Code::already_exists},

    // The names and arguments that only the caller can mend.
    Remedy{EINVAL, Code::invalid},
    Remedy{EBADF, Code::invalid},
    Remedy{EFAULT, Code::invalid},
    Remedy{ENOTDIR, Code::invalid},
    Remedy{EISDIR, Code::invalid},
    Remedy{ENOTEMPTY, Code::invalid},
    Remedy{ELOOP, Code::invalid},
    Remedy{EMLINK, Code::invalid},
    Remedy{ESPIPE, Code::invalid},
    Remedy{EOVERFLOW, Code::invalid},

    Remedy{ENAMETOOLONG, Code::too_large},
    Remedy{E2BIG, Code::too_large},
    Remedy{EMSGSIZE, Code::too_large},

    // EFBIG (RLIMIT_FSIZE, the file system's largest file) stands here and not with too_large, which promises
    // that nothing was written: the write that meets the limit is cut short first, and only the next one
    // fails (write(2)).
    Remedy{ENOSPC, Code::no_space},
    Remedy{EDQUOT, Code::no_space},
    Remedy{EFBIG, Code::no_space},

    Remedy{EWOULDBLOCK, Code::locked},
    Remedy{EBUSY, Code::locked},
    Remedy{ETXTBSY, Code::locked},

    // EXDEV: a rename or link across file systems, whose fallback is a copy.
    Remedy{EOPNOTSUPP, Code::unsupported},
    Remedy{ENOSYS, Code::unsupported},
    Remedy{ENOTTY, Code::unsupported},
    Remedy{EXDEV, Code::unsupported},

    // EMFILE and ENFILE are limits that an administrator sets.
    Remedy{EACCES, Code::permission},
    Remedy{EPERM, Code::permission},
    Remedy{EROFS, Code::permission},
    Remedy{EMFILE, Code::permission},
    Remedy{ENFILE, Code::permission},

    // What ext4, XFS and btrfs say when their own checksums or structures do not hold (EFSCORRUPTED,
    // EFSBADCRC).
    Remedy{EUCLEAN, Code::corrupt},
    Remedy{EBADMSG, Code::corrupt},
};

}  // namespace

std::string_view name(Code code) {
  switch (code) {
    case Code::not_found:
      return "not_found";
    case Code::already_exists:
      return "already_exists";
    case Code::invalid:
      return "invalid";
    case Code::too_large:
      return "too_large";
    case Code::no_space:
      return "no_space";
    case Code::locked:
      return "locked";
    case Code::unsupported:
      return "unsupported";
    case Code::permission:
      return "permission";
    case Code::io_error:
      return "io_error";
    case Code::corrupt:
      return "corrupt";
    case Code::poisoned:
      return "poisoned";
    case Code::closed:
      return "closed";
    case Code::world_ended:
      return "world_ended";
  }
  base::ensure_failed("every code has a name", std::source_location::current());
}

std::string describe(const Error& error) {
  std::string sentence{error.action};
  if (!error.file.empty()) sentence += fmt::format("{}{}", sentence.empty() ? "" : " ", error.file);
  if (error.offset != 0) sentence += fmt::format("{}offset {}", sentence.empty() ? "" : ", ", error.offset);
  if (!sentence.empty()) sentence += ": ";
  sentence += error.os_error != 0 ? describe_errno(error.os_error) : describe_code(error.code);
  if (!error.detail.empty()) sentence += fmt::format("; {}", error.detail);
  if (error.injected) sentence += " [injected by a fault plan]";
  return sentence;
}

Code code_of(int os_error) {
  const auto known = std::ranges::find(kRemedies, os_error, &Remedy::os_error);
  return known == kRemedies.end() ? Code::io_error : known->code;
}

Failure failure(int os_error, std::string_view action, std::string_view file, std::uint64_t offset) {
  return Failure(Error{.code = code_of(os_error),
                       .os_error = os_error,
                       .action = action,
                       .file = std::string(file),
                       .offset = offset,
                       .injected = false,
                       .detail = {}});
}

Failure failure(Code code, std::string_view action, std::string_view file, std::string detail) {
  return Failure(Error{.code = code,
                       .os_error = 0,
                       .action = action,
                       .file = std::string(file),
                       .offset = 0,
                       .injected = false,
                       .detail = std::move(detail)});
}

}  // namespace wallop::io
