#include "state/tcp_segment.hpp"

namespace vsw {

namespace {

constexpr std::uint8_t kOptionEnd = 0, kOptionNone = 1, kOptionScale = 3, kOptionTimestamps = 8;

}  // namespace

void TcpSegment::read_options(const std::byte* header, std::uint32_t header_length) noexcept {
  for (std::uint32_t at = Tcp::kLength; at < header_length;) {
    const auto kind = std::to_integer<std::uint8_t>(header[at]);
    if (kind == kOptionEnd) return;
    if (kind == kOptionNone) {
      ++at;
      continue;
    }
    if (at + 1 >= header_length) return;
    const auto size = std::to_integer<std::uint8_t>(header[at + 1]);
    if (size < 2 || at + size > header_length) return;
    if (kind == kOptionScale && size == 3) {
      const auto shift = std::to_integer<std::uint8_t>(header[at + 2]);
      scale = static_cast<std::int8_t>(shift > 14 ? 14 : shift);  // RFC 7323, 2.3: more means 14
    }
    if (kind == kOptionTimestamps && size == 10) timestamps = true;
    at += size;
  }
}

}  // namespace vsw
