#include "worker/capture_tap.hpp"

#include <algorithm>
#include <cstring>

#include "wire/arp.hpp"
#include "wire/ipv4.hpp"
#include "wire/ipv6.hpp"

namespace vsw {

namespace {

bool is_about(const Ip& host, const Packet& packet) noexcept {
  const Headers& headers = packet.headers;
  const std::byte* at = packet.data + headers.l3;
  const std::uint32_t left = packet.length > headers.l3 ? packet.length - headers.l3 : 0;
  if (left < (headers.has(Headers::kIpv6) ? Ipv6::kLength : headers.has(Headers::kArp) ? Arp::kLength : Ipv4::kLength))
    return false;  // it died for that
  if (headers.has(Headers::kIpv4)) return Ip::v4(at + Ipv4::kSource) == host || Ip::v4(at + Ipv4::kDestination) == host;
  if (headers.has(Headers::kIpv6)) return Ip::v6(at + Ipv6::kSource) == host || Ip::v6(at + Ipv6::kDestination) == host;
  if (headers.has(Headers::kArp)) return Ip::v4(at + Arp::kSenderIp) == host || Ip::v4(at + Arp::kTargetIp) == host;
  return false;
}

}  // namespace

bool CaptureFilter::wants(PortId at, const Packet& packet, bool is_transmitted, DropReason fate) const noexcept {
  if (port && !(port == at)) return false;
  if (!(is_transmitted ? transmitted : received)) return false;
  if (only_dropped && fate == DropReason::kNone) return false;
  if (reason != DropReason::kNone && reason != fate) return false;
  const Headers& headers = packet.headers;
  const bool is_ip = headers.has(Headers::kIpv4) || headers.has(Headers::kIpv6);
  if (ether_type != 0 && headers.ether_type != ether_type) return false;
  if (protocol != 0 && !(is_ip && headers.protocol == protocol)) return false;
  if (transport_port != 0 && !(headers.has(Headers::kTransport) && (headers.source_port == transport_port ||
                                                                    headers.destination_port == transport_port)))
    return false;
  return host == Ip{} || is_about(host, packet);
}

void CaptureRing::put(const void* from, std::size_t size) noexcept {
  const std::size_t at = staged_ % kBytes, first = std::min(size, kBytes - at);
  if (first > 0) std::memcpy(region_.as<std::byte>() + at, from, first);
  if (size > first) std::memcpy(region_.as<std::byte>(), static_cast<const std::byte*>(from) + first, size - first);
  staged_ += size;
}

void CaptureRing::take(void* to, std::size_t size) noexcept {
  const std::size_t at = taken_ % kBytes, first = std::min(size, kBytes - at);
  if (first > 0) std::memcpy(to, region_.as<std::byte>() + at, first);
  if (size > first) std::memcpy(static_cast<std::byte*>(to) + first, region_.as<std::byte>(), size - first);
  taken_ += size;
}

void CaptureRing::write(const CaptureRecord& record, const Packet& packet) noexcept {
  if (staged_ - read_.load(std::memory_order_acquire) + sizeof record + record.stored > kBytes) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::uint32_t in_head = std::min(record.stored, packet.length);
  put(&record, sizeof record);
  put(packet.data, in_head);
  put(packet.tail, record.stored - in_head);
}

void CaptureTap::write(std::uint32_t worker, PortId port, const Packet& packet, bool transmitted, DropReason fate,
                       std::uint64_t now_ns) noexcept {
  for (std::atomic<CaptureSession*>& slot : sessions_) {
    CaptureSession* session = slot.load(std::memory_order_acquire);
    if (session == nullptr || !session->filter.wants(port, packet, transmitted, fate)) continue;
    const std::uint32_t length = packet.frame_length();
    session->rings[worker].write(
        {now_ns, length, std::min(length, session->snapshot_length), port, fate, transmitted, packet.offload}, packet);
  }
}

void CaptureTap::publish(std::uint32_t worker) noexcept {
  for (std::atomic<CaptureSession*>& slot : sessions_)
    if (CaptureSession* session = slot.load(std::memory_order_acquire)) session->rings[worker].publish();
}

void CaptureTap::show(std::uint32_t slot, CaptureSession* session) noexcept {
  CaptureSession* const before = sessions_[slot].exchange(session, std::memory_order_seq_cst);
  if (before == nullptr && session != nullptr) active_.fetch_add(1, std::memory_order_seq_cst);
  if (before != nullptr && session == nullptr) active_.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace vsw
