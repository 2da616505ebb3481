// Fuzz target `fragments`: fragments of several ports, in any order, between pauses; what is held comes back once.
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "base/assert.hpp"
#include "state/fragment_table.hpp"
#include "wire/ipv4.hpp"

namespace {

using namespace vsw;
using What = FragmentTable::What;

// As the seeds write it: little-endian, without padding.
struct [[gnu::packed]] Step {
  std::uint8_t control;  // 0…3: the port; 4: more follow; 8: IPv6; 16: its judge forgets it; 32: a pause first; 64: a port goes
  std::uint8_t id;
  std::uint16_t offset;  // in units of 8 bytes
  std::uint16_t length;
};

// Whose bytes passed, by datagram: a name may be used again once it was forgotten.
using Name = std::tuple<unsigned, bool, unsigned>;

struct Story {
  FragmentTable table{HashSeed{}, 1'000};
  std::vector<std::unique_ptr<std::vector<std::byte>>> frames;
  std::vector<std::unique_ptr<Packet>> packets;
  std::set<const Packet*> held;
  std::map<Name, std::vector<bool>> passed;
  std::uint32_t now_ms = 0xffff'ff00;

  struct Died {
    Story* story;
    void operator()(Packet& packet, DropReason reason) const {
      VSW_ASSERT(story->held.erase(&packet) == 1);
      VSW_ASSERT(reason == DropReason::k_fragment_overlap || reason == DropReason::k_fragment_expired ||
                 reason == DropReason::k_fragments_exhausted || reason == DropReason::k_port_closed);
    }
  };

  void pass(const Packet& packet) {
    const Fragment fragment = Fragment::read(packet.head(), packet.headers);
    std::vector<bool>& bytes = passed[{packet.ingress.value, fragment.v6, fragment.id}];
    bytes.resize(70'000);
    for (std::uint32_t at = fragment.offset; at < fragment.end(); ++at) {
      VSW_ASSERT(!bytes[at]);
      bytes[at] = true;
    }
  }

  Packet& packet_of(const Step& step) {
    const bool v6 = (step.control & 8) != 0, more = (step.control & 4) != 0;
    const std::uint32_t offset = (step.offset % 8'000u) * 8, length = step.length % 1'481u;
    std::vector<std::byte>& frame = *frames.emplace_back(std::make_unique<std::vector<std::byte>>(14 + (v6 ? 48 : 20) + length));
    const auto put = [&frame](std::size_t at, std::initializer_list<unsigned> bytes) {
      for (const unsigned byte : bytes) frame[at++] = static_cast<std::byte>(byte & 0xff);
    };
    if (v6) {
      put(12, {0x86, 0xdd, 0x60, 0, 0, 0, (length + 8) >> 8, length + 8, 44, 64});
      put(54, {17, 0, offset >> 8, offset | (more ? 1u : 0u), 0, 0, 0, step.id});
    } else {
      const std::uint32_t word = offset / 8 | (more ? 0x2000u : 0u);
      put(12, {0x08, 0x00, 0x45, 0, (length + 20) >> 8, length + 20, 0, step.id, word >> 8, word, 64, 17});
      std::uint32_t sum = 0;
      for (std::size_t at = 14; at < 34; at += 2)
        sum += std::to_integer<std::uint32_t>(frame[at]) << 8 | std::to_integer<std::uint32_t>(frame[at + 1]);
      sum = (sum & 0xffff) + (sum >> 16);
      put(24, {~sum >> 8, ~sum});
    }
    if (offset == 0 && length >= 8) put(frame.size() - length, {0, 53, 0, 53, 0xff, 0, 0, 0});
    Packet& packet = *packets.emplace_back(std::make_unique<Packet>());
    packet.data = frame.data();
    packet.length = static_cast<std::uint32_t>(frame.size());
    packet.ingress = PortId{static_cast<std::uint16_t>(1 + (step.control & 3))};
    return packet;
  }

  void follow(const Step& step) {
    if ((step.control & 32) != 0) {
      now_ms += 400;
      table.expire(now_ms, Died{this});
    }
    if ((step.control & 64) != 0) table.forget_port(PortId{static_cast<std::uint16_t>(1 + (step.control & 3))}, DropReason::k_port_closed, Died{this});
    Packet& packet = packet_of(step);
    if (parse(packet.head(), packet.length, false, packet.headers) != ParseError::kNone) return;
    if (!packet.headers.has(Headers::kFragment)) return;
    const Fragment fragment = Fragment::read(packet.head(), packet.headers);
    const Name name{packet.ingress.value, fragment.v6, fragment.id};
    // What nobody remembers may come once more; what is remembered may not.
    const std::uint32_t before = table.datagrams();
    held.insert(&packet);
    const FragmentTable::Answer answer = table.take(NetworkId{1}, packet, now_ms, Died{this});
    if (answer.what != What::kHeld) held.erase(&packet);
    if (answer.what == What::kDead) VSW_ASSERT(answer.reason != DropReason::kNone);
    if (answer.what == What::kJudged) {
      VSW_ASSERT(answer.judgement->words[0] == (std::uint64_t{packet.ingress.value} << 32 | fragment.id << 1 | (fragment.v6 ? 1u : 0u)));
      pass(packet);
    }
    if (answer.what == What::kJudge) {
      passed.erase(name);
      if ((step.control & 16) != 0) {
        table.forget(answer.datagram, DropReason::k_port_closed, Died{this});
      } else {
        pass(packet);
        const std::uint64_t word = std::uint64_t{packet.ingress.value} << 32 | fragment.id << 1 | (fragment.v6 ? 1u : 0u);
        table.judged(answer.datagram, {{word, 0, 0, 0}}, [this](Packet& released) {
          VSW_ASSERT(held.erase(&released) == 1);
          pass(released);
        });
      }
    }
    VSW_ASSERT(table.held() == held.size() && table.held() <= FragmentTable::kHeld);
    VSW_ASSERT(table.datagrams() <= before + 1 && table.datagrams() <= 4 * FragmentTable::kDatagramsOfPort);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Story story;
  for (Step step; size >= sizeof step; data += sizeof step, size -= sizeof step) {
    std::memcpy(&step, data, sizeof step);
    story.follow(step);
  }
  story.table.clear(DropReason::k_port_closed, Story::Died{&story});
  VSW_ASSERT(story.held.empty() && story.table.held() == 0 && story.table.datagrams() == 0);
  return 0;
}
