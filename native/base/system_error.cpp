#include "base/system_error.hpp"

#include <cerrno>
#include <cstring>

namespace vsw {

Error system_error(const std::string& what, int number) {
  ErrorCode code = ErrorCode::kSystem;
  if (number == EPERM || number == EACCES) code = ErrorCode::kPermission;
  if (number == EOPNOTSUPP || number == ENOSYS || number == EAFNOSUPPORT) code = ErrorCode::kUnsupported;
  return {code, what + ": " + std::strerror(number), 0};
}

}  // namespace vsw
