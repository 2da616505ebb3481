// round_trip serve PORT PROCESSOR: gives every datagram back.
// round_trip ask ADDRESS PORT SECONDS PROCESSOR: one datagram of 64 bytes at a time, and how long each took there and back.
//
// Both block while they wait, as applications do, and stay on a processor unless it is -1. A datagram that is lost counts
// as lost after a second and not as a round trip. Prints {"p50": µs, "p99": µs, "trips": …, "lost": …}.
#include <algorithm>
#include <string_view>
#include <vector>

#include "traffic.hpp"

namespace {

constexpr std::size_t kPayload = 64;
constexpr std::uint64_t kSettleNs = 100'000'000;

int serve(char** words) {
  traffic::stay_on(std::atoi(words[3]));
  const int fd = traffic::udp_socket();
  const sockaddr_in at = traffic::address_of(nullptr, words[2]);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) traffic::fail("bind");
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    char bytes[2048];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(fd, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) traffic::fail("recvfrom");
    if (sendto(fd, bytes, static_cast<std::size_t>(got), 0, reinterpret_cast<const sockaddr*>(&from), size) < 0)
      traffic::fail("sendto");
  }
}

int ask(char** words) {
  traffic::stay_on(std::atoi(words[5]));
  const int fd = traffic::udp_socket();
  const timeval patience{1, 0};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) traffic::fail("SO_RCVTIMEO");
  const sockaddr_in to = traffic::address_of(words[2], words[3]);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) traffic::fail("connect");
  std::vector<std::uint32_t> trips;
  trips.reserve(1'000'000);
  std::uint64_t number = 0, lost = 0;
  const std::uint64_t start = traffic::now_ns(), end = start + static_cast<std::uint64_t>(std::atof(words[4]) * 1e9);
  for (std::uint64_t begin = start; begin < end; begin = traffic::now_ns()) {
    char bytes[kPayload]{};
    ++number;
    std::memcpy(bytes, &number, sizeof number);
    if (send(fd, bytes, sizeof bytes, 0) < 0) traffic::fail("send");
    std::uint64_t answered = 0;
    do {
      if (recv(fd, bytes, sizeof bytes, 0) < 0) {
        if (errno != EAGAIN && errno != ECONNREFUSED) traffic::fail("recv");
        ++lost;
        break;
      }
      std::memcpy(&answered, bytes, sizeof answered);
    } while (answered != number);  // an answer that was given up
    const std::uint64_t now = traffic::now_ns();
    if (answered == number && now - start > kSettleNs) trips.push_back(static_cast<std::uint32_t>(now - begin));
  }
  if (trips.empty()) {
    std::fputs("no datagram came back\n", stderr);
    return 1;
  }
  std::sort(trips.begin(), trips.end());
  const auto at = [&](double part) { return trips[static_cast<std::size_t>(part * static_cast<double>(trips.size() - 1))] / 1e3; };
  std::printf("{\"p50\": %.2f, \"p99\": %.2f, \"trips\": %zu, \"lost\": %llu}\n", at(0.5), at(0.99), trips.size(),
              static_cast<unsigned long long>(lost));
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view verb = count > 1 ? words[1] : "";
  if (verb == "serve" && count == 4) return serve(words);
  if (verb == "ask" && count == 6) return ask(words);
  std::fputs("usage: round_trip serve PORT PROCESSOR | ask ADDRESS PORT SECONDS PROCESSOR\n", stderr);
  return 2;
}
