#include "port/netlink.hpp"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/assert.hpp"
#include "base/system_error.hpp"
#include "wire/dissect.hpp"
#include "wire/endian.hpp"

namespace vsw {

// One message: header, the request's own structure, attributes.
class Netlink::Request {
 public:
  template <class Body>
  Request(std::uint16_t type, std::uint16_t flags, const Body& body) {
    nlmsghdr& header = this->header();
    header.nlmsg_len = NLMSG_LENGTH(sizeof body);
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    std::memcpy(NLMSG_DATA(&header), &body, sizeof body);
  }
  void add(std::uint16_t type, const void* value, std::size_t size) {
    VSW_ASSERT(NLMSG_ALIGN(header().nlmsg_len) + RTA_SPACE(size) <= bytes_.size());
    auto* attribute = reinterpret_cast<rtattr*>(bytes_.data() + NLMSG_ALIGN(header().nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = static_cast<std::uint16_t>(RTA_LENGTH(size));
    std::memcpy(RTA_DATA(attribute), value, size);
    header().nlmsg_len = static_cast<std::uint32_t>(NLMSG_ALIGN(header().nlmsg_len) + RTA_ALIGN(attribute->rta_len));
  }
  void add_ip(std::uint16_t type, const Ip& ip) {
    if (ip.is_v4()) add(type, ip.bytes.data() + 12, 4);
    else add(type, ip.bytes.data(), 16);
  }
  [[nodiscard]] nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_.data()); }

 private:
  alignas(8) std::array<std::byte, 512> bytes_{};  // far more than the longest request here
};

namespace {

std::uint8_t family_of(const Ip& ip) { return ip.is_v4() ? AF_INET : AF_INET6; }

bool same_subnet(const Prefix& one, const Prefix& other) {
  if (!one.address.is_v4() || !other.address.is_v4() || one.length != other.length) return false;
  const std::uint32_t differing = load32(one.address.bytes.data() + 12) ^ load32(other.address.bytes.data() + 12);
  return one.length == 0 || differing >> (32 - one.length) == 0;
}

std::string text_of(const Prefix& prefix) { return to_string(prefix.address) + "/" + std::to_string(prefix.length); }

std::string text_of(const Route& route) {
  return text_of(route.to) + (route.via.is_unspecified() ? " on the link" : " via " + to_string(route.via));
}

// Whether a message of a dump is the route to the same place, at the same rank, by anything but our device.
bool is_rival(const nlmsghdr& message, int index, const Route& route) {
  constexpr std::uint32_t kRankOfIpv6 = 1'024;  // what the kernel gives to a route without one
  const bool v4 = route.to.address.is_v4();
  const auto* body = static_cast<const rtmsg*>(NLMSG_DATA(&message));
  if (body->rtm_dst_len != route.to.length || (body->rtm_flags & RTM_F_CLONED) != 0 || body->rtm_tos != 0) return false;
  std::uint32_t table = body->rtm_table, rank = 0;
  bool ours = false;
  Ip to;
  if (v4) to = Ip::v4(to.bytes.data());
  auto length = static_cast<unsigned>(RTM_PAYLOAD(&message));
  for (auto* attribute = RTM_RTA(body); RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length)) {
    const void* value = RTA_DATA(attribute);
    switch (attribute->rta_type) {
      case RTA_DST: to = v4 ? Ip::v4(value) : Ip::v6(value); break;
      case RTA_TABLE: std::memcpy(&table, value, sizeof table); break;
      case RTA_PRIORITY: std::memcpy(&rank, value, sizeof rank); break;
      case RTA_OIF: ours = std::memcmp(value, &index, sizeof index) == 0; break;
      default: break;
    }
  }
  return table == RT_TABLE_MAIN && to == route.to.address && rank == (v4 ? 0 : kRankOfIpv6) && !ours;
}

// What a TAP says of itself (since Linux 4.20).
void read_tap(const rtattr* data, Link& link) {
  auto length = static_cast<unsigned>(RTA_PAYLOAD(data));
  for (auto* inner = static_cast<const rtattr*>(RTA_DATA(data)); RTA_OK(inner, length); inner = RTA_NEXT(inner, length))
    if (inner->rta_type == IFLA_TUN_NUM_QUEUES) std::memcpy(&link.tap_queues, RTA_DATA(inner), sizeof link.tap_queues);
}

void read_link_info(const rtattr* info, Link& link) {
  auto length = static_cast<unsigned>(RTA_PAYLOAD(info));
  const rtattr* data = nullptr;
  for (auto* inner = static_cast<const rtattr*>(RTA_DATA(info)); RTA_OK(inner, length); inner = RTA_NEXT(inner, length)) {
    if (inner->rta_type == IFLA_INFO_DATA) data = inner;
    if (inner->rta_type == IFLA_INFO_KIND)
      link.kind.assign(static_cast<const char*>(RTA_DATA(inner)), ::strnlen(static_cast<const char*>(RTA_DATA(inner)), RTA_PAYLOAD(inner)));
  }
  if (data != nullptr && link.kind == "tun") read_tap(data, link);
}

}  // namespace

Result<Netlink> Netlink::open() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return system_error("cannot open a netlink socket", errno);
  return Netlink(std::move(socket));
}

int Netlink::ask(Request& request, std::vector<std::byte>* answer) {
  nlmsghdr& header = request.header();
  header.nlmsg_seq = ++sequence_;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (::sendto(socket_.get(), &header, header.nlmsg_len, 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel) < 0)
    return errno;
  alignas(8) std::array<std::byte, 16'384> buffer;
  for (;;) {
    const ssize_t received = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (received < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    auto length = static_cast<unsigned>(received);
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(message, length);
         message = NLMSG_NEXT(message, length)) {
      if (message->nlmsg_seq != sequence_) continue;
      if (message->nlmsg_type == NLMSG_DONE) return 0;
      if (message->nlmsg_type == NLMSG_ERROR) return -static_cast<nlmsgerr*>(NLMSG_DATA(message))->error;
      if (answer != nullptr) {
        const auto* bytes = reinterpret_cast<const std::byte*>(message);
        answer->insert(answer->end(), bytes, bytes + message->nlmsg_len);
        answer->resize(NLMSG_ALIGN(answer->size()));
      }
    }
  }
}

Result<Link> Netlink::find_link(const std::string& device) {
  if (device.empty() || device.size() >= IFNAMSIZ)
    return Error{ErrorCode::kInvalid, "the name of a device has 1 to 15 bytes: choose another spec.device", 0};
  Request request(RTM_GETLINK, 0, ifinfomsg{});
  request.add(IFLA_IFNAME, device.c_str(), device.size() + 1);
  return ask_link(request, device);
}

Result<Link> Netlink::find_link(int index) {
  ifinfomsg body{};
  body.ifi_index = index;
  Request request(RTM_GETLINK, 0, body);
  return ask_link(request, "number " + std::to_string(index));
}

Result<Link> Netlink::ask_link(Request& request, const std::string& sought) {
  std::vector<std::byte> answer;
  const int failed = ask(request, &answer);
  if (failed == ENODEV) return Link{};
  if (failed != 0 || answer.empty())
    return system_error("cannot look for the device " + sought, failed != 0 ? failed : EPROTO);
  auto* message = reinterpret_cast<const nlmsghdr*>(answer.data());
  auto* body = static_cast<const ifinfomsg*>(NLMSG_DATA(message));
  Link link;
  link.index = body->ifi_index;
  link.up = (body->ifi_flags & IFF_UP) != 0;
  auto length = static_cast<unsigned>(IFLA_PAYLOAD(message));
  for (auto* attribute = IFLA_RTA(body); RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length)) {
    switch (attribute->rta_type) {
      case IFLA_ADDRESS:
        if (RTA_PAYLOAD(attribute) == 6) link.mac = Mac::read(RTA_DATA(attribute));
        break;
      case IFLA_IFNAME: link.name = static_cast<const char*>(RTA_DATA(attribute)); break;
      case IFLA_MTU: std::memcpy(&link.mtu, RTA_DATA(attribute), 4); break;
      case IFLA_LINKINFO: read_link_info(attribute, link); break;
      case IFLA_STATS64: {
        rtnl_link_stats64 stats{};
        std::memcpy(&stats, RTA_DATA(attribute), std::min(sizeof stats, std::size_t{RTA_PAYLOAD(attribute)}));
        link.dropped = stats.tx_dropped + stats.rx_dropped;
        break;
      }
      default: break;
    }
  }
  return link;
}

Outcome Netlink::set_link(int index, const Mac* mac, const std::uint32_t* mtu, bool up) {
  ifinfomsg body{};
  body.ifi_index = index;
  if (up) body.ifi_flags = body.ifi_change = IFF_UP;
  Request request(RTM_NEWLINK, 0, body);
  if (mac != nullptr) request.add(IFLA_ADDRESS, mac->bytes.data(), 6);
  if (mtu != nullptr) request.add(IFLA_MTU, mtu, 4);
  const int failed = ask(request, nullptr);
  if (failed == 0) return Done{};
  return system_error("cannot set the device's MAC, MTU or state", failed);
}

Outcome Netlink::rename_link(const Link& link, const std::string& device) {
  ifinfomsg body{};
  body.ifi_index = link.index;
  Request renamed(RTM_NEWLINK, 0, body);
  renamed.add(IFLA_IFNAME, device.c_str(), device.size() + 1);
  int failed = ask(renamed, nullptr);
  if (failed == EBUSY && link.up) {
    body.ifi_change = IFF_UP;
    Request lowered(RTM_NEWLINK, 0, body);
    if (failed = ask(lowered, nullptr); failed == 0) failed = ask(renamed, nullptr);
    if (Outcome raised = set_link(link.index, nullptr, nullptr, true); !raised) return raised;
  }
  if (failed == 0) return Done{};
  if (failed == EEXIST)
    return Error{ErrorCode::kDeviceClash,
                 "it is called " + link.name + " in its namespace, and another device there has its name " + device +
                     ": remove or rename that one",
                 0};
  return system_error("cannot rename the device " + link.name + " to " + device, failed);
}

Outcome Netlink::keep_other_addresses(int index) {
  ifinfomsg body{};
  body.ifi_index = index;
  struct {
    rtattr family{sizeof(rtattr) * 3 + sizeof(std::uint32_t), AF_INET};
    rtattr settings{sizeof(rtattr) * 2 + sizeof(std::uint32_t), IFLA_INET_CONF};
    rtattr setting{sizeof(rtattr) + sizeof(std::uint32_t), IPV4_DEVCONF_PROMOTE_SECONDARIES};
    std::uint32_t value = 1;
  } nested;
  Request request(RTM_SETLINK, 0, body);
  request.add(IFLA_AF_SPEC, &nested, sizeof nested);
  const int failed = ask(request, nullptr);
  if (failed == 0) return Done{};
  return system_error("cannot let the device keep its other addresses", failed);
}

Outcome Netlink::put_first(int index, std::span<const Prefix> ours) {
  ifaddrmsg every{};
  every.ifa_family = AF_INET;
  Request question(RTM_GETADDR, NLM_F_DUMP, every);
  std::vector<std::byte> answer;
  if (const int failed = ask(question, &answer); failed != 0) return system_error("cannot list addresses", failed);
  auto size = static_cast<unsigned>(answer.size());
  for (auto* message = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(message, size);
       message = NLMSG_NEXT(message, size)) {
    auto* body = static_cast<const ifaddrmsg*>(NLMSG_DATA(message));
    if (body->ifa_index != static_cast<unsigned>(index) || (body->ifa_flags & IFA_F_SECONDARY) != 0) continue;
    Prefix prefix{{}, body->ifa_prefixlen};
    Request again(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, *body);
    auto length = static_cast<unsigned>(IFA_PAYLOAD(message));
    for (auto* attribute = IFA_RTA(body); RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length)) {
      if (attribute->rta_type == IFA_LOCAL) prefix.address = Ip::v4(RTA_DATA(attribute));
      again.add(attribute->rta_type, RTA_DATA(attribute), RTA_PAYLOAD(attribute));
    }
    const auto behind = [&](const Prefix& one) { return same_subnet(one, prefix); };
    if (std::find(ours.begin(), ours.end(), prefix) != ours.end() || std::none_of(ours.begin(), ours.end(), behind))
      continue;
    if (Outcome gone = delete_address(index, prefix); !gone) return gone;
    if (const int failed = ask(again, nullptr); failed != 0)
      return system_error("cannot put back the address " + text_of(prefix), failed);
  }
  return Done{};
}

Outcome Netlink::change_address(std::uint16_t type, std::uint16_t flags, int index, const Prefix& prefix,
                                int harmless) {
  ifaddrmsg body{};
  body.ifa_family = family_of(prefix.address);
  body.ifa_prefixlen = prefix.length;
  body.ifa_index = static_cast<unsigned>(index);
  // Duplicate address detection would hold an IPv6 address back for more than a second; the switch
  // knows that nobody else has it.
  if (!prefix.address.is_v4()) body.ifa_flags = IFA_F_NODAD;
  Request request(type, flags, body);
  request.add_ip(IFA_LOCAL, prefix.address);
  request.add_ip(IFA_ADDRESS, prefix.address);
  const int failed = ask(request, nullptr);
  if (failed == 0 || failed == harmless) return Done{};
  // With an MTU below 1280 a device speaks no IPv6 at all, and has lost what it had of it.
  if (type == RTM_DELADDR && failed == ENXIO) return Done{};
  if (type == RTM_NEWADDR && failed == EACCES && !prefix.address.is_v4())
    return Error{ErrorCode::kUnsupported,
                 "cannot add the address " + text_of(prefix) +
                     ": IPv6 is off in this namespace: set net.ipv6.conf.*.disable_ipv6 to 0 there, or give the port "
                     "IPv4 addresses only",
                 0};
  return system_error("cannot " + std::string(type == RTM_NEWADDR ? "add" : "delete") + " the address " +
                          text_of(prefix),
                      failed);
}

Outcome Netlink::add_address(int index, const Prefix& prefix) {
  return change_address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, index, prefix, EEXIST);
}

Outcome Netlink::delete_address(int index, const Prefix& prefix) {
  return change_address(RTM_DELADDR, 0, index, prefix, EADDRNOTAVAIL);
}

int Netlink::ask_route(std::uint16_t type, std::uint16_t flags, int index, const Route& route) {
  const bool on_link = route.via.is_unspecified();
  rtmsg body{};
  body.rtm_family = family_of(route.to.address);
  body.rtm_dst_len = route.to.length;
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_STATIC;
  body.rtm_scope = on_link && route.to.address.is_v4() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  body.rtm_type = RTN_UNICAST;
  Request request(type, flags, body);
  if (route.to.length > 0) request.add_ip(RTA_DST, route.to.address);
  if (!on_link) request.add_ip(RTA_GATEWAY, route.via);
  request.add(RTA_OIF, &index, sizeof index);
  return ask(request, nullptr);
}

Result<bool> Netlink::is_routed_elsewhere(int index, const Route& route) {
  rtmsg every{};
  every.rtm_family = family_of(route.to.address);
  Request question(RTM_GETROUTE, NLM_F_DUMP, every);
  std::vector<std::byte> answer;
  if (const int failed = ask(question, &answer); failed != 0) return system_error("cannot list routes", failed);
  auto size = static_cast<unsigned>(answer.size());
  for (auto* message = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(message, size);
       message = NLMSG_NEXT(message, size))
    if (is_rival(*message, index, route)) return true;
  return false;
}

Outcome Netlink::replace_route(int index, const Route& route) {
  const std::string trouble = "cannot set the route " + text_of(route);
  int failed = ask_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, index, route);
  if (failed == EEXIST) {
    // Replacing does not ask by which device the route was, so it could take the container's own away.
    Result<bool> elsewhere = is_routed_elsewhere(index, route);
    if (!elsewhere) return elsewhere.error();
    if (elsewhere.value())
      return Error{ErrorCode::kSystem,
                   trouble + ": the namespace has one by another device: delete that, or leave this out of spec.routes",
                   0};
    failed = ask_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, index, route);
  }
  if (failed == 0 || failed == EEXIST) return Done{};
  if (failed == ENETUNREACH || failed == EHOSTUNREACH)
    return Error{ErrorCode::kSystem,
                 trouble + ": no address and no earlier route of the port reaches the gateway: mend spec.routes or "
                           "spec.addresses",
                 0};
  return system_error(trouble, failed);
}

Outcome Netlink::delete_route(int index, const Route& route) {
  const int failed = ask_route(RTM_DELROUTE, 0, index, route);
  if (failed == 0 || failed == ESRCH) return Done{};
  return system_error("cannot delete the route " + text_of(route), failed);
}

}  // namespace vsw
