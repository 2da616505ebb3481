#include "base/system_error.hpp"

#include <cerrno>

#include "native/tap.hpp"

using namespace vsw;

TEST("base/system_error: the sentence is what was tried and what the system said") {
  const Error error = system_error("cannot open the door", ENOENT);
  CHECK_EQUAL(error.message, std::string("cannot open the door: No such file or directory"));
  CHECK(error.code == ErrorCode::kSystem);
  CHECK_EQUAL(error.subject, 0);
}

TEST("base/system_error: what root would be allowed is a matter of permission") {
  CHECK(system_error("x", EPERM).code == ErrorCode::kPermission);
  CHECK(system_error("x", EACCES).code == ErrorCode::kPermission);
}

TEST("base/system_error: what this kernel cannot do is unsupported") {
  CHECK(system_error("x", EOPNOTSUPP).code == ErrorCode::kUnsupported);
  CHECK(system_error("x", ENOSYS).code == ErrorCode::kUnsupported);
  CHECK(system_error("x", EAFNOSUPPORT).code == ErrorCode::kUnsupported);
}

TEST("base/system_error: everything else, unknown numbers too, is the system's") {
  for (const int number : {0, EINVAL, EBUSY, ENOSPC, EMFILE, 4'095, -1}) {
    const Error error = system_error("x", number);
    CHECK(error.code == ErrorCode::kSystem);
    CHECK(error.message.size() > 3);
  }
}
