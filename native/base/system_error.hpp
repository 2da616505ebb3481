// system_error: a failed system call as an Error with a sentence.
// Home: control.
//
// The code follows from errno unless the caller knows better: EPERM and EACCES are kPermission,
// EOPNOTSUPP and the like kUnsupported, everything else kSystem.
#pragma once
#include <string>
#include "base/result.hpp"

namespace vsw {

// "WHAT: the system's own words". `number` is an errno.
[[nodiscard]] Error system_error(const std::string& what, int number);

}  // namespace vsw
