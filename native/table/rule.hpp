// Rule: one sentence of a policy as the dataplane has it, and what it is asked about.
// Home: control builds; shared: read-only after publish.
//
// A rule names address sets and services by numbers and never expands them: which sets an address is in is kept by
// address (address_index.hpp), which named services a destination's port stands for beside it (service_index.hpp).
// A number of 0 means: any.
#pragma once
#include <cstdint>
#include <vector>
#include "base/ids.hpp"
#include "wire/ip.hpp"

namespace vsw {

inline constexpr std::uint16_t kAnyProtocol = 256;

struct PortRange {
  std::uint16_t first = 0, last = 0xffff;
  bool operator==(const PortRange&) const noexcept = default;
};

// What a rule says of protocol and destination port. For ICMP and ICMPv6 the port is type << 8 | code.
struct Service {
  std::uint16_t protocol = kAnyProtocol;
  std::uint16_t first = 0, last = 0xffff;
  std::uint32_t named = 0;  // what stands for this number at the destination; then the range says nothing
  bool operator==(const Service&) const noexcept = default;
};

enum class RuleAction : std::uint8_t { kAllow, kDrop, kReject, kPass };

struct Rule {
  enum Flag : std::uint8_t {
    kLog = 1 << 0,
    kAudited = 1 << 1,  // its policy is not enforced
    kKeep = 1 << 2,     // connections that it allowed outlive it
    kKill = 1 << 3,     // both ends are told when it allows them no longer
  };
  RuleId id;
  RuleAction action = RuleAction::kDrop;
  std::uint8_t tier = 0;                // ascending in a list; `pass` goes on with a later one
  std::uint8_t flags = 0;
  std::uint32_t source = 0, destination = 0;
  std::vector<Service> services;        // none: any
  std::vector<PortRange> source_ports;  // none: any
  [[nodiscard]] bool has(Flag flag) const noexcept { return (flags & flag) != 0; }
  bool operator==(const Rule&) const noexcept = default;
};

// What rules are asked about: the first packet of a connection.
struct Tuple {
  NetworkId network;
  Ip source, destination;
  std::uint16_t protocol = 0;
  std::uint16_t source_port = 0, destination_port = 0;

  // Of what this is the answer to.
  [[nodiscard]] Tuple reversed() const noexcept { return {network, destination, source, protocol, destination_port, source_port}; }
};

// Addresses of one network, or (none) of all.
struct NetworkPrefix {
  NetworkId network;
  Prefix prefix;
};

}  // namespace vsw
