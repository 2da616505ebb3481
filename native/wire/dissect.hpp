// dissect: a frame as one readable line, for traces and for failing tests.
// Home: control and tests; it allocates.
//
// Like `02:…:01 > ff:…:ff, ARP who-has 10.0.0.1 tell 10.0.0.2` or
// `02:…:01 > 02:…:02, vlan 100, IPv4 10.0.0.1.4242 > 10.0.0.2.80, TCP [S], length 0`.
// A frame that does not parse gives its MACs, as far as they are there, and the parse error.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include "wire/ip.hpp"
#include "wire/mac.hpp"
#include "wire/parse.hpp"

namespace vsw {

[[nodiscard]] std::string dissect(std::span<const std::byte> frame);
[[nodiscard]] std::string to_string(const Mac& mac);
[[nodiscard]] std::string to_string(const Ip& ip);
[[nodiscard]] const char* to_string(ParseError error) noexcept;

}  // namespace vsw
