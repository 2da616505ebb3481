// Forwarder: what a worker does with a batch: parse, look up, judge what is new, hand on.
// Home: worker.
//
// Three passes over the batch, each fetching into the cache what the next one needs: parse and hash;
// find the candidate record; verify it and act. A hit costs one comparison of grounds. When the
// grounds changed, the entry is compared with what it rests on and re-stamped, or judged again by the
// pipeline, as every miss is.
#pragma once
#include <array>
#include <cstdint>
#include "packet/batch.hpp"
#include "packet/pool.hpp"
#include "pipeline/stage.hpp"
#include "telemetry/events.hpp"
#include "worker/egress.hpp"
#include "worker/fabric.hpp"
#include "worker/finding.hpp"
#include "worker/flow_book.hpp"
#include "worker/fragment_verdict.hpp"
#include "worker/snooper.hpp"
#include "worker/witness.hpp"

namespace vsw {

class Forwarder {
 public:
  Forwarder(Fabric& fabric, std::uint32_t worker, Pool& pool, EventRing& events);
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Ends the life of every packet in the batch, all of them received from `ingress`, and empties it.
  void process(const Generation& generation, PortId ingress, Batch& batch, std::uint64_t now_ns) noexcept;
  [[nodiscard]] Snooper& snooper() noexcept { return snooper_; }
  // Fragments that waited too long, or (a port) all that came by it, end.
  void end_fragments(PortId port, std::uint64_t now_ns) noexcept;
  [[nodiscard]] bool holds_fragments() const noexcept { return fragments_.held() > 0; }
  [[nodiscard]] Answerer& answerer() noexcept { return answerer_; }
  [[nodiscard]] FlowBook& book() noexcept { return book_; }

 private:
  // kProvesNothing: it passes, and its connection lives no longer for it. kJudged: the stages must be asked.
  enum class Followed : std::uint8_t { kPasses, kProvesNothing, kDead, kJudged };

  template <class Key>
  Lane* look_up(const FlowCache<Key>& cache, Lane* lane, const Lane* end) noexcept;
  template <class Key>
  const Lane* act(FlowCache<Key>& cache, Moment& moment, const Lane* lane, const Lane* end) noexcept;
  template <class Key>
  bool take_hit(FlowCache<Key>& cache, const Lane& lane, Moment& moment, Packet& packet) noexcept;
  template <class Key>
  [[nodiscard]] std::uint32_t find(const FlowCache<Key>& cache, const Lane& lane, PortId ingress) const noexcept;
  template <class Key>
  void hear(Flow<Key>& flow, const Lane& lane, const Moment& moment) noexcept;
  template <class Key>
  void pass_on(Flow<Key>& flow, const Lane& lane, Moment& moment, Packet& packet) noexcept;
  template <class Key>
  Followed follow(Flow<Key>& flow, std::uint64_t word, std::size_t side, Moment& moment, Packet& packet) noexcept;
  void judge(const Lane& lane, Moment& moment, Packet& packet) noexcept;
  DropReason judge_as(Finding finding, const Lane& lane, Moment& moment, Packet& packet) noexcept;
  void judge_fragment(const Lane& lane, Moment& moment, Packet& packet) noexcept;
  void pass_fragment(const FragmentVerdict& verdict, const Lane& lane, Moment& moment, Packet& packet) noexcept;
  [[nodiscard]] Packet* copy_of(const Packet& packet) noexcept;
  void end_held(Packet& held, DropReason reason, std::uint64_t now_ns) noexcept;
  void witness(const Lookup& lookup, const Program& program, std::uint64_t now_ns) noexcept;
  [[nodiscard]] bool ingress_allows(Lookup& lookup, const PortEntry& receiver, Program& program, std::uint64_t now_ns) noexcept;
  void deny(const Lane& lane, Moment& moment, Packet& packet, const Program& program) noexcept;
  void flood(const Lane& lane, Moment& moment, Packet& packet, FloodSet set, std::uint32_t group, const Standing& standing,
             bool heard = false) noexcept;
  void hand_over(const Lane& lane, Moment& moment, const PortEntry& receiver, Packet& packet) noexcept;
  [[nodiscard]] bool is_storm(const Lane& lane, const Moment& moment, Packet& packet, const Mac& destination) noexcept;
  void take_back(const Lane& lane, const Moment& moment, const Packet& packet) noexcept;
  void learn(const Lane& lane, const Moment& moment, const Packet& packet) noexcept;
  void capture(PortId port, const Batch& batch, std::uint64_t now_ns) noexcept;
  void drop(const PortId port, Packet& packet, DropReason reason, std::uint64_t now_ns) noexcept;

  Fabric& fabric_;
  const std::uint32_t worker_;
  Pool& pool_;
  EventRing& events_;
  CounterPage page_;
  Egress egress_;
  Snooper snooper_;
  Answerer answerer_;
  Witness witness_;
  FlowBook book_;
  FragmentTable fragments_;
  std::array<Lane, Batch::kCapacity> lanes_;
};

}  // namespace vsw
