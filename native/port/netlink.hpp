// Netlink: a device's link, addresses and routes, by rtnetlink (RFC 3549).
// Home: control.
//
// A small client for the handful of requests that a port needs, each synchronous and acknowledged. The
// socket belongs to the namespace that it was opened in and keeps working there from any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "port/port.hpp"

namespace vsw {

struct Link {
  int index = 0;       // 0: no such device
  std::string name;
  std::string kind;    // "tun", "veth", …; empty for physical ones
  Mac mac;
  std::uint32_t mtu = 0;
  bool up = false;
  std::uint32_t tap_queues = 0;  // of a TAP for several queues: those in use, by whomever
  std::uint64_t dropped = 0;  // by the kernel, in both directions
};

class Netlink {
 public:
  [[nodiscard]] static Result<Netlink> open();

  // A Link with index 0 when there is no device of this name.
  [[nodiscard]] Result<Link> find_link(const std::string& device);
  [[nodiscard]] Result<Link> find_link(int index);
  [[nodiscard]] Outcome set_link(int index, const Mac* mac, const std::uint32_t* mtu, bool up);
  // Where the kernel renames no device that is up (before Linux 6.2), it is down for a moment.
  [[nodiscard]] Outcome rename_link(const Link& link, const std::string& device);
  // When the first IPv4 address of a subnet goes, the others of it stay.
  [[nodiscard]] Outcome keep_other_addresses(int index);
  // Lines the others up behind ours: the kernel speaks from the first address of a subnet.
  [[nodiscard]] Outcome put_first(int index, std::span<const Prefix> ours);
  // Adding what is there already, and deleting what is not, both succeed.
  [[nodiscard]] Outcome add_address(int index, const Prefix& prefix);
  [[nodiscard]] Outcome delete_address(int index, const Prefix& prefix);
  // A route to the same place by another device is not touched, and ours refused.
  [[nodiscard]] Outcome replace_route(int index, const Route& route);
  [[nodiscard]] Outcome delete_route(int index, const Route& route);

 private:
  class Request;
  explicit Netlink(UniqueFd socket) noexcept : socket_(std::move(socket)) {}
  // Sends and waits for the acknowledgement; an errno, 0 when all is well. Answers go to `answer`, one behind the other.
  [[nodiscard]] int ask(Request& request, std::vector<std::byte>* answer);
  [[nodiscard]] Result<Link> ask_link(Request& request, const std::string& sought);
  [[nodiscard]] Outcome change_address(std::uint16_t type, std::uint16_t flags, int index, const Prefix& prefix,
                                       int harmless);
  [[nodiscard]] int ask_route(std::uint16_t type, std::uint16_t flags, int index, const Route& route);
  [[nodiscard]] Result<bool> is_routed_elsewhere(int index, const Route& route);

  UniqueFd socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace vsw
