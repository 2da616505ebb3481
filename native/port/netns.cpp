#include "port/netns.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <thread>

#include "base/system_error.hpp"
#include "base/unique_fd.hpp"

namespace vsw {

Outcome in_netns(const std::string& path, const std::function<Outcome()>& work) {
  if (path.empty()) return work();
  const UniqueFd namespace_fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!namespace_fd) {
    if (errno == ENOENT || errno == ESRCH || errno == ENOTDIR)
      return Error{ErrorCode::kNamespaceAbsent, "there is no network namespace at " + path, 0};
    return system_error("cannot open the network namespace " + path, errno);
  }
  Outcome outcome = Done{};
  std::thread thread([&] {
    if (::setns(namespace_fd.get(), CLONE_NEWNET) == 0) {
      outcome = work();
    } else if (errno == EINVAL) {
      // `ip netns delete` unmounts first: for a moment, or after a crash, the name is a plain file.
      outcome = Error{ErrorCode::kNamespaceAbsent, path + " is not a network namespace (any more)", 0};
    } else {
      outcome = system_error("cannot enter the network namespace " + path, errno);
    }
  });
  thread.join();
  return outcome;
}

}  // namespace vsw
