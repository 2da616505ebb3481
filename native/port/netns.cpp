#include "port/netns.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>

#include <cerrno>

#include "base/system_error.hpp"
#include "base/unique_fd.hpp"

namespace vsw {

namespace {

struct Errand {
  const std::string& path;
  int namespace_fd;
  const std::function<Outcome()>& work;
  Outcome outcome;
};

void* run(void* argument) {
  Errand& errand = *static_cast<Errand*>(argument);
  if (::setns(errand.namespace_fd, CLONE_NEWNET) == 0) {
    errand.outcome = errand.work();
  } else if (errno == EINVAL) {
    // `ip netns delete` unmounts first: for a moment, or after a crash, the name is a plain file.
    errand.outcome = Error{ErrorCode::kNamespaceAbsent, errand.path + " is not a network namespace (any more)", 0};
  } else {
    errand.outcome = system_error("cannot enter the network namespace " + errand.path, errno);
  }
  return nullptr;
}

}  // namespace

Outcome in_netns(const std::string& path, const std::function<Outcome()>& work) {
  if (path.empty()) return work();
  const UniqueFd namespace_fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!namespace_fd) {
    if (errno == ENOENT || errno == ESRCH || errno == ENOTDIR)
      return Error{ErrorCode::kNamespaceAbsent, "there is no network namespace at " + path, 0};
    return system_error("cannot open the network namespace " + path, errno);
  }
  Errand errand{path, namespace_fd.get(), work, Done{}};
  // Not std::thread, which ends the program when there are too many threads already.
  pthread_t thread;
  if (const int failed = ::pthread_create(&thread, nullptr, run, &errand); failed != 0)
    return system_error("cannot start a thread that enters the network namespace " + path, failed);
  ::pthread_join(thread, nullptr);
  return errand.outcome;
}

}  // namespace vsw
