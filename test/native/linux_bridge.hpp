// LinuxBridge: two TAPs on a bridge of this machine's kernel, to ask it what it makes of a frame.
//
// What is written to the one, with its virtio_net_hdr, comes out of the other, which takes no offload: so
// the kernel cuts super-frames and completes checksums in between. All of it is in a namespace of its own.
#pragma once
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/unique_fd.hpp"
#include "native/frames.hpp"
#include "native/scratch_netns.hpp"
#include "packet/packet.hpp"

namespace vsw::test {

class LinuxBridge {
 public:
  LinuxBridge() {
    netns_.must("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
    netns_.must("ip link add bridge0 type bridge mcast_snooping 0 && ip link set bridge0 mtu 9000 up");
    constexpr unsigned kTcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN, kUso = 0x20 | 0x40;
    sender_ = tap("sender", IFF_VNET_HDR);
    receiver_ = tap("receiver", 0);
    knows_udp_ = ::ioctl(sender_.get(), TUNSETOFFLOAD, kTcp | kUso) == 0;
    if (!knows_udp_ && ::ioctl(sender_.get(), TUNSETOFFLOAD, kTcp) != 0) fail(__FILE__, __LINE__, "TUNSETOFFLOAD");
    (void)read_all(0);
  }
  [[nodiscard]] bool knows_udp() const noexcept { return knows_udp_; }  // UDP super-frames: since Linux 6.2

  // What comes out: as many frames as are wanted, or those that came within a while.
  std::vector<Bytes> pass(const Bytes& frame, const Offload& offload, std::size_t header_length, std::size_t wanted) {
    std::uint8_t header[10] = {};
    const std::uint16_t words[4] = {static_cast<std::uint16_t>(header_length), offload.gso_size, offload.checksum_start,
                                    offload.checksum_offset};
    header[0] = offload.needs_checksum ? 1 : 0;
    header[1] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(offload.gso) | (offload.ecn ? 0x80 : 0));
    std::memcpy(header + 2, words, sizeof words);
    const iovec pieces[2] = {{header, sizeof header}, {const_cast<std::byte*>(frame.data()), frame.size()}};
    if (::writev(sender_.get(), pieces, 2) < 0) return {};
    return read_all(wanted);
  }

 private:
  UniqueFd tap(const char* name, int flags) {
    UniqueFd fd;
    netns_.run([&] {
      fd = UniqueFd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
      ifreq request{};
      std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
      request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | flags);
      if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) fail(__FILE__, __LINE__, "TUNSETIFF");
    });
    netns_.must(std::string("ip link set ") + name + " mtu 9000 master bridge0 up");
    return fd;
  }
  std::vector<Bytes> read_all(std::size_t wanted) {
    std::vector<Bytes> frames;
    for (;;) {
      // One more than wanted would be a fault: it is waited for, too, but not for long.
      pollfd asked{receiver_.get(), POLLIN, 0};
      if (::poll(&asked, 1, frames.size() < wanted ? 2'000 : 0) != 1) return frames;
      Bytes frame(65'536);
      const ssize_t got = ::read(receiver_.get(), frame.data(), frame.size());
      if (got < 0) return frames;
      frame.resize(static_cast<std::size_t>(got));
      frames.push_back(std::move(frame));
    }
  }

  ScratchNetns netns_;
  UniqueFd sender_, receiver_;
  bool knows_udp_ = false;
};

}  // namespace vsw::test
