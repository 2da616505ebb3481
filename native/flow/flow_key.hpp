// Flow keys: the fields that decide a frame's fate, the same for both directions.
// Home: worker; a value.
//
// A key is normalised: of the two ends the one with the smaller address and port stands first, and
// `side` says which of them sent the frame at hand. So both directions of a connection lead to one
// record by one hash. The ingress port is part of a direction's identity, but not of the hash: where
// the reply will come from is not known before it comes; the record holds the port of each end.
//
// Two sizes: IPv4, and wide for IPv6 and for EtherTypes that are not IP (there the addresses are MACs
// and the ports the EtherType). No padding, so bytes may be hashed and compared.
#pragma once
#include <cstdint>
#include <cstring>
#include <iterator>
#include <type_traits>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "packet/packet.hpp"
#include "wire/ip.hpp"

namespace vsw {

// The bits in which two keys are others, 0 when they are equal. Word by word, which the members one by one are not.
template <class Key>
[[nodiscard]] std::uint64_t difference(const Key& one, const Key& other) noexcept {
  std::uint64_t words[2][sizeof(Key) / 8];
  static_assert(sizeof words[0] == sizeof(Key));
  std::memcpy(words[0], &one, sizeof(Key));
  std::memcpy(words[1], &other, sizeof(Key));
  std::uint64_t different = 0;
  for (std::size_t i = 0; i < std::size(words[0]); ++i) different |= words[0][i] ^ words[1][i];
  return different;
}

struct FlowKey4 {
  std::uint32_t address[2];  // as on the wire
  std::uint16_t port[2];     // host order
  std::uint16_t network;
  std::uint8_t protocol;
  std::uint8_t kind;         // FlowKind
  bool operator==(const FlowKey4& other) const noexcept { return difference(*this, other) == 0; }
};
static_assert(std::has_unique_object_representations_v<FlowKey4> && sizeof(FlowKey4) == 16);

struct FlowKey6 {
  std::uint64_t address[2][2];
  std::uint16_t port[2];
  std::uint16_t network;
  std::uint8_t protocol;
  std::uint8_t kind;
  bool operator==(const FlowKey6& other) const noexcept { return difference(*this, other) == 0; }
};
static_assert(std::has_unique_object_representations_v<FlowKey6> && sizeof(FlowKey6) == 40);

enum class FlowKind : std::uint8_t { kNone = 0, kIpv4 = 4, kIpv6 = 6, kEther = 14 };

struct FlowKey {
  FlowKind kind = FlowKind::kNone;
  std::uint8_t side = 0;  // which end of the key sent this frame
  std::uint64_t hash = 0;
  union {
    FlowKey4 v4;
    FlowKey6 v6;
  };
  FlowKey() noexcept : v6{} {}

  template <class Key>
  [[nodiscard]] bool holds() const noexcept {
    return std::is_same_v<Key, FlowKey4> ? kind == FlowKind::kIpv4 : kind == FlowKind::kIpv6 || kind == FlowKind::kEther;
  }
  [[nodiscard]] bool holds_ether() const noexcept { return kind == FlowKind::kEther; }
  template <class Key>
  [[nodiscard]] const Key& as() const noexcept {
    if constexpr (std::is_same_v<Key, FlowKey4>) return v4;
    else return v6;
  }
};

// 67 and 68 in IPv4, 546 and 547 in IPv6. The first question settles it for nearly all.
[[nodiscard]] inline bool is_dhcp_port(std::uint32_t port) noexcept {
  return port - 67 < 481 && (port < 69 || port >= 546);
}

// The key of a parsed frame. kNone: its verdict may not be cached, because a stage looks at more than
// the key: ARP, neighbour discovery and other ICMP than echo, DHCP, fragments.
inline void make_flow_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept;
// The same, of whatever the frame is.
void make_any_key(const Packet& packet, NetworkId network, HashSeed seed, FlowKey& key) noexcept;

// The key of an IP packet of which only this is known: what an ICMP error quotes, or a fragment of a datagram whose first
// one was seen.
void make_flow_key(bool v6, const Ip& source, const Ip& destination, std::uint8_t protocol, std::uint16_t source_port,
                   std::uint16_t destination_port, NetworkId network, HashSeed seed, FlowKey& key) noexcept;

// The IP address of one end.
[[nodiscard]] inline Ip address_of(const FlowKey4& key, unsigned end) noexcept { return Ip::v4(&key.address[end]); }
[[nodiscard]] inline Ip address_of(const FlowKey6& key, unsigned end) noexcept { return Ip::v6(key.address[end]); }

[[nodiscard]] inline std::uint64_t hash_of(const FlowKey4& key, HashSeed seed) noexcept {
  std::uint64_t words[2];
  std::memcpy(words, &key, sizeof words);
  return hash_words(seed, words[0], words[1]);
}
[[nodiscard]] inline std::uint64_t hash_of(const FlowKey6& key, HashSeed seed) noexcept {
  std::uint64_t rest;
  std::memcpy(&rest, &key.port, sizeof rest);
  return hash_words(seed, hash_words(seed, key.address[0][0], key.address[0][1]), key.address[1][0],
                    key.address[1][1], rest);
}

}  // namespace vsw
#include "flow/flow_key_inline.hpp"
