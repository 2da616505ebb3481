#include "worker/idle.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.hpp"

namespace vsw {

namespace {
constexpr std::uint32_t kWakeToken = 0xffff'ffff;
}

Idle::Idle() : poll_fd_(::epoll_create1(EPOLL_CLOEXEC)), wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  VSW_ASSERT(poll_fd_ >= 0 && wake_fd_ >= 0);
  watch(wake_fd_, kWakeToken);
}

Idle::~Idle() {
  ::close(wake_fd_);
  ::close(poll_fd_);
}

void Idle::watch(int fd, std::uint32_t token) noexcept {
  if (fd < 0) return;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = token;
  VSW_ASSERT(::epoll_ctl(poll_fd_, EPOLL_CTL_ADD, fd, &event) == 0);
}

void Idle::forget(int fd) noexcept {
  if (fd >= 0) ::epoll_ctl(poll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

std::uint32_t Idle::wait(int timeout_ms, std::uint32_t* tokens) noexcept {
  epoll_event events[kReadyMax];
  const int count = ::epoll_wait(poll_fd_, events, kReadyMax, timeout_ms);
  std::uint32_t ready = 0;
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u32 == kWakeToken) {
      eventfd_t value;
      ::eventfd_read(wake_fd_, &value);
    } else {
      tokens[ready++] = events[i].data.u32;
    }
  }
  return ready;
}

void Idle::wake() noexcept { ::eventfd_write(wake_fd_, 1); }

}  // namespace vsw
