// TcpReset: the segment that ends a connection in the name of one end.
// Home: worker.
//
// As the refusal of a segment it comes from where that was sent to, and is what a host without such a connection would
// say (RFC 9293, 3.10.7.1). To both ends of a connection that may not live on it comes in the other's name, with
// the number that its receiver waits for (RFC 5961, 3.2).
#pragma once
#include <cstdint>
#include "packet/packet.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct TcpReset {
  Mac from_mac, to_mac;
  Ip from, to;
  std::uint16_t from_port = 0, to_port = 0;
  std::uint32_t sequence = 0, acknowledgement = 0;
  bool acknowledges = false;

  // What answers this segment, whose transport header is there. Never asked of a reset.
  [[nodiscard]] static TcpReset answering(const Packet& packet) noexcept;
};

// Nobody resets a reset, answers a group, or speaks for what is no first fragment.
[[nodiscard]] bool may_be_reset(const Packet& packet) noexcept;

// Writes the frame into `out`, a fresh packet of the pool.
void write_tcp_reset(const TcpReset& reset, Packet& out) noexcept;

}  // namespace vsw
