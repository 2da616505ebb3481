// Settings of a TAP port, written as a person would.
#pragma once
#include <arpa/inet.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "native/scratch_netns.hpp"
#include "port/port.hpp"

namespace vsw::test {

inline Ip ip(const std::string& text) {
  unsigned char bytes[16];
  if (::inet_pton(AF_INET, text.c_str(), bytes) == 1) return Ip::v4(bytes);
  if (::inet_pton(AF_INET6, text.c_str(), bytes) == 1) return Ip::v6(bytes);
  fail(__FILE__, __LINE__, text + " is no address");
  return {};
}

// "10.9.0.1/24"
inline Prefix prefix(const std::string& text) {
  const std::size_t slash = text.find('/');
  return {ip(text.substr(0, slash)), static_cast<std::uint8_t>(std::atoi(text.c_str() + slash + 1))};
}

// "10.10.0.0/16 via 10.9.0.254", or "10.10.0.0/16" for what is on the link.
inline Route route(const std::string& text) {
  const std::size_t via = text.find(" via ");
  return {prefix(text.substr(0, via)), via == std::string::npos ? Ip{} : ip(text.substr(via + 5))};
}

inline PortSettings tap_settings(const ScratchNetns& netns, const std::vector<std::string>& addresses = {},
                                 const std::vector<std::string>& routes = {}) {
  PortSettings settings;
  settings.netns = netns.path();
  settings.device = "eth0";
  settings.mac = Mac{{2, 0, 0, 0, 0, 1}};
  for (const std::string& text : addresses) settings.addresses.push_back(prefix(text));
  for (const std::string& text : routes) settings.routes.push_back(route(text));
  return settings;
}

}  // namespace vsw::test
