// ScratchNetns: a network namespace of a test's own.
//
// It has no name and no process: a descriptor holds it, so it is gone with the test, however that ends,
// and nobody else ever sees it.
#pragma once
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "base/unique_fd.hpp"
#include "native/tap.hpp"

namespace vsw::test {

class ScratchNetns {
 public:
  ScratchNetns() {
    std::thread([this] {
      if (::unshare(CLONE_NEWNET) == 0) fd_ = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    }).join();
  }
  // Whether such namespaces and TAPs in them can be made and looked at here; otherwise the test is skipped.
  [[nodiscard]] static bool possible() {
    if (!ScratchNetns().fd_ || !UniqueFd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC))) {
      skip("root and /dev/net/tun");
      return false;
    }
    if (::system("ip -V > /dev/null 2>&1") != 0) {
      skip("iproute2");
      return false;
    }
    return true;
  }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }
  [[nodiscard]] ino_t number() const {
    struct stat status {};
    ::fstat(fd_.get(), &status);
    return status.st_ino;
  }
  // Runs `work` on a thread that is inside.
  void run(const std::function<void()>& work) const {
    std::thread([&] {
      if (::setns(fd_.get(), CLONE_NEWNET) != 0) fail(__FILE__, __LINE__, "cannot enter the namespace");
      else work();
    }).join();
  }
  // What a command says that runs inside, on both streams.
  [[nodiscard]] std::string shell(const std::string& command) const {
    std::string said;
    run([&] {
      std::FILE* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
      char part[512];
      for (std::size_t got; pipe != nullptr && (got = std::fread(part, 1, sizeof part, pipe)) > 0;)
        said.append(part, got);
      if (pipe != nullptr) ::pclose(pipe);
    });
    return said;
  }
  // The same for a command that says nothing when all is well.
  void must(const std::string& command) const {
    const std::string said = shell(command);
    if (!said.empty()) fail(__FILE__, __LINE__, command + ": " + said);
  }

 private:
  UniqueFd fd_;
};

// The namespace that the calling thread is in.
inline ino_t own_netns() {
  struct stat status {};
  ::stat("/proc/thread-self/ns/net", &status);
  return status.st_ino;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace vsw::test
