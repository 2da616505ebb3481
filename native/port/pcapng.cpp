#include "port/pcapng.hpp"

#include <cstring>

namespace vsw {

namespace {

constexpr std::uint32_t kSection = 0x0a0d'0d0a, kInterface = 1, kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrder = 0x1a2b'3c4d;
constexpr std::uint16_t kEnd = 0, kComment = 1, kName = 2, kTimeResolution = 9, kFlags = 2, kApplication = 4;
constexpr std::uint16_t kLinkTypeEthernet = 1;
constexpr std::uint32_t kInbound = 1, kOutbound = 2;
constexpr std::size_t kCommentMax = 60'000;
constexpr std::uint32_t kClassicNanoseconds = 0xa1b2'3c4d;

template <class Number>
void append(CaptureBytes& out, Number number) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&number);
  out.insert(out.end(), bytes, bytes + sizeof number);
}

void append_bytes(CaptureBytes& out, std::span<const std::byte> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Everything in a block begins at a multiple of four, which the block itself does.
void pad(CaptureBytes& out, std::size_t start) {
  while ((out.size() - start) % 4 != 0) out.push_back(std::byte{0});
}

void append_option(CaptureBytes& out, std::size_t start, std::uint16_t code, std::span<const std::byte> value) {
  append(out, code);
  append(out, static_cast<std::uint16_t>(value.size()));
  append_bytes(out, value);
  pad(out, start);
}

std::size_t begin_block(CaptureBytes& out, std::uint32_t type) {
  const std::size_t start = out.size();
  append(out, type);
  append(out, std::uint32_t{0});
  return start;
}

void end_block(CaptureBytes& out, std::size_t start) {
  const auto length = static_cast<std::uint32_t>(out.size() - start + 4);
  append(out, length);
  std::memcpy(out.data() + start + 4, &length, sizeof length);
}

}  // namespace

void append_section(CaptureBytes& out) {
  const std::size_t start = begin_block(out, kSection);
  append(out, kByteOrder);
  append(out, std::uint16_t{1});
  append(out, std::uint16_t{0});
  append(out, ~std::uint64_t{0});  // its length is not known yet
  append_option(out, start, kApplication, std::as_bytes(std::span(std::string_view("vswitch"))));
  append_option(out, start, kEnd, {});
  end_block(out, start);
}

void append_interface(CaptureBytes& out, std::string_view name, std::uint32_t snapshot_length) {
  const std::size_t start = begin_block(out, kInterface);
  append(out, kLinkTypeEthernet);
  append(out, std::uint16_t{0});
  append(out, snapshot_length);
  append_option(out, start, kName, std::as_bytes(std::span(name)));
  const std::byte nanoseconds{9};
  append_option(out, start, kTimeResolution, {&nanoseconds, 1});
  append_option(out, start, kEnd, {});
  end_block(out, start);
}

void append_frame(CaptureBytes& out, const CapturedFrame& frame) {
  const std::size_t start = begin_block(out, kEnhancedPacket);
  append(out, frame.interface);
  append(out, static_cast<std::uint32_t>(frame.time_ns >> 32));
  append(out, static_cast<std::uint32_t>(frame.time_ns));
  append(out, static_cast<std::uint32_t>(frame.head.size() + frame.tail.size()));
  append(out, frame.length);
  append_bytes(out, frame.head);
  append_bytes(out, frame.tail);
  pad(out, start);
  // First, because some readers look for it nowhere else.
  if (!frame.comment.empty())
    append_option(out, start, kComment, std::as_bytes(std::span(frame.comment.substr(0, kCommentMax))));
  const std::uint32_t flags = frame.transmitted ? kOutbound : kInbound;
  append_option(out, start, kFlags, std::as_bytes(std::span(&flags, 1)));
  append_option(out, start, kEnd, {});
  end_block(out, start);
}

std::string comment_of(const Offload& offload, std::string_view fate) {
  std::string comment(fate);
  const auto add = [&](const std::string& part) { comment += (comment.empty() ? "" : ", ") + part; };
  if (offload.gso != Offload::Gso::kNone) add("super-frame in segments of " + std::to_string(offload.gso_size));
  else if (offload.needs_checksum) add("checksum left to the receiver");
  return comment;
}

void append_classic_header(CaptureBytes& out, std::uint32_t snapshot_length) {
  append(out, kClassicNanoseconds);
  append(out, std::uint16_t{2});
  append(out, std::uint16_t{4});
  append(out, std::uint64_t{0});
  append(out, snapshot_length);
  append(out, std::uint32_t{kLinkTypeEthernet});
}

void append_classic_frame(CaptureBytes& out, const CapturedFrame& frame) {
  append(out, static_cast<std::uint32_t>(frame.time_ns / 1'000'000'000));
  append(out, static_cast<std::uint32_t>(frame.time_ns % 1'000'000'000));
  append(out, static_cast<std::uint32_t>(frame.head.size() + frame.tail.size()));
  append(out, frame.length);
  append_bytes(out, frame.head);
  append_bytes(out, frame.tail);
}

}  // namespace vsw
