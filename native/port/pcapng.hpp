// pcapng: blocks of a capture file, appended to bytes (draft-ietf-opsawg-pcapng).
// Home: anywhere; it keeps nothing.
//
// A section of our byte order; an interface for each port with its name, times in nanoseconds; a packet
// with its direction in the flags and, where there is something to say, a comment. Wireshark, tshark and
// tcpdump read it. Classic pcap, for what reads nothing newer, knows neither ports nor comments.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "packet/packet.hpp"

namespace vsw {

using CaptureBytes = std::vector<std::byte>;

struct CapturedFrame {
  std::uint32_t interface = 0;       // its number in the section
  std::uint64_t time_ns = 0;         // since 1970
  std::span<const std::byte> head, tail;  // the bytes that are kept, in two pieces
  std::uint32_t length = 0;          // of the whole frame
  bool transmitted = false;
  std::string_view comment;          // empty: none
};

void append_section(CaptureBytes& out);
void append_interface(CaptureBytes& out, std::string_view name, std::uint32_t snapshot_length);
void append_frame(CaptureBytes& out, const CapturedFrame& frame);

// What is worth a comment: what the frame's virtio_net_hdr said, and `fate`; empty when there is nothing.
[[nodiscard]] std::string comment_of(const Offload& offload, std::string_view fate);

void append_classic_header(CaptureBytes& out, std::uint32_t snapshot_length);
void append_classic_frame(CaptureBytes& out, const CapturedFrame& frame);

}  // namespace vsw
