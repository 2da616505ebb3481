#include "base/unique_fd.hpp"

#include <fcntl.h>

#include <utility>

#include "native/tap.hpp"

using namespace vsw;

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
int open_null() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }

}  // namespace

TEST("base/unique_fd: closes what it holds when it ends") {
  int number = -1;
  {
    const UniqueFd fd(open_null());
    number = fd.get();
    CHECK(fd);
    CHECK(is_open(number));
  }
  CHECK(!is_open(number));
}

TEST("base/unique_fd: holds nothing at first, and an fd that could not be opened is nothing") {
  const UniqueFd nothing;
  CHECK(!nothing);
  CHECK_EQUAL(nothing.get(), -1);
  CHECK(!UniqueFd(-1));
  CHECK(UniqueFd(::dup(0)));
}

TEST("base/unique_fd: what is moved away is closed by its new owner alone") {
  UniqueFd first(open_null());
  const int number = first.get();
  {
    const UniqueFd second(std::move(first));
    CHECK(!first);  // NOLINT: what it is after the move is what is tested
    CHECK_EQUAL(second.get(), number);
    CHECK(is_open(number));
  }
  CHECK(!is_open(number));
}

TEST("base/unique_fd: an owner that is given another closes the first") {
  UniqueFd fd(open_null());
  const int first = fd.get();
  fd = UniqueFd(open_null());
  CHECK(!is_open(first));
  CHECK(is_open(fd.get()));
  const int second = fd.get();
  fd = UniqueFd();
  CHECK(!fd);
  CHECK(!is_open(second));
}

TEST("base/unique_fd: moving onto itself loses nothing") {
  UniqueFd fd(open_null());
  UniqueFd& same = fd;
  fd = std::move(same);
  CHECK(fd);
  CHECK(is_open(fd.get()));
}
