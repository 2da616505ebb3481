#include "state/fragment_table.hpp"

#include "base/assert.hpp"

namespace vsw {

namespace {

constexpr std::uint32_t kBuckets = 1'024, kPorts = 65'536;

std::uint16_t units_of(std::uint32_t bytes) noexcept { return static_cast<std::uint16_t>((bytes + 7) / 8); }

}  // namespace

FragmentTable::FragmentTable(HashSeed seed, std::uint32_t timeout_ms)
    : seed_(seed),
      timeout_ms_(timeout_ms),
      datagrams_(sizeof(Datagram) * (kDatagrams + 1)),
      ports_(sizeof(Port) * kPorts),
      helds_(sizeof(Held) * (kHeldNodes + 1)),
      buckets_(sizeof(std::uint16_t) * kBuckets) {
  for (std::uint16_t number = kHeldNodes; number > 0; --number) {
    held_node(number).next = free_held_;
    free_held_ = number;
  }
}

FragmentTable::~FragmentTable() { VSW_ASSERT(held_ == 0); }

std::uint16_t FragmentTable::make_way(const Fragment& fragment, NetworkId network, PortId ingress, std::uint32_t now_ms) noexcept {
  const std::uint16_t number = find(fragment, network, ingress);
  if (number == 0) make_room(ingress);
  if (number == 0 || now_ms - datagram(number).began_ms < timeout_ms_) return number;
  remove(number, DropReason::k_fragment_expired);
  return 0;
}

FragmentTable::Answer FragmentTable::take(std::uint16_t number, const Fragment& fragment, Packet& packet) noexcept {
  Datagram& known = datagram(number);
  if (known.is_dead) return {.reason = DropReason::k_fragment_overlap};
  const Fit fits = fit(known, fragment);
  if (fits == Fit::kDuplicate) return {.reason = DropReason::k_fragment_overlap};
  if (fits == Fit::kOverlaps) {
    known.is_dead = true;
    kill_held(known, DropReason::k_fragment_overlap);
    return {.reason = DropReason::k_fragment_overlap};
  }
  const bool waits = !known.is_judged && !fragment.is_first();
  if (fits == Fit::kTooMany || (waits && !hold(known, packet))) return {.reason = DropReason::k_fragments_exhausted};
  add_piece(known, fragment);
  if (waits) return {.what = What::kHeld, .datagram = number};
  if (fragment.is_first()) return {.what = What::kJudge, .datagram = number};
  remove_if_complete(number);  // its memory stays as it is until the next one begins
  return {.what = What::kJudged, .datagram = number, .judgement = &known.judgement};
}

std::uint64_t FragmentTable::bucket_of(const Ip& source, const Ip& destination, std::uint32_t id,
                                       NetworkId network) const noexcept {
  std::uint64_t words[4];
  std::memcpy(words, &source, sizeof source);
  std::memcpy(words + 2, &destination, sizeof destination);
  const std::uint64_t addresses = hash_words(seed_, words[0], words[1], words[2], words[3]);
  return hash_words(seed_, addresses, std::uint64_t{id} << 16 | network.value) % kBuckets;
}

std::uint16_t FragmentTable::find(const Fragment& fragment, NetworkId network, PortId ingress) const noexcept {
  const std::uint64_t bucket = bucket_of(fragment.source, fragment.destination, fragment.id, network);
  const std::uint8_t protocol = fragment.v6 ? 0 : fragment.protocol;
  for (std::uint16_t number = buckets_.as<std::uint16_t>()[bucket]; number != 0; number = datagram(number).next_in_bucket) {
    const Datagram& known = datagram(number);
    if (known.id == fragment.id && known.network == network && known.ingress == ingress && known.v6 == fragment.v6 &&
        known.protocol == protocol && known.source == fragment.source && known.destination == fragment.destination)
      return number;
  }
  return 0;
}

// Who suffers when there is no room: the port itself when it has its share, otherwise whoever has most.
void FragmentTable::make_room(PortId ingress) noexcept {
  if (port(ingress).datagrams >= kDatagramsOfPort) return remove(port(ingress).oldest, DropReason::k_fragments_exhausted);
  if (count_ < kDatagrams) return;
  PortId most = datagram(oldest_).ingress;
  for (std::uint16_t number = oldest_; number != 0; number = datagram(number).younger)
    if (port(datagram(number).ingress).datagrams > port(most).datagrams) most = datagram(number).ingress;
  remove(port(most).oldest, DropReason::k_fragments_exhausted);
}

std::uint16_t FragmentTable::begin(const Fragment& fragment, NetworkId network, PortId ingress,
                                   std::uint32_t now_ms) noexcept {
  const std::uint16_t number = free_ != 0 ? free_ : ++fresh_;
  if (free_ != 0) free_ = datagram(number).next_in_bucket;
  Datagram& known = datagram(number);
  known.source = fragment.source;
  known.destination = fragment.destination;
  known.id = fragment.id;
  known.network = network;
  known.ingress = ingress;
  known.began_ms = now_ms;
  known.protocol = fragment.v6 ? 0 : fragment.protocol;
  known.v6 = fragment.v6;
  known.is_judged = known.is_dead = false;
  known.piece_count = known.held_count = 0;
  known.total = known.total_bytes = known.seen = known.first_held = known.last_held = 0;

  std::uint16_t& bucket =
      buckets_.as<std::uint16_t>()[bucket_of(fragment.source, fragment.destination, fragment.id, network)];
  known.next_in_bucket = bucket;
  bucket = number;
  known.older = youngest_;
  known.younger = 0;
  (youngest_ != 0 ? datagram(youngest_).younger : oldest_) = number;
  youngest_ = number;
  Port& sender = port(ingress);
  known.older_of_port = sender.youngest;
  known.younger_of_port = 0;
  (sender.youngest != 0 ? datagram(sender.youngest).younger_of_port : sender.oldest) = number;
  sender.youngest = number;
  ++sender.datagrams;
  ++count_;
  return number;
}

void FragmentTable::remove(std::uint16_t number, DropReason reason) noexcept {
  Datagram& known = datagram(number);
  kill_held(known, reason);
  std::uint16_t* link =
      &buckets_.as<std::uint16_t>()[bucket_of(known.source, known.destination, known.id, known.network)];
  while (*link != number) link = &datagram(*link).next_in_bucket;
  *link = known.next_in_bucket;
  (known.older != 0 ? datagram(known.older).younger : oldest_) = known.younger;
  (known.younger != 0 ? datagram(known.younger).older : youngest_) = known.older;
  Port& sender = port(known.ingress);
  (known.older_of_port != 0 ? datagram(known.older_of_port).younger_of_port : sender.oldest) = known.younger_of_port;
  (known.younger_of_port != 0 ? datagram(known.younger_of_port).older_of_port : sender.youngest) = known.older_of_port;
  --sender.datagrams;
  --count_;
  known.next_in_bucket = free_;
  free_ = number;
}

void FragmentTable::remove_if_complete(std::uint16_t number) noexcept {
  const Datagram& known = datagram(number);
  if (known.is_judged && known.total != 0 && known.seen == known.total) remove(number, DropReason::kNone);
}

FragmentTable::Fit FragmentTable::fit(const Datagram& known, const Fragment& fragment) const noexcept {
  const std::uint16_t start = units_of(fragment.offset), end = units_of(fragment.end());
  const bool ends = known.total != 0;
  bool contradicts = ends && (fragment.more ? end >= known.total : end != known.total);
  for (std::uint32_t i = 0; i < known.piece_count; ++i) {
    const Piece& piece = known.piece[i];
    const bool is_last = ends && piece.end == known.total;
    const bool same_end = is_last == !fragment.more && (!is_last || fragment.end() == known.total_bytes);
    if (piece.start == start && piece.end == end && same_end) return Fit::kDuplicate;
    if (start < piece.end && piece.start < end) contradicts = true;
    if (!fragment.more && piece.end > end) contradicts = true;
  }
  if (contradicts) return Fit::kOverlaps;
  return known.piece_count < kPieces ? Fit::kFits : Fit::kTooMany;
}

void FragmentTable::add_piece(Datagram& known, const Fragment& fragment) noexcept {
  const Piece piece{units_of(fragment.offset), units_of(fragment.end())};
  known.piece[known.piece_count++] = piece;
  known.seen = static_cast<std::uint16_t>(known.seen + piece.end - piece.start);
  if (fragment.more) return;
  known.total = piece.end;
  known.total_bytes = static_cast<std::uint16_t>(fragment.end());
}

// Who suffers when no more may wait: the port itself when it has its share, otherwise whoever has most; of that port the
// oldest datagram for which something waits, but for the one at hand. False: there is none.
bool FragmentTable::make_room_to_wait(const Datagram& known) noexcept {
  PortId most = known.ingress;
  if (port(most).held < kHeldOfPort) {
    if (held_ < kHeld) return true;
    for (std::uint16_t number = oldest_; number != 0; number = datagram(number).younger)
      if (port(datagram(number).ingress).held > port(most).held) most = datagram(number).ingress;
  }
  for (std::uint16_t number = port(most).oldest; number != 0; number = datagram(number).younger_of_port) {
    if (datagram(number).held_count == 0 || &datagram(number) == &known) continue;
    remove(number, DropReason::k_fragments_exhausted);
    return true;
  }
  return false;
}

// A super-frame's rest lies in a buffer that the next one needs.
bool FragmentTable::hold(Datagram& known, Packet& packet) noexcept {
  Port& sender = port(known.ingress);
  if (packet.tail_length != 0 || known.held_count >= kHeldOfDatagram || !make_room_to_wait(known)) return false;
  const std::uint16_t number = free_held_;
  Held& node = held_node(number);
  free_held_ = node.next;
  node = {&packet, 0, DropReason::kNone};
  (known.last_held != 0 ? held_node(known.last_held).next : known.first_held) = number;
  known.last_held = number;
  ++known.held_count;
  ++sender.held;
  ++held_;
  return true;
}

// The chain's first packet; the chain goes on behind it.
Packet* FragmentTable::let_go(std::uint16_t& chain) noexcept {
  const std::uint16_t number = chain;
  Held& node = held_node(number);
  chain = node.next;
  if (number == last_dead_) last_dead_ = 0;
  node.next = free_held_;
  free_held_ = number;
  return node.packet;
}

void FragmentTable::kill_held(Datagram& known, DropReason reason) noexcept {
  if (known.first_held == 0) return;
  for (std::uint16_t number = known.first_held; number != 0; number = held_node(number).next)
    held_node(number).reason = reason;
  (last_dead_ != 0 ? held_node(last_dead_).next : dead_) = known.first_held;
  last_dead_ = known.last_held;
  wait_no_more(known);
}

void FragmentTable::wait_no_more(Datagram& known) noexcept {
  port(known.ingress).held = static_cast<std::uint16_t>(port(known.ingress).held - known.held_count);
  held_ -= known.held_count;
  known.first_held = known.last_held = 0;
  known.held_count = 0;
}

std::uint16_t FragmentTable::judge(std::uint16_t number, const Judgement& judgement) noexcept {
  Datagram& known = datagram(number);
  const std::uint16_t chain = known.first_held;
  known.judgement = judgement;
  known.is_judged = true;
  wait_no_more(known);
  remove_if_complete(number);
  return chain;
}

void FragmentTable::expire(std::uint32_t now_ms) noexcept {
  while (oldest_ != 0 && now_ms - datagram(oldest_).began_ms >= timeout_ms_)
    remove(oldest_, DropReason::k_fragment_expired);
}

void FragmentTable::remove_port(PortId id, DropReason reason) noexcept {
  while (port(id).oldest != 0) remove(port(id).oldest, reason);
}

void FragmentTable::remove_all(DropReason reason) noexcept {
  while (oldest_ != 0) remove(oldest_, reason);
}

}  // namespace vsw
