// A TCP story: segments as lines of text, each with what must be said of it and the state behind it.
//
// "A SA seq 5000 ack 1001 length 10 window 512 scale 7 valid syn_received": who sends (A or B), flags (S F R A P U,
// or 0 for none), numbers that are 0 when absent (a window: 1000), then valid, challenge, reopened, or a reason
// of an invalid segment (flags, state, sequence, acknowledgement, reset), then the state.
#pragma once
#include <cstdint>
#include <sstream>
#include <string>

#include "native/tap.hpp"
#include "state/tcp_connection.hpp"

namespace vsw::test {

inline std::string name_of(const Tracked& tracked) {
  constexpr const char* kWhat[] = {"valid", "challenge", "reopened"};
  constexpr const char* kWhy[] = {"none", "flags", "state", "sequence", "acknowledgement", "reset", "tag"};
  return tracked.what == Tracked::What::kInvalid ? kWhy[static_cast<std::size_t>(tracked.why)]
                                                 : kWhat[static_cast<std::size_t>(tracked.what)];
}

inline std::uint8_t flags_of(const std::string& letters) {
  std::uint8_t flags = 0;
  for (const char letter : letters) {
    const std::size_t at = std::string("FSRPAU").find(letter);
    if (at != std::string::npos) flags = static_cast<std::uint8_t>(flags | 1u << at);
  }
  return flags;
}

inline void play(TcpConnection& connection, const char* file, int line, const std::string& text, bool loose = false) {
  std::istringstream lines(text);
  for (std::string step; std::getline(lines, step); ++line) {
    std::istringstream words(step);
    std::string sender, flags, word, state;
    if (!(words >> sender >> flags)) continue;
    TcpSegment segment;
    segment.flags = flags_of(flags);
    segment.window = 1'000;
    while (words >> word) {
      std::int64_t number = 0;
      if (word == "timestamps") {
        segment.timestamps = true;
        continue;
      }
      const bool numbered = word == "seq" || word == "ack" || word == "length" || word == "window" || word == "scale";
      if (!numbered) break;
      words >> number;
      if (word == "seq") segment.sequence = static_cast<std::uint32_t>(number);
      if (word == "ack") segment.acknowledgement = static_cast<std::uint32_t>(number);
      if (word == "length") segment.length = static_cast<std::uint32_t>(number);
      if (word == "window") segment.window = static_cast<std::uint16_t>(number);
      if (word == "scale") segment.scale = static_cast<std::int8_t>(number);
    }
    words >> state;
    const std::string said = name_of(connection.track(sender == "A" ? 0 : 1, segment, loose));
    const std::string now = vsw::name_of(connection.state());
    if (said != word || now != state) {
      fail(file, line, step + ": it was " + said + " " + now);
      return;
    }
  }
}

}  // namespace vsw::test

#define PLAY(connection, ...) ::vsw::test::play(connection, __FILE__, __LINE__, __VA_ARGS__)
