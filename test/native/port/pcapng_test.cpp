#include "port/pcapng.hpp"

#include <algorithm>

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

std::uint32_t little(const Bytes& bytes, std::size_t at, std::size_t size = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes.at(at + i));
  return value;
}

}  // namespace

TEST("port/pcapng: a section and an interface, byte for byte as the draft has them") {
  Bytes out;
  append_section(out);
  CHECK_EQUAL(to_hex(out), std::string("0a0d0d0a" "2c000000" "4d3c2b1a" "01000000" "ffffffffffffffff"
                                       "04000700" "7673776974636800" "00000000" "2c000000"));
  out.clear();
  append_interface(out, "web-1", 65'557);
  CHECK_EQUAL(to_hex(out), std::string("01000000" "2c000000" "01000000" "15000100"
                                       "02000500" "7765622d31000000" "09000100" "09000000" "00000000" "2c000000"));
}

TEST("port/pcapng: a frame in two pieces, with its direction and a comment") {
  const Bytes head = counting(15), tail = counting(6);
  CapturedFrame frame;
  frame.interface = 3;
  frame.time_ns = 0x0000'0001'0000'0002;
  frame.head = head;
  frame.tail = tail;
  frame.length = 1000;
  frame.transmitted = true;
  frame.comment = "hairpin";
  Bytes out;
  append_frame(out, frame);
  CHECK_EQUAL(out.size() % 4, std::size_t{0});
  CHECK_EQUAL(little(out, 4), static_cast<std::uint32_t>(out.size()));
  CHECK_EQUAL(little(out, out.size() - 4), static_cast<std::uint32_t>(out.size()));
  CHECK_EQUAL(little(out, 8), 3u);
  CHECK_EQUAL(little(out, 12), 1u);
  CHECK_EQUAL(little(out, 16), 2u);
  CHECK_EQUAL(little(out, 20), 21u);
  CHECK_EQUAL(little(out, 24), 1000u);
  CHECK(std::equal(head.begin(), head.end(), out.begin() + 28) && std::equal(tail.begin(), tail.end(), out.begin() + 43));
  CHECK_EQUAL(to_hex(Bytes(out.begin() + 52, out.end() - 4)), std::string("01000700" "6861697270696e00" "02000400" "02000000" "00000000"));
  frame.transmitted = false;
  frame.comment = {};
  out.clear();
  append_frame(out, frame);
  CHECK_EQUAL(to_hex(Bytes(out.begin() + 52, out.end() - 4)), std::string("02000400" "01000000" "00000000"));
}

TEST("port/pcapng: classic pcap, with nanoseconds") {
  Bytes out;
  append_classic_header(out, 256);
  CHECK_EQUAL(to_hex(out), std::string("4d3cb2a1" "02000400" "0000000000000000" "00010000" "01000000"));
  out.clear();
  const Bytes head = counting(4);
  append_classic_frame(out, {0, 5'000'000'007, head, {}, 60, false, "not told here"});
  CHECK_EQUAL(to_hex(out), std::string("05000000" "07000000" "04000000" "3c000000") + to_hex(head));
}

TEST("port/pcapng: a comment says what the frame still needs, and its fate") {
  CHECK_EQUAL(comment_of({}, ""), std::string());
  CHECK_EQUAL(comment_of({}, "hairpin"), std::string("hairpin"));
  Offload offload;
  offload.needs_checksum = true;
  CHECK_EQUAL(comment_of(offload, ""), std::string("checksum left to the receiver"));
  offload.gso = Offload::Gso::kTcp4;
  offload.gso_size = 1448;
  CHECK_EQUAL(comment_of(offload, "mtu_exceeded"), std::string("mtu_exceeded, super-frame in segments of 1448"));
}
