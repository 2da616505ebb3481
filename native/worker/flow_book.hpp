// FlowBook: the records of flows: made when something may pass, found true or not when it changed, joined by the other
// end, and ended.
// Home: worker.
//
// A tracked connection needs a record, since nothing else lets its replies through. When there is no room, what is not
// established gives way: of the port that opens a connection first, then of others. An established one never does. So that
// this leaves room for everybody, no port opens more once it has three times what is left in its worker's part of the
// table (dynamic thresholds: Choudhury and Hahne, 1998): one alone gets three quarters, n of them together 3n of 3n + 1 parts.
#pragma once
#include "worker/answerer.hpp"
#include "worker/fabric.hpp"
#include "worker/finding.hpp"
#include "worker/lane.hpp"
#include "worker/witness.hpp"

namespace vsw {

class FlowBook {
 public:
  FlowBook(Fabric& fabric, CounterPage page, Answerer& answerer, Witness& witness) noexcept
      : fabric_(fabric), page_(page), answerer_(answerer), witness_(witness) {}

  // The grounds changed, or this end was never judged. False: the stages must be asked.
  template <class Key>
  [[nodiscard]] bool renew(FlowCache<Key>& cache, std::uint32_t number, const Lane& lane, const Moment& moment) noexcept;
  void forget(const Lane& lane, Finding& finding) noexcept;
  // It died as no part of its connection, which was looked at in a copy.
  void refuse(const Lane& lane, const Moment& moment, const Finding& finding, const Packet& packet) noexcept;
  // What may pass is remembered for the frames that follow, or joins what is. The answer is why it may not pass after
  // all.
  [[nodiscard]] DropReason note(const Lane& lane, const Moment& moment, const Packet& packet, const Program& program,
                                Finding& finding) noexcept;
  // A connection whose ends are to be told when rules allow it no longer is asked about without waiting for its frames.
  template <class Key>
  void recheck(Flow<Key>& flow, const Generation& generation, std::uint64_t now_ns) noexcept;

 private:
  template <class Key>
  bool settle(Flow<Key>& flow, const Worth& worth, const Generation& generation, std::uint64_t now_ns) noexcept;
  template <class Key>
  void witness(const Flow<Key>& flow, const Worth& worth, bool is_news, std::uint64_t now_ns) noexcept;
  template <class Key>
  [[nodiscard]] DropReason remember(FlowCache<Key>& cache, const Lane& lane, const Moment& moment, const Packet& packet,
                                    const Program& program) noexcept;
  template <class Key>
  [[nodiscard]] std::uint32_t take(FlowCache<Key>& cache, const Moment& moment, bool tracked) noexcept;
  template <class Key>
  [[nodiscard]] DropReason join(Flow<Key>& flow, const Lane& lane, const Moment& moment, const Packet& packet) noexcept;

  Fabric& fabric_;
  CounterPage page_;
  Answerer& answerer_;
  Witness& witness_;
};

}  // namespace vsw
