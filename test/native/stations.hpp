// Frames between stations: each MAC and address follows from a number (edits.hpp), so a test says only who speaks to whom.
#pragma once
#include <cstdint>

#include "native/edits.hpp"
#include "native/frames.hpp"

namespace vsw::test {

inline const Bytes kBroadcast = from_hex("ffffffffffff");
inline const Bytes kAllNodes = from_hex("333300000001");

inline Bytes between(const Bytes& source_mac, const Bytes& destination_mac, std::uint16_t type, const Bytes& rest) {
  return join({destination_mac, source_mac, number(type, 2), rest});
}
inline Bytes ip4_datagram(const Bytes& source, const Bytes& destination, std::uint8_t protocol, const Bytes& payload,
                          std::uint16_t fragment = 0) {
  Bytes header = join({from_hex("4500"), number(20 + payload.size(), 2), from_hex("1234"), number(fragment, 2),
                       number(64, 1), number(protocol, 1), from_hex("0000"), source, destination});
  repair_ipv4(header);
  return join({header, payload});
}
inline Bytes ip6_datagram(const Bytes& source, const Bytes& destination, std::uint8_t protocol, const Bytes& payload,
                          std::uint8_t hop_limit = 64) {
  return join({number(0x6000'0000, 4), number(payload.size(), 2), number(protocol, 1), number(hop_limit, 1), source,
               destination, payload});
}
inline Bytes udp_datagram(std::uint16_t source_port, std::uint16_t destination_port, const Bytes& payload) {
  return join({number(source_port, 2), number(destination_port, 2), number(8 + payload.size(), 2), number(0, 2), payload});
}

// A whole frame; checksums of UDP are absent over IPv4, and over IPv6 nobody looks.
inline Bytes udp4_frame(std::uint16_t from, std::uint16_t to, std::uint16_t source_port = 4000,
                        std::uint16_t destination_port = 5000, std::size_t length = 18) {
  return between(mac_of(from), mac_of(to), 0x0800,
                 ip4_datagram(ip4_of(from), ip4_of(to), 17, udp_datagram(source_port, destination_port, counting(length))));
}
inline Bytes udp6_frame(std::uint16_t from, std::uint16_t to, std::uint16_t source_port = 4000,
                        std::uint16_t destination_port = 5000, std::size_t length = 18) {
  return between(mac_of(from), mac_of(to), 0x86dd,
                 ip6_datagram(ip6_of(from), ip6_of(to), 17, udp_datagram(source_port, destination_port, counting(length))));
}
inline Bytes other_frame(std::uint16_t from, std::uint16_t to, std::uint16_t type, std::size_t length = 46) {
  return between(mac_of(from), mac_of(to), type, counting(length));
}
inline Bytes broadcast_frame(std::uint16_t from, std::uint16_t source_port = 4000) {
  return between(mac_of(from), kBroadcast, 0x0800,
                 ip4_datagram(ip4_of(from), from_hex("ffffffff"), 17, udp_datagram(source_port, 9, counting(18))));
}

inline Bytes arp_message(std::uint16_t operation, const Bytes& sender_mac, const Bytes& sender, const Bytes& target_mac,
                         const Bytes& target) {
  return join({from_hex("0001 0800 06 04"), number(operation, 2), sender_mac, sender, target_mac, target});
}
inline Bytes arp_request(std::uint16_t from, std::uint16_t asked) {
  return between(mac_of(from), kBroadcast, 0x0806,
                 arp_message(1, mac_of(from), ip4_of(from), number(0, 6), ip4_of(asked)));
}

// An ICMPv6 message with its checksum.
inline Bytes icmp6_message(const Bytes& source, const Bytes& destination, Bytes message) {
  write(message, 2, 0, 2);
  write(message, 2, 0xffff & ~naive_sum(message, pseudo_sum(source, destination, 58, message.size())), 2);
  return message;
}
inline Bytes icmp6_frame(const Bytes& source_mac, const Bytes& destination_mac, const Bytes& source,
                         const Bytes& destination, const Bytes& message, std::uint8_t hop_limit = 255) {
  return between(source_mac, destination_mac, 0x86dd,
                 ip6_datagram(source, destination, 58, icmp6_message(source, destination, message), hop_limit));
}
inline Bytes solicited_node(const Bytes& address) {
  return join({from_hex("ff02 0000 0000 0000 0000 0001 ff"), Bytes(address.end() - 3, address.end())});
}
inline Bytes solicitation(const Bytes& target, const Bytes& option_mac = {}) {
  const Bytes option = option_mac.empty() ? Bytes{} : join({from_hex("0101"), option_mac});
  return join({from_hex("8700 0000 0000 0000"), target, option});
}
inline Bytes advertisement(const Bytes& target, const Bytes& option_mac = {}) {
  const Bytes option = option_mac.empty() ? Bytes{} : join({from_hex("0201"), option_mac});
  return join({from_hex("8800 0000 2000 0000"), target, option});
}
inline Bytes nd_request(std::uint16_t from, std::uint16_t asked) {
  const Bytes group = solicited_node(ip6_of(asked));
  return icmp6_frame(mac_of(from), join({from_hex("3333"), Bytes(group.end() - 4, group.end())}), ip6_of(from), group,
                     solicitation(ip6_of(asked), mac_of(from)));
}

}  // namespace vsw::test
