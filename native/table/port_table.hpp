// PortEntry: what was decided about one port.
// Home: control builds; shared: read-only after publish.
//
// The entry keeps the device open: it is closed when the last generation that names it is freed,
// which is after every worker stopped using it.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>
#include "base/ids.hpp"
#include "port/port.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct PortEntry {
  PortId id;
  std::string name;
  NetworkId network;
  bool anti_spoof = true;
  std::uint32_t macs_max = 16;     // learned MACs that it may hold
  std::uint32_t flows_max = 65'536;
  PortSettings settings;
  Ip link_local;                   // fe80::/64 with the EUI-64 of its MAC (RFC 4291, appendix A)
  std::shared_ptr<Port> device;    // null while its namespace is not there
  PortInfo info;
  GenerationId changed;

  [[nodiscard]] bool owns(const Ip& address) const noexcept {
    for (const Prefix& prefix : settings.addresses)
      if (prefix.address == address) return true;
    return false;
  }
};

}  // namespace vsw
