// bare_relay DEVICE DEVICE: makes two TAPs and passes every frame from one to the other, unread.
//
// What a switch on TAPs cannot be faster than. One thread; frames carry virtio_net_hdr and pass with their offloads, each
// super-frame written before the next is read, so that it stays in the cache. It polls for 50 µs after the last frame and
// then sleeps. Prints `ready` once the devices are there; ends by a signal.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "traffic.hpp"

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

namespace {

constexpr int kTurn = 64;
constexpr std::uint64_t kSpinNs = 50'000;
constexpr int kHeaderSize = 12;

int open_tap(const char* name) {
  const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) traffic::fail("/dev/net/tun");
  ifreq request{};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (ioctl(fd, TUNSETIFF, &request) != 0) traffic::fail(name);
  int size = kHeaderSize;
  if (ioctl(fd, TUNSETVNETHDRSZ, &size) != 0) traffic::fail("TUNSETVNETHDRSZ");
  constexpr unsigned long kTcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
  // Kernels before 6.2 know no UDP super-frames.
  if (ioctl(fd, TUNSETOFFLOAD, kTcp | TUN_F_USO4 | TUN_F_USO6) != 0 && ioctl(fd, TUNSETOFFLOAD, kTcp) != 0)
    traffic::fail("TUNSETOFFLOAD");
  return fd;
}

alignas(64) char frame[65'536 + 256];

int pass(int from, int to) {
  int frames = 0;
  while (frames < kTurn) {
    const ssize_t size = read(from, frame, sizeof frame);
    if (size <= 0) break;
    ++frames;
    // A frame that the other end does not take is lost, as on a wire.
    if (write(to, frame, static_cast<std::size_t>(size)) < 0 && errno == EBADFD) return frames;
  }
  return frames;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: bare_relay DEVICE DEVICE\n", stderr);
    return 2;
  }
  const int one = open_tap(words[1]), other = open_tap(words[2]);
  std::puts("ready");
  std::fflush(stdout);
  std::uint64_t last = traffic::now_ns();
  for (;;) {
    if (pass(one, other) + pass(other, one) > 0) {
      last = traffic::now_ns();
    } else if (traffic::now_ns() - last > kSpinNs) {
      pollfd devices[2] = {{one, POLLIN, 0}, {other, POLLIN, 0}};
      if (poll(devices, 2, -1) < 0 && errno != EINTR) traffic::fail("poll");
      last = traffic::now_ns();
    }
  }
}
