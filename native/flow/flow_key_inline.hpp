// make_flow_key for what most frames are, TCP and UDP over IPv4: included by flow_key.hpp alone.
// Home: worker.
#pragma once
#include <bit>
#include <cstring>
#include "flow/flow_key.hpp"
#include "wire/endian.hpp"
#include "wire/ipv4.hpp"
#include "wire/tcp.hpp"
#include "wire/udp.hpp"

namespace vsw {

void make_flow_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept {
  const Headers& headers = packet.headers;
  const bool plain = headers.flags == (Headers::kIpv4 | Headers::kTransport) && headers.vlan_count == 0;
  if (!plain || (headers.protocol != Tcp::kNumber && headers.protocol != Udp::kNumber)) [[unlikely]]
    return make_any_key(packet, network, seed, key);
  // Both addresses, and both ports in host order, the source's in the lower half.
  std::uint64_t addresses;
  std::memcpy(&addresses, packet.data + headers.l3 + Ipv4::kSource, sizeof addresses);
  const std::uint32_t ports = std::rotl(load32(packet.data + headers.l4), 16);
  if (headers.protocol == Udp::kNumber && (is_dhcp_port(ports & 0xffff) || is_dhcp_port(ports >> 16))) [[unlikely]] {
    key.kind = FlowKind::kNone;
    return;
  }
  const std::uint64_t turned = std::rotl(addresses, 32);
  const std::uint32_t ports_turned = std::rotl(ports, 16);
  // The end with the smaller address stands first, and so in the lower half; of equal addresses the smaller port's.
  bool swapped = turned > addresses;
  if (turned == addresses) [[unlikely]] swapped = ports_turned > ports;
  key.kind = FlowKind::kIpv4;
  key.side = swapped ? 1 : 0;
  // Two whole words: bytes that were just stored apart could not be read together without a stall.
  const std::uint64_t words[2] = {swapped ? turned : addresses,
                                  std::uint64_t{swapped ? ports_turned : ports} | std::uint64_t{network.value} << 32 |
                                      std::uint64_t{headers.protocol} << 48 |
                                      std::uint64_t{static_cast<std::uint8_t>(FlowKind::kIpv4)} << 56};
  std::memcpy(&key.v4, words, sizeof words);
  key.hash = hash_words(seed, words[0], words[1]);
}

}  // namespace vsw
