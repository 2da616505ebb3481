// Segmenter: one super-frame as the packets that it stands for, cut at gso_size and nowhere else.
// Home: worker.
//
// Each segment is a complete plain frame, as Linux would have cut it: IP and UDP lengths, IPv4 ids that
// count up, TCP sequence numbers, FIN and PSH on the last segment alone, CWR on the first alone, all
// checksums exact. The super-frame is only read, so it can be flooded to ports that differ.
//
// A segment that fits a slot is copied into it. A longer one (jumbo gso_size) keeps its headers in the
// slot and points with `tail` at its payload inside the super-frame, without a copy; what of it lies in
// front of the super-frame's own tail is copied. So: transmit the segments before the super-frame is
// given back, and do not expect that only the last one of a batch has a tail.
//
// Segmenter segmenter(super);
// while (Packet* segment = pool.take()) { if (!segmenter.next(*segment)) { pool.give(*segment); break; } … }
#pragma once
#include <cstdint>
#include "packet/packet.hpp"

namespace vsw {

class Segmenter {
 public:
  // `super` passed check_offload and has a gso type; it must outlive the segmenter.
  explicit Segmenter(const Packet& super) noexcept;

  // Writes the next segment into `into`, a fresh packet of the pool; false when there is none left.
  bool next(Packet& into) noexcept;

  [[nodiscard]] std::uint32_t remaining() const noexcept { return segment_count_ - done_; }

 private:
  void write_ip(Packet& into, std::uint32_t payload_length) const noexcept;
  void write_transport(Packet& into, std::uint32_t payload_length) const noexcept;

  const Packet& super_;
  std::uint32_t segment_count_;
  std::uint32_t done_ = 0;
};

}  // namespace vsw
