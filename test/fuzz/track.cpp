// Fuzz target `track`: any segments and packets as a connection; it moves forwards only, and what is invalid moves nothing.
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/assert.hpp"
#include "state/connection.hpp"
#include "wire/checksum.hpp"
#include "wire/icmp_inner.hpp"
#include "wire/ipv4.hpp"

namespace {

using namespace vsw;
using What = Tracked::What;

bool same(const TcpConnection& one, const TcpConnection& other) { return std::memcmp(&one, &other, sizeof one) == 0; }

void check(TcpConnection& connection, unsigned sender, const TcpSegment& segment, bool loose) {
  const TcpConnection before = connection;
  TcpConnection fast = before;
  const bool is_fast = fast.track_established(sender, segment);
  const Tracked said = connection.track(sender, segment, loose);
  const ConnectionState was = before.state(), is = connection.state();
  VSW_ASSERT((said.what == What::kInvalid) == (said.why != Invalidity::kNone));
  VSW_ASSERT(!is_fast || (said == Tracked::valid() && same(fast, connection)));
  VSW_ASSERT(is_fast || same(fast, before));
  VSW_ASSERT(is >= was && is <= ConnectionState::k_closed);
  VSW_ASSERT(connection.timeout() <= Timeout::k_tcp_unacknowledged);
  switch (said.what) {
    case What::kValid: break;
    case What::kChallenge: VSW_ASSERT(is == was); break;
    case What::kReopened: {
      VSW_ASSERT(same(connection, before) && (was == ConnectionState::k_time_wait || was == ConnectionState::k_closed));
      TcpConnection anew{};
      VSW_ASSERT(anew.track(sender, segment, loose) == Tracked::valid());
      break;
    }
    case What::kInvalid: VSW_ASSERT(same(connection, before) || is == ConnectionState::k_closed); break;
  }
  // What was valid is valid when it comes twice, and moves nothing more. A picked up connection knows better by then.
  if (!loose && said == Tracked::valid() && (segment.flags & (Tcp::kSyn | Tcp::kRst)) == 0) {
    const TcpConnection once = connection;
    VSW_ASSERT(connection.track(sender, segment, loose) == Tracked::valid());
    VSW_ASSERT(connection.state() == once.state());
  }
}

struct Reader {
  std::span<const std::uint8_t> left;
  [[nodiscard]] bool take(void* to, std::size_t size) {
    if (left.size() < size) return false;
    if (size == 0) return true;
    std::memcpy(to, left.data(), size);
    left = left.subspan(size);
    return true;
  }
};

// As the seeds write it: little-endian, without padding.
struct [[gnu::packed]] Step {
  std::uint8_t control;  // 1: the other sends; 2: numbers count from where both are; 4: timestamps
  std::uint8_t flags;
  std::uint32_t sequence, acknowledgement;
  std::uint16_t length, window;
  std::int8_t scale;
};

void follow_segments(Reader reader, bool loose) {
  TcpConnection connection{};
  std::uint32_t end[2] = {0, 0};
  for (Step step; reader.take(&step, sizeof step);) {
    const unsigned sender = step.control & 1;
    TcpSegment segment;
    segment.flags = step.flags;
    segment.sequence = step.sequence;
    segment.acknowledgement = step.acknowledgement;
    if ((step.control & 2) != 0) {
      segment.sequence += end[sender];
      segment.acknowledgement += end[sender ^ 1];
    }
    segment.length = step.length;
    segment.window = step.window;
    segment.timestamps = (step.control & 4) != 0;
    segment.scale = step.scale > 14 || step.scale < 0 ? std::int8_t{-1} : std::int8_t{step.scale};
    const TcpConnection before = connection;
    check(connection, sender, segment, loose);
    if (!same(connection, before) || (segment.flags & Tcp::kSyn) != 0) end[sender] = segment.end();
    (void)connection.covers(sender, segment.sequence);
  }
}

void follow_frames(Reader reader, bool loose) {
  std::vector<TrackedConnection> connections(512);  // of each protocol and family
  std::memset(static_cast<void*>(connections.data()), 0, connections.size() * sizeof(TrackedConnection));
  std::uint8_t sender;
  std::uint16_t length;
  while (reader.take(&sender, sizeof sender) && reader.take(&length, sizeof length)) {
    std::vector<std::byte> frame(length < reader.left.size() ? length : reader.left.size());
    if (!reader.take(frame.data(), frame.size())) return;
    Packet packet;
    packet.data = frame.data();
    packet.length = static_cast<std::uint32_t>(frame.size());
    ParseError error = parse(packet.head(), packet.length, false, packet.headers);
    const std::size_t l3 = packet.headers.l3;
    if (error == ParseError::kIpv4Malformed && l3 + Ipv4::kLength <= frame.size()) {
      const std::uint32_t header_length = Ipv4::header_length(frame.data() + l3);
      if (header_length < Ipv4::kLength || l3 + header_length > frame.size()) continue;
      const std::uint16_t sum = checksum_ipv4_header(frame.data() + l3, header_length);
      std::memcpy(frame.data() + l3 + Ipv4::kChecksum, &sum, sizeof sum);
      error = parse(packet.head(), packet.length, false, packet.headers);
    }
    const Headers& headers = packet.headers;
    if (error != ParseError::kNone || !(headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6))) continue;
    IcmpInner inner;
    if (IcmpInner::read(packet.head(), headers, inner)) VSW_ASSERT(inner.source.is_v4() || headers.has(Headers::kIpv6));
    if (headers.has(Headers::kFragment)) continue;
    TrackedConnection& connection = connections[headers.protocol + (headers.has(Headers::kIpv6) ? 256u : 0u)];
    const Tracked said = connection.track(packet, sender & 1, loose);
    VSW_ASSERT((said.what == What::kInvalid) == (said.why != Invalidity::kNone));
    VSW_ASSERT(connection.state(headers.protocol) < ConnectionState::kCount);
    VSW_ASSERT(connection.timeout(headers.protocol) < Timeout::kCount);
    if (said.what == What::kReopened) std::memset(static_cast<void*>(&connection), 0, sizeof connection);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Reader reader{{data + 1, size - 1}};
  const bool loose = (data[0] & 2) != 0;
  if ((data[0] & 1) == 0) {
    follow_segments(reader, loose);
  } else {
    follow_frames(reader, loose);
  }
  return 0;
}
