// udp_sender ADDRESS PORT SECONDS PAYLOAD SEGMENTS RATE: datagrams from one socket.
//
// SEGMENTS above 1: each send is a super-frame of so many (UDP_SEGMENT). RATE in datagrams a second, 0 for all that goes.
// Prints {"sent": datagrams, "seconds": …}.
#include <netinet/udp.h>
#include <sys/uio.h>

#include "traffic.hpp"

namespace {
constexpr unsigned kBatch = 64;
constexpr int kSendMemory = 4 << 20;
}  // namespace

int main(int count, char** words) {
  if (count != 7) {
    std::fputs("usage: udp_sender ADDRESS PORT SECONDS PAYLOAD SEGMENTS RATE\n", stderr);
    return 2;
  }
  const double seconds = std::atof(words[3]), rate = std::atof(words[6]);
  const auto payload = static_cast<std::size_t>(std::atoi(words[4])), segments = static_cast<std::size_t>(std::atoi(words[5]));
  static char bytes[65'536];
  if (payload * segments > sizeof bytes - 64) return 2;

  const int fd = traffic::udp_socket();
  traffic::set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, kSendMemory);
  if (segments > 1) traffic::set_option(fd, IPPROTO_UDP, UDP_SEGMENT, static_cast<int>(payload));
  const sockaddr_in to = traffic::address_of(words[1], words[2]);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) traffic::fail("connect");

  // A slow sender sends one by one, as an application would; otherwise it would send gaps and heaps.
  const unsigned batch = segments > 1 ? 8 : rate > 0 ? 16 : kBatch;
  iovec piece{bytes, payload * segments};
  mmsghdr messages[kBatch]{};
  for (mmsghdr& message : messages) {
    message.msg_hdr.msg_iov = &piece;
    message.msg_hdr.msg_iovlen = 1;
  }
  const std::uint64_t start = traffic::now_ns(), end = start + static_cast<std::uint64_t>(seconds * 1e9);
  std::uint64_t sent = 0;
  for (std::uint64_t now = start; now < end; now = traffic::now_ns()) {
    if (rate > 0) {
      const double due = static_cast<double>(now - start) * rate / 1e9;
      if (static_cast<double>(sent) >= due) {
        const timespec little{0, 20'000};
        if (static_cast<double>(sent) - due > rate * 1e-4) nanosleep(&little, nullptr);
        continue;
      }
    }
    const int taken = sendmmsg(fd, messages, batch, 0);
    if (taken < 0 && errno != ENOBUFS && errno != EAGAIN && errno != ECONNREFUSED) traffic::fail("sendmmsg");
    if (taken > 0) sent += static_cast<std::uint64_t>(taken) * segments;
  }
  const double lasted = static_cast<double>(traffic::now_ns() - start) / 1e9;
  std::printf("{\"sent\": %llu, \"seconds\": %.6f}\n", static_cast<unsigned long long>(sent), lasted);
  return 0;
}
