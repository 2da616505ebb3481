#include "action/tag.hpp"

#include "action/offload.hpp"
#include "action/segment.hpp"
#include "native/frames.hpp"
#include "native/tap.hpp"
#include "packet/pool.hpp"
#include "wire/parse.hpp"

namespace vsw::test {

namespace {

// A packet of a pool, so with headroom, that holds the frame.
Packet& taken(Pool& pool, const Bytes& frame, const Offload& offload = {}) {
  Packet& packet = *pool.take();
  std::memcpy(packet.data, frame.data(), frame.size());
  packet.length = static_cast<std::uint32_t>(frame.size());
  packet.offload = offload;
  CHECK(parse(packet.head(), packet.length, offload.gso != Offload::Gso::kNone, packet.headers) == ParseError::kNone);
  return packet;
}

Bytes bytes_of(const Packet& packet) { return Bytes(packet.data, packet.data + packet.length); }

}  // namespace

TEST("action/tag: a tag stands between the MACs and the EtherType, and comes off without a trace") {
  Pool pool(4);
  const Bytes plain = ethernet(0x0800, ipv4(17, udp(counting(40))));
  Packet& packet = taken(pool, plain);
  const std::byte* data = packet.data;
  put_on_tag(packet, 0xb064);
  CHECK_EQUAL(to_hex(bytes_of(packet)), to_hex(tagged(0x8100, 0xb064, 0x0800, ipv4(17, udp(counting(40))))));
  take_off_tag(packet);
  CHECK_EQUAL(to_hex(bytes_of(packet)), to_hex(plain));
  CHECK(packet.data == data);
}

TEST("action/tag: the offsets of what was parsed move along, as if the tagged frame had been parsed") {
  Pool pool(4);
  for (const Bytes& inside : {join({number(0x0800, 2), ipv4(6, tcp(counting(9)))}), join({number(0x86dd, 2), ipv6(17, udp(counting(3)))}),
                              join({number(0x0806, 2), arp(1)}), join({number(0x88b5, 2), counting(20)})}) {
    Packet& packet = taken(pool, join({kMacs, inside}));
    put_on_tag(packet, 100);
    Headers parsed;
    CHECK(parse(packet.head(), packet.length, false, parsed) == ParseError::kNone);
    CHECK_EQUAL(packet.headers.l3, parsed.l3);
    CHECK_EQUAL(packet.headers.l4, parsed.l4);
    CHECK_EQUAL(packet.headers.payload, parsed.payload);
    CHECK_EQUAL(packet.headers.end, parsed.end);
    pool.give(packet);
  }
}

TEST("action/tag: a super-frame's checksum is completed where it stands behind the tag, in each segment") {
  Pool pool(8);
  Bytes segment = tcp(counting(300));
  write(segment, 16, pseudo_sum(kSource4, kDestination4, 6, segment.size()), 2);
  Offload offload;
  offload.gso = Offload::Gso::kTcp4;
  offload.gso_size = 100;
  offload.needs_checksum = true;
  offload.checksum_start = 34;
  offload.checksum_offset = 16;
  Packet& super = taken(pool, ethernet(0x0800, ipv4(6, segment)), offload);
  super.tag = 0xa005;
  put_on_tag(super, 0xa007);
  CHECK_EQUAL(super.offload.checksum_start, 38);
  CHECK(check_offload(super));
  CHECK_EQUAL(super.wire_packets, 3);
  take_off_tag(super);
  CHECK_EQUAL(super.offload.checksum_start, 34);
  CHECK(check_offload(super));
  Segmenter segmenter(super);
  Packet& first = *pool.take();
  CHECK(segmenter.next(first));
  CHECK_EQUAL(first.tag, 0xa005);
}

}  // namespace vsw::test
