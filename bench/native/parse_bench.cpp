// Bytes become what is known of a packet: parse alone, and prepare, which a worker calls.
#include <cstring>
#include <memory>

#include "native/bench.hpp"
#include "native/stations.hpp"
#include "packet/pool.hpp"
#include "pipeline/prepare.hpp"
#include "wire/checksum.hpp"
#include "wire/parse.hpp"

namespace vsw::bench {

using test::Bytes;

namespace {

void add_parsed(Cases& cases, const char* name, Bytes frame) {
  cases.push_back({std::string("parse: ") + name, [frame = std::move(frame)]() -> Work {
                     return [frame](std::uint32_t packets) {
                       const auto length = static_cast<std::uint32_t>(frame.size());
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         Headers headers;
                         const ParseError error = parse(frame, length, false, headers);
                         keep(error);
                         keep(headers);
                       }
                     };
                   }});
}

}  // namespace

void add_parse(Cases& cases) {
  add_parsed(cases, "UDP over IPv4, 60 B", test::udp4_frame(1, 2));
  add_parsed(cases, "TCP over IPv4, 1514 B", test::ethernet(0x0800, test::ipv4(6, test::tcp(test::counting(1460)))));
  add_parsed(cases, "TCP over IPv6, 1514 B", test::ethernet(0x86dd, test::ipv6(6, test::tcp(test::counting(1440)))));
  add_parsed(cases, "ARP", test::arp_request(1, 2));
  cases.push_back({"prepare: UDP over IPv4, 60 B", []() -> Work {
                     const Bytes frame = test::udp4_frame(1, 2);
                     auto pool = std::make_shared<Pool>(64);
                     return [frame, pool](std::uint32_t packets) {
                       Packet& packet = *pool->take();
                       std::memcpy(packet.data, frame.data(), frame.size());
                       packet.length = static_cast<std::uint32_t>(frame.size());
                       for (std::uint32_t i = 0; i < packets; ++i) {
                         packet.headers = {};
                         const DropReason reason = prepare(packet, false);
                         keep(reason);
                       }
                       pool->give(packet);
                     };
                   }});
  for (const std::size_t length : {std::size_t{64}, std::size_t{1460}, std::size_t{65'160}})
    cases.push_back({"checksum: " + std::to_string(length) + " B", [length]() -> Work {
                       return [bytes = test::counting(length)](std::uint32_t packets) {
                         for (std::uint32_t i = 0; i < packets; ++i) {
                           const std::uint16_t sum = checksum_finish(checksum_add(0, bytes));
                           keep(sum);
                         }
                       };
                     }});
}

}  // namespace vsw::bench
