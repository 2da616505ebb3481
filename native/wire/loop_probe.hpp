// LoopProbe: a frame by which the switch finds out whether two of its ports are joined outside of it.
// Home: anywhere; a value.
//
// A Configuration Testing Protocol reply (EtherType 0x9000, as DIX Ethernet 2.0 defines it), which no
// station answers, to a group address of our own, which every bridge floods and no host listens to. It
// says by which port, in which network and when it was sent, and is signed under the switch's secret
// seed: another switch's probes, and what a container makes up, are ordinary frames.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "wire/endian.hpp"
#include "wire/mac.hpp"

namespace vsw {

struct LoopProbe {
  static constexpr std::uint16_t kEtherType = 0x9000;
  static constexpr std::uint32_t kLength = 60;
  static constexpr Mac kDestination{{0x03, 0x76, 0x73, 0x77, 0x6c, 0x70}};  // locally administered, a group
  static constexpr Mac kSource{{0x02, 0x76, 0x73, 0x77, 0x6c, 0x70}};

  PortId port;
  NetworkId network;
  std::uint32_t sent_ms = 0;

  // Writes kLength bytes.
  void write(std::byte* frame, HashSeed seed) const noexcept {
    std::memset(frame, 0, kLength);
    kDestination.write(frame);
    kSource.write(frame + 6);
    store16(frame + 12, kEtherType);
    frame[16] = std::byte{1};  // nothing to skip, then function 1, a reply, little-endian
    store16(frame + 20, port.value);
    store16(frame + 22, network.value);
    store32(frame + 24, sent_ms);
    const std::uint64_t signature = sign(seed);
    std::memcpy(frame + 32, &signature, sizeof signature);
  }
  // Whether `frame` is a probe that was signed under this seed.
  [[nodiscard]] static bool read(std::span<const std::byte> frame, HashSeed seed, LoopProbe& out) noexcept {
    if (frame.size() < kLength || !(Mac::read(frame.data()) == kDestination) || load16(frame.data() + 12) != kEtherType)
      return false;
    out.port = PortId{load16(frame.data() + 20)};
    out.network = NetworkId{load16(frame.data() + 22)};
    out.sent_ms = load32(frame.data() + 24);
    std::uint64_t signature;
    std::memcpy(&signature, frame.data() + 32, sizeof signature);
    return signature == out.sign(seed);
  }

 private:
  [[nodiscard]] std::uint64_t sign(HashSeed seed) const noexcept {
    return hash_words(seed, std::uint64_t{port.value} << 16 | network.value, ~std::uint64_t{sent_ms});
  }
};

}  // namespace vsw
