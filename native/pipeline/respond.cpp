#include "pipeline/respond.hpp"

#include <cstring>

#include "pipeline/neighbour_message.hpp"
#include "wire/checksum.hpp"
#include "wire/endian.hpp"

namespace vsw {

Verdict Respond::apply(const Lookup& lookup, Program& program) noexcept {
  NeighbourMessage message;
  if (lookup.packet.headers.vlan_count != 0) return Verdict::kContinue;
  if (!NeighbourMessage::read(lookup.packet, message)) return Verdict::kContinue;
  program.cacheable = false;
  if (message.broken || message.kind != NeighbourMessage::Kind::kRequest || message.sender == message.target)
    return Verdict::kContinue;
  const Binding* binding = lookup.network.bindings.find(message.target);
  if (binding == nullptr || binding->port == lookup.ingress.id) return Verdict::kContinue;
  program.action = Program::Action::kRespond;
  program.stage = kId;
  program.answer = binding->mac;
  return Verdict::kDone;
}

namespace {

void write_arp_answer(const Packet& asked, const Mac& mac, Packet& answer) noexcept {
  const std::byte* request = asked.data + asked.headers.l3;
  std::byte* frame = answer.data;
  std::memcpy(frame, request + 8, 6);  // the asker's MAC
  mac.write(frame + 6);
  store16(frame + 12, 0x0806);
  std::byte* arp = frame + 14;
  std::memcpy(arp, request, 6);        // Ethernet, IPv4 and their sizes
  store16(arp + 6, 2);
  mac.write(arp + 8);
  std::memcpy(arp + 14, request + 24, 4);
  std::memcpy(arp + 18, request + 8, 10);  // the asker's MAC and address
  answer.length = 14 + 28;
}

// An unspecified asker (duplicate address detection) is told by multicast, as RFC 4861, 7.2.4 wants.
void write_neighbour_advertisement(const Packet& asked, const Mac& mac, Packet& answer) noexcept {
  const std::byte* asked_ip = asked.data + asked.headers.l3;
  const std::byte* target = asked.data + asked.headers.l4 + 8;
  const bool to_all = Ip::v6(asked_ip + 8).is_unspecified();
  static constexpr Mac kAllNodesMac{{0x33, 0x33, 0, 0, 0, 1}};
  static constexpr std::uint8_t kAllNodes[16] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  std::byte* frame = answer.data;
  (to_all ? kAllNodesMac : Mac::read(asked.data + 6)).write(frame);
  mac.write(frame + 6);
  store16(frame + 12, 0x86dd);
  std::byte* ip = frame + 14;
  std::byte* message = ip + 40;
  constexpr std::uint16_t kLength = 32;
  store32(ip, 0x6000'0000);
  store16(ip + 4, kLength);
  ip[6] = std::byte{58};
  ip[7] = std::byte{255};
  std::memcpy(ip + 8, target, 16);
  std::memcpy(ip + 24, to_all ? reinterpret_cast<const std::byte*>(kAllNodes) : asked_ip + 8, 16);
  std::memset(message, 0, kLength);
  message[0] = std::byte{136};
  // Override; solicited unless nobody is there to be told.
  message[4] = to_all ? std::byte{0x20} : std::byte{0x60};
  std::memcpy(message + 8, target, 16);
  message[24] = std::byte{2};
  message[25] = std::byte{1};
  mac.write(message + 26);
  const std::uint64_t sum = checksum_pseudo_v6(ip + 8, ip + 24, 58, kLength);
  const std::uint16_t checksum = checksum_finish(checksum_add(sum, {message, kLength}));
  std::memcpy(message + 2, &checksum, 2);
  answer.length = 14 + 40 + kLength;
}

}  // namespace

void write_answer(const Packet& asked, const Mac& mac, Packet& answer) noexcept {
  if (asked.headers.has(Headers::kArp)) write_arp_answer(asked, mac, answer);
  else write_neighbour_advertisement(asked, mac, answer);
}

}  // namespace vsw
