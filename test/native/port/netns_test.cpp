#include "port/netns.hpp"

#include <pthread.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <cstdlib>

#include "base/unique_fd.hpp"
#include "native/scratch_netns.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

// The code and message of what entering `path` gave; work must not have run.
struct Refusal {
  ErrorCode code = ErrorCode::kSystem;
  std::string message = "it was entered";
};
Refusal refusal(const std::string& path) {
  Outcome outcome = in_netns(path, []() -> Outcome {
    fail(__FILE__, __LINE__, "work ran");
    return Done{};
  });
  return outcome ? Refusal{} : Refusal{outcome.error().code, outcome.error().message};
}

int threads() {
  int count = 0;
  std::FILE* pipe = ::popen(("ls /proc/" + std::to_string(::getpid()) + "/task | wc -l").c_str(), "r");
  if (pipe == nullptr || std::fscanf(pipe, "%d", &count) != 1) count = -1;
  if (pipe != nullptr) ::pclose(pipe);
  return count;
}

int open_fds() {
  int count = 0;
  for (int fd = 0; fd < 4'096; ++fd) count += ::fcntl(fd, F_GETFD) >= 0;
  return count;
}

}  // namespace

TEST("port/netns: an empty path is where the caller is") {
  const ino_t mine = own_netns();
  const std::thread::id caller = std::this_thread::get_id();
  const Outcome outcome = in_netns("", [&]() -> Outcome {
    CHECK(own_netns() == mine);
    CHECK(std::this_thread::get_id() == caller);
    return Done{};
  });
  CHECK(outcome.ok());
}

TEST("port/netns: work runs inside, and the caller stays outside") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const ino_t mine = own_netns();
  ino_t seen = 0;
  const Outcome outcome = in_netns(netns.path(), [&]() -> Outcome {
    seen = own_netns();
    return Done{};
  });
  CHECK(outcome.ok());
  CHECK(seen == netns.number());
  CHECK(own_netns() == mine);
  CHECK(seen != mine);
}

TEST("port/netns: the error of the work is the error") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  Outcome outcome = in_netns(netns.path(), []() -> Outcome { return Error{ErrorCode::kLimit, "no more", 3}; });
  REQUIRE(!outcome.ok());
  CHECK(outcome.error().code == ErrorCode::kLimit);
  CHECK_EQUAL(outcome.error().message, std::string("no more"));
  CHECK_EQUAL(outcome.error().subject, 3);
}

TEST("port/netns: nothing at the path is a namespace that is absent") {
  for (const std::string path : {"/run/netns/no-such-name", "/proc/4194304/ns/net", "/dev/null/x"}) {
    const Refusal refused = refusal(path);
    CHECK(refused.code == ErrorCode::kNamespaceAbsent);
    CHECK_EQUAL(refused.message, "there is no network namespace at " + path);
  }
}

TEST("port/netns: a process that ended has no namespace, waited for or not") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  const std::string path = "/proc/" + std::to_string(child) + "/ns/net";
  CHECK(refusal(path).code == ErrorCode::kNamespaceAbsent);
  ::waitpid(child, nullptr, 0);
  CHECK(refusal(path).code == ErrorCode::kNamespaceAbsent);
}

TEST("port/netns: what is no network namespace is one that is absent") {
  if (!ScratchNetns::possible()) return;
  char name[] = "/tmp/vsw-netns-XXXXXX";
  const UniqueFd file(::mkstemp(name));
  REQUIRE(file);
  for (const std::string& path : {std::string(name), std::string("/proc/self/ns/mnt"), std::string("/tmp")}) {
    const Refusal refused = refusal(path);
    CHECK(refused.code == ErrorCode::kNamespaceAbsent);
    CHECK_EQUAL(refused.message, path + " is not a network namespace (any more)");
  }
  ::unlink(name);
}

TEST("port/netns: a pipe at the path blocks nobody") {
  if (!ScratchNetns::possible()) return;
  const std::string path = "/tmp/vsw-netns-pipe-" + std::to_string(::getpid());
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(refusal(path).code == ErrorCode::kNamespaceAbsent);
  ::unlink(path.c_str());
}

TEST("port/netns: a name is entered while it is mounted, and absent behind its unmounting") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  char name[] = "/tmp/vsw-netns-XXXXXX";
  const UniqueFd file(::mkstemp(name));
  REQUIRE(file);
  // In mounts of a thread's own, which go with it.
  std::thread([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(netns.path().c_str(), name, nullptr, MS_BIND, nullptr) != 0) {
      skip("CAP_SYS_ADMIN for mounts");
      return;
    }
    ino_t seen = 0;
    CHECK(in_netns(name, [&]() -> Outcome {
            seen = own_netns();
            return Done{};
          }).ok());
    CHECK(seen == netns.number());
    ::umount2(name, MNT_DETACH);
    CHECK(refusal(name).code == ErrorCode::kNamespaceAbsent);
  }).join();
  ::unlink(name);
  CHECK(refusal(name).code == ErrorCode::kNamespaceAbsent);
}

TEST("port/netns: a namespace that may not be entered is a matter of permission") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    // nobody, in a user namespace that owns none of it
    const bool ready = ::setuid(65'534) == 0 && ::unshare(CLONE_NEWUSER) == 0;
    Outcome outcome = in_netns(netns.path(), []() -> Outcome { return Done{}; });
    ::_exit(!ready ? 2 : !outcome && outcome.error().code == ErrorCode::kPermission ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 2) return skip("user namespaces for everybody");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// Not by a limit on memory: stacks of threads that ended are kept and used again, however little is left.
TEST("port/netns: where no thread can be started the caller is told") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    pthread_attr_t attributes;
    const bool ready = ::pthread_attr_init(&attributes) == 0 &&
                       ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 60) == 0 &&  // no address space has it
                       ::pthread_setattr_default_np(&attributes) == 0;
    const Refusal refused = refusal(netns.path());
    const std::string wanted = "cannot start a thread that enters the network namespace " + netns.path();
    ::_exit(!ready ? 2 : has(refused.message, wanted) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK_EQUAL(WEXITSTATUS(status), 0);
}

TEST("port/netns: entering a thousand times leaves no descriptor and no thread behind") {
  if (!ScratchNetns::possible()) return;
  const ScratchNetns netns;
  const int fds_before = open_fds(), threads_before = threads();
  int entered = 0;
  for (int i = 0; i < 1'000; ++i)
    entered += in_netns(netns.path(), []() -> Outcome { return Done{}; }).ok() ? 1 : 0;
  CHECK_EQUAL(entered, 1'000);
  CHECK(refusal("/proc/self/ns/uts").code == ErrorCode::kNamespaceAbsent);
  CHECK_EQUAL(open_fds(), fds_before);
  CHECK_EQUAL(threads(), threads_before);
}
