#include "pipeline/multicast.hpp"

#include <cstring>

#include "wire/checksum.hpp"
#include "wire/endian.hpp"
#include "wire/membership.hpp"

namespace vsw {

namespace {

// Locally administered, and different in each network of a switch.
Mac querier_mac(NetworkId network) noexcept {
  return {{0x0a, 0x76, 0x73, 0x77, static_cast<std::uint8_t>(network.value >> 8), static_cast<std::uint8_t>(network.value)}};
}

void write_ethernet(NetworkId network, const Mac& destination, std::uint16_t type, std::byte* frame) noexcept {
  destination.write(frame);
  querier_mac(network).write(frame + 6);
  store16(frame + 12, type);
}

void write_igmp_query(const NetworkEntry& network, const Ip& group, std::uint32_t response_ms, Packet& query) noexcept {
  constexpr std::uint8_t kAllSystems[4] = {224, 0, 0, 1};
  constexpr std::uint32_t kHeader = 24, kMessage = 12;
  const std::uint8_t* to = group.is_unspecified() ? kAllSystems : group.bytes.data() + 12;
  std::byte* frame = query.data;
  write_ethernet(network.id, {{1, 0, 0x5e, static_cast<std::uint8_t>(to[1] & 0x7f), to[2], to[3]}}, 0x0800, frame);
  std::byte* ip = frame + 14;
  std::memset(ip, 0, kHeader + kMessage);
  ip[0] = std::byte{0x46};
  ip[1] = std::byte{0xc0};  // internetwork control
  store16(ip + 2, kHeader + kMessage);
  ip[8] = std::byte{1};
  ip[9] = std::byte{2};
  std::memcpy(ip + 16, to, 4);
  store32(ip + 20, 0x9404'0000);  // router alert
  const std::uint16_t header_sum = checksum_ipv4_header(ip, kHeader);
  std::memcpy(ip + 10, &header_sum, 2);
  std::byte* message = ip + kHeader;
  message[0] = std::byte{0x11};
  message[1] = std::byte{to_time_code(response_ms / 100)};
  std::memcpy(message + 4, group.bytes.data() + 12, 4);
  message[8] = std::byte{2};  // robustness
  message[9] = std::byte{to_time_code(network.multicast.query_ms / 1000)};
  const std::uint16_t sum = checksum_finish(checksum_add(0, {message, kMessage}));
  std::memcpy(message + 2, &sum, 2);
  query.length = 14 + kHeader + kMessage;
}

void write_mld_query(const NetworkEntry& network, const Ip& group, std::uint32_t response_ms, Packet& query) noexcept {
  constexpr std::uint8_t kAllNodes[16] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  constexpr std::uint32_t kHeader = 40, kHopByHop = 8, kMessage = 28;
  const std::uint8_t* to = group.is_unspecified() ? kAllNodes : group.bytes.data();
  std::byte* frame = query.data;
  write_ethernet(network.id, {{0x33, 0x33, to[12], to[13], to[14], to[15]}}, 0x86dd, frame);
  std::byte* ip = frame + 14;
  std::memset(ip, 0, kHeader + kHopByHop + kMessage);
  store32(ip, 0x6000'0000);
  store16(ip + 4, kHopByHop + kMessage);
  ip[7] = std::byte{1};
  std::memcpy(ip + 8, querier_address(network.id, true).bytes.data(), 16);
  std::memcpy(ip + 24, to, 16);
  std::byte* options = ip + kHeader;
  options[0] = std::byte{58};
  store32(options + 2, 0x0502'0000);  // router alert: MLD
  options[6] = std::byte{1};          // padding of two bytes
  std::byte* message = options + kHopByHop;
  message[0] = std::byte{130};
  store16(message + 4, static_cast<std::uint16_t>(response_ms));
  std::memcpy(message + 8, group.bytes.data(), 16);
  message[24] = std::byte{2};
  message[25] = std::byte{to_time_code(network.multicast.query_ms / 1000)};
  const std::uint64_t pseudo = checksum_pseudo_v6(ip + 8, ip + 24, 58, kMessage);
  const std::uint16_t sum = checksum_finish(checksum_add(pseudo, {message, kMessage}));
  std::memcpy(message + 2, &sum, 2);
  query.length = 14 + kHeader + kHopByHop + kMessage;
}

}  // namespace

GroupFlood group_flood(const NetworkEntry& network, const GroupTable& groups, const Ip& destination) noexcept {
  if (!network.multicast.snooping || !is_snooped_group(destination)) return {};
  if (!groups.filters(network.id, !destination.is_v4())) return {};
  const std::uint32_t group = groups.find(network.id, destination);
  if (group == GroupTable::kNone && network.multicast.flood_unknown) return {};
  return {FloodSet::kGroup, group};
}

Ip querier_address(NetworkId network, bool v6) noexcept {
  constexpr std::uint8_t kNothing[4] = {0, 0, 0, 0};
  if (!v6) return Ip::v4(kNothing);
  // fe80::/64 with the modified EUI-64 of the MAC (RFC 4291, appendix A).
  const Mac mac = querier_mac(network);
  const auto& m = mac.bytes;
  return {{0xfe, 0x80, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(m[0] ^ 2), m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}};
}

void write_query(const NetworkEntry& network, const Ip& group, std::uint32_t response_ms, Packet& query) noexcept {
  if (group.is_v4()) write_igmp_query(network, group, response_ms, query);
  else write_mld_query(network, group, response_ms, query);
}

}  // namespace vsw
