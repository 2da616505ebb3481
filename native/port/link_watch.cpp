#include "port/link_watch.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "base/assert.hpp"
#include "base/system_error.hpp"

namespace vsw {

namespace {

constexpr int kReadyMax = 256;
constexpr int kMessagesMax = 64;      // of one port, a call: who changes his device without end delays nobody
constexpr int kBufferBytes = 16'384;  // what is lost beyond it is told by an error, which is news as well

struct Heard {
  int fd;
  PortId port;
};

epoll_data_t pack(const Heard& heard) {
  epoll_data_t data{};
  data.u64 = static_cast<std::uint64_t>(static_cast<std::uint32_t>(heard.fd)) << 16 | heard.port.value;
  return data;
}

Heard unpack(const epoll_data_t& data) {
  return {static_cast<int>(data.u64 >> 16), PortId{static_cast<std::uint16_t>(data.u64)}};
}

}  // namespace

Result<UniqueFd> open_link_socket(int index) {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!socket) return system_error("cannot open a netlink socket", errno);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
  // A message is a header, then an ifinfomsg whose third word is the number of the link.
  constexpr std::uint32_t kIndexOffset = sizeof(nlmsghdr) + offsetof(ifinfomsg, ifi_index);
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kIndexOffset),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(static_cast<std::uint32_t>(index)), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffff'ffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog filter{program.size(), program.data()};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0)
    return system_error("cannot filter a netlink socket", errno);
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = RTMGRP_LINK;
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) != 0)
    return system_error("cannot subscribe to changes of links", errno);
  return socket;
}

LinkWatch::LinkWatch() : poll_(::epoll_create1(EPOLL_CLOEXEC)) { VSW_ASSERT(poll_); }

void LinkWatch::add(PortId port, int fd) noexcept {
  if (fd < 0) return;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data = pack({fd, port});
  VSW_ASSERT(::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
}

void LinkWatch::remove(int fd) noexcept {
  if (fd >= 0) ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::vector<PortId> LinkWatch::changed() {
  epoll_event events[kReadyMax];
  const int count = ::epoll_wait(poll_.get(), events, kReadyMax, 0);
  std::vector<PortId> ports;
  for (int i = 0; i < count; ++i) {
    const Heard heard = unpack(events[i].data);
    std::byte head[sizeof(nlmsghdr)];
    for (int taken = 0; taken < kMessagesMax; ++taken)
      if (::recv(heard.fd, head, sizeof head, MSG_TRUNC) < 0 && errno != ENOBUFS && errno != EINTR) break;
    ports.push_back(heard.port);
  }
  return ports;
}

}  // namespace vsw
