#include "flow/flow_key.hpp"

#include "wire/endian.hpp"
#include "wire/ipv4.hpp"
#include "wire/loop_probe.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kIcmp = 1, kTcp = 6, kUdp = 17, kIcmpv6 = 58;
constexpr std::uint8_t kEchoReply4 = 0, kEchoRequest4 = 8, kEchoRequest6 = 128, kEchoReply6 = 129;

// Whether the verdict on this IP packet reads nothing but the key.
inline bool decided_by_key(const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  if (headers.has(Headers::kFragment)) return false;
  if (headers.protocol == kTcp) return true;
  if (headers.protocol == kUdp) return !is_dhcp_port(headers.source_port) && !is_dhcp_port(headers.destination_port);
  // ICMP in IPv6 and ICMPv6 in IPv4 are protocols without a header that anybody reads.
  if ((headers.protocol == kIcmp || headers.protocol == kIcmpv6) && headers.has(Headers::kTransport)) {
    const auto type = static_cast<std::uint8_t>(packet.data[headers.l4]);
    return headers.protocol == kIcmp ? type == kEchoRequest4 || type == kEchoReply4
                                     : type == kEchoRequest6 || type == kEchoReply6;
  }
  return true;
}

// IPv6, and what is not IP. Apart, so that IPv4 pays nothing for it.
[[gnu::noinline]] void make_wide_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept {
  const Headers& headers = packet.headers;
  FlowKey6& v6 = key.v6;
  std::uint64_t source[2] = {0, 0}, destination[2] = {0, 0};
  std::uint16_t source_port = headers.ether_type, destination_port = headers.ether_type;
  if (headers.has(Headers::kIpv6)) {
    if (!decided_by_key(packet)) return;
    std::memcpy(source, packet.data + headers.l3 + 8, 16);
    std::memcpy(destination, packet.data + headers.l3 + 24, 16);
    source_port = headers.source_port;
    destination_port = headers.destination_port;
    key.kind = FlowKind::kIpv6;
  } else {
    if (headers.ether_type == LoopProbe::kEtherType) return;  // it may be the switch's own
    std::memcpy(destination, packet.data, 6);
    std::memcpy(source, packet.data + 6, 6);
    key.kind = FlowKind::kEther;
  }
  bool swapped = source_port > destination_port;
  if (source[1] != destination[1]) swapped = source[1] > destination[1];
  if (source[0] != destination[0]) swapped = source[0] > destination[0];
  const unsigned side = swapped ? 1 : 0;
  std::memcpy(v6.address[side], source, 16);
  std::memcpy(v6.address[side ^ 1], destination, 16);
  v6.port[side] = source_port;
  v6.port[side ^ 1] = destination_port;
  v6.network = network.value;
  v6.protocol = headers.has(Headers::kIpv6) ? headers.protocol : std::uint8_t{0};
  v6.kind = static_cast<std::uint8_t>(key.kind);
  key.side = static_cast<std::uint8_t>(side);
  key.hash = hash_of(v6, seed);
}

}  // namespace

void make_any_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept {
  const Headers& headers = packet.headers;
  key.kind = FlowKind::kNone;
  if (headers.vlan_count != 0 || headers.has(Headers::kArp) || headers.has(Headers::kLlc)) return;

  if (headers.has(Headers::kIpv4)) {
    if (!decided_by_key(packet)) return;
    std::uint64_t addresses;  // the source's in its lower half
    std::memcpy(&addresses, packet.data + headers.l3 + Ipv4::kSource, sizeof addresses);
    const std::uint64_t sender = (addresses & 0xffff'ffff) << 16 | headers.source_port;
    const std::uint64_t receiver = addresses >> 32 << 16 | headers.destination_port;
    const bool swapped = sender > receiver;
    const std::uint64_t low = swapped ? receiver : sender, high = swapped ? sender : receiver;
    // Two whole words: bytes that were just stored apart could not be read together without a stall.
    const std::uint64_t words[2] = {low >> 16 | high >> 16 << 32,
                                    (low & 0xffff) | (high & 0xffff) << 16 | std::uint64_t{network.value} << 32 |
                                        std::uint64_t{headers.protocol} << 48 |
                                        std::uint64_t{static_cast<std::uint8_t>(FlowKind::kIpv4)} << 56};
    std::memcpy(&key.v4, words, sizeof words);
    key.kind = FlowKind::kIpv4;
    key.side = swapped ? 1 : 0;
    key.hash = hash_words(seed, words[0], words[1]);
    return;
  }

  make_wide_key(packet, network, seed, key);
}

void make_flow_key(bool v6, const Ip& source, const Ip& destination, std::uint8_t protocol, std::uint16_t source_port,
                   std::uint16_t destination_port, NetworkId network, HashSeed seed, FlowKey& key) noexcept {
  const bool v4 = !v6;
  key.kind = v4 ? FlowKind::kIpv4 : FlowKind::kIpv6;
  // The end whose address and port are smaller as numbers of little-endian words stands first, as for packets.
  std::uint64_t from[2], to[2];
  std::memcpy(from, source.bytes.data(), 16);
  std::memcpy(to, destination.bytes.data(), 16);
  bool swapped = source_port > destination_port;
  if (v4) {
    const std::uint64_t sender = from[1] >> 32, receiver = to[1] >> 32;
    if (sender != receiver) swapped = sender > receiver;
  } else {
    if (from[1] != to[1]) swapped = from[1] > to[1];
    if (from[0] != to[0]) swapped = from[0] > to[0];
  }
  const unsigned side = swapped ? 1 : 0;
  key.side = static_cast<std::uint8_t>(side);
  if (v4) {
    key.v4.address[side] = static_cast<std::uint32_t>(from[1] >> 32);
    key.v4.address[side ^ 1] = static_cast<std::uint32_t>(to[1] >> 32);
    key.v4.port[side] = source_port;
    key.v4.port[side ^ 1] = destination_port;
    key.v4.network = network.value;
    key.v4.protocol = protocol;
    key.v4.kind = static_cast<std::uint8_t>(FlowKind::kIpv4);
    key.hash = hash_of(key.v4, seed);
    return;
  }
  std::memcpy(key.v6.address[side], from, 16);
  std::memcpy(key.v6.address[side ^ 1], to, 16);
  key.v6.port[side] = source_port;
  key.v6.port[side ^ 1] = destination_port;
  key.v6.network = network.value;
  key.v6.protocol = protocol;
  key.v6.kind = static_cast<std::uint8_t>(FlowKind::kIpv6);
  key.hash = hash_of(key.v6, seed);
}

}  // namespace vsw
