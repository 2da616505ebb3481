// udp_receiver PORT SECONDS GATHERED: counts datagrams.
//
// GATHERED 1: asks for them gathered (UDP_GRO), as a fast application would. The rate is counted from 300 ms after the first
// datagram to the last one. Each sender gets one answer at the start, so that a stateful switch sees a flow with both
// directions. Ends after SECONDS, or when nothing came for a third of one. Prints {"rate": …, "total": …}.
#include <netinet/udp.h>
#include <sys/uio.h>

#include <bitset>
#include <vector>

#include "traffic.hpp"

namespace {

constexpr unsigned kBatch = 128;
constexpr int kReceiveMemory = 16 << 20;
constexpr std::uint64_t kSettleNs = 300'000'000, kAnswerNs = 200'000'000, kSilenceNs = 350'000'000;

std::uint64_t datagrams_in(mmsghdr& message) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&message.msg_hdr); control != nullptr; control = CMSG_NXTHDR(&message.msg_hdr, control)) {
    if (control->cmsg_level != IPPROTO_UDP || control->cmsg_type != UDP_GRO) continue;
    int size = 0;
    std::memcpy(&size, CMSG_DATA(control), sizeof size);
    if (size > 0) return (message.msg_len + static_cast<unsigned>(size) - 1) / static_cast<unsigned>(size);
  }
  return 1;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fputs("usage: udp_receiver PORT SECONDS GATHERED\n", stderr);
    return 2;
  }
  const bool gathered = std::atoi(words[3]) != 0;
  const int fd = traffic::udp_socket();
  traffic::set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, kReceiveMemory);
  if (gathered) traffic::set_option(fd, IPPROTO_UDP, UDP_GRO, 1);
  const timeval patience{0, 100'000};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) traffic::fail("SO_RCVTIMEO");
  const sockaddr_in at = traffic::address_of(nullptr, words[1]);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) traffic::fail("bind");
  std::puts("ready");
  std::fflush(stdout);

  const std::size_t size = gathered ? 65'536 : 2'048;
  std::vector<char> bytes(size * kBatch);
  static char controls[kBatch][64];
  static sockaddr_in from[kBatch];
  static std::bitset<65'536> answered;
  iovec pieces[kBatch];
  mmsghdr messages[kBatch]{};
  for (unsigned i = 0; i < kBatch; ++i) {
    pieces[i] = {bytes.data() + size * i, size};
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const std::uint64_t end = traffic::now_ns() + static_cast<std::uint64_t>(std::atof(words[2]) * 1e9);
  std::uint64_t total = 0, settled = 0, first = 0, last = 0;
  for (std::uint64_t now = traffic::now_ns(); now < end;) {
    const bool answers = first == 0 || now - first < kAnswerNs;
    for (unsigned i = 0; i < kBatch; ++i) {
      msghdr& header = messages[i].msg_hdr;
      header.msg_name = answers ? &from[i] : nullptr;
      header.msg_namelen = answers ? sizeof from[i] : 0;
      header.msg_control = gathered ? controls[i] : nullptr;
      header.msg_controllen = gathered ? sizeof controls[i] : 0;
    }
    const int got = recvmmsg(fd, messages, kBatch, MSG_WAITFORONE, nullptr);
    now = traffic::now_ns();
    if (got <= 0) {
      if (first != 0 && now - last > kSilenceNs) break;
      continue;
    }
    if (first == 0) first = now;
    last = now;
    std::uint64_t datagrams = 0;
    for (int i = 0; i < got; ++i) {
      datagrams += gathered ? datagrams_in(messages[i]) : 1;
      if (!answers || answered[from[i].sin_port]) continue;
      answered[from[i].sin_port] = true;
      if (sendto(fd, "r", 1, 0, reinterpret_cast<const sockaddr*>(&from[i]), sizeof from[i]) < 0) traffic::fail("sendto");
    }
    total += datagrams;
    if (now - first > kSettleNs) settled += datagrams;
  }
  const double lasted = last > first + kSettleNs ? static_cast<double>(last - first - kSettleNs) / 1e9 : 0;
  std::printf("{\"rate\": %.0f, \"total\": %llu}\n", lasted > 0 ? static_cast<double>(settled) / lasted : 0.0,
              static_cast<unsigned long long>(total));
  return 0;
}
