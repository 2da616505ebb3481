#include "wire/loop_probe.hpp"

#include "native/frames.hpp"
#include "native/tap.hpp"

using namespace vsw;
using namespace vsw::test;

namespace {

constexpr HashSeed kSeed{0x1234'5678'9abc'def1, 0xfeed'face'cafe'beef};
const LoopProbe kProbe{PortId{0x0102}, NetworkId{7}, 123'456'789};

Bytes written() {
  Bytes frame(LoopProbe::kLength);
  kProbe.write(frame.data(), kSeed);
  return frame;
}

}  // namespace

TEST("wire/loop_probe: is a reply of the configuration testing protocol, to a group that nobody joined") {
  const Bytes frame = written();
  CHECK_EQUAL(to_hex(Bytes(frame.begin(), frame.begin() + 20)), "037673776c70" "027673776c70" "9000" "0000" "0100" "0000");
  CHECK(LoopProbe::kDestination.is_group() && !LoopProbe::kDestination.is_link_local_group());
  CHECK(!LoopProbe::kSource.is_group());
}

TEST("wire/loop_probe: is read as it was written, padded or not") {
  LoopProbe read;
  Bytes frame = written();
  CHECK(LoopProbe::read(frame, kSeed, read));
  CHECK(read.port == kProbe.port && read.network == kProbe.network && read.sent_ms == kProbe.sent_ms);
  frame.resize(80);
  CHECK(LoopProbe::read(frame, kSeed, read));
}

TEST("wire/loop_probe: what was changed, cut short or signed by another switch is no probe") {
  LoopProbe read;
  const Bytes frame = written();
  for (std::size_t at = 0; at < 40; ++at) {
    if (at >= 6 && at < 12) continue;   // the source
    if (at >= 14 && at < 20) continue;  // the protocol's own fields
    if (at >= 28 && at < 32) continue;  // unused
    Bytes changed = frame;
    changed[at] ^= std::byte{1};
    CHECK(!LoopProbe::read(changed, kSeed, read));
  }
  for (std::size_t length = 0; length < LoopProbe::kLength; ++length)
    CHECK(!LoopProbe::read(std::span(frame).first(length), kSeed, read));
  CHECK(!LoopProbe::read(frame, HashSeed{1, 2}, read));
}
