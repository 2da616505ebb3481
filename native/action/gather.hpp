// Gatherer: small datagrams of one flow as the one super-frame that they could have been.
// Home: worker.
//
// Writing a frame into a TAP costs a system call and a kernel buffer whatever its size, so datagrams that travel
// together are written together; the receiver's kernel hands them to the socket one by one again. Only what
// changes nothing for the receiver is gathered: UDP of the same Ethernet and IP headers and ports, one behind the
// other in the batch, all of one payload size (the last may be shorter), at most 64, each with a checksum that is
// right or that the sender left to its hardware, none without one. IPv4 without options, either not to be
// fragmented or with ids that count up, since the kernel's segments count them up; IPv6 without extension headers.
//
// Nothing is waited for: what a batch does not hold is not gathered, so no frame is later for it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include "base/region.hpp"
#include "packet/packet.hpp"

namespace vsw {

class Gatherer {
 public:
  static constexpr std::uint32_t kDatagramsMax = 64;

  Gatherer();
  // How many packets from the first on travel together: 1 when the first goes alone. The packets are prepared
  // (parsed, offloads checked) and not tagged yet. From 2 on `gathered` stands for them until the next call.
  [[nodiscard]] std::uint32_t gather(std::span<Packet* const> packets) noexcept;
  [[nodiscard]] Packet& gathered() noexcept { return super_; }

 private:
  static constexpr std::uint32_t kHeadersMax = 128;

  void make_super(const Packet& first, std::uint32_t count, std::uint32_t payload_size) noexcept;

  Region payloads_;
  std::array<std::byte, Packet::kHeadroom + kHeadersMax> headers_;
  Packet super_;
};

}  // namespace vsw
