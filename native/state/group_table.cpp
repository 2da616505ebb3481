#include "state/group_table.hpp"

#include <bit>

namespace vsw {

namespace {

constexpr std::uint32_t kPseudoGroups = 2'048;  // room that no port's wishes can use up
constexpr std::uint32_t kForgetAtOnce = 256;    // memberships looked at with the lock held

bool is_over(std::uint32_t now_ms, std::uint32_t at_ms) noexcept { return static_cast<std::int32_t>(now_ms - at_ms) >= 0; }

std::uint32_t place_of(NetworkId network, GroupTable::Role role) noexcept {
  return std::uint32_t{network.value} << 8 | static_cast<std::uint32_t>(role);
}
NetworkId network_of(std::uint32_t place) noexcept { return NetworkId{static_cast<std::uint16_t>(place >> 8)}; }
GroupTable::Role role_of(std::uint32_t place) noexcept { return static_cast<GroupTable::Role>(place & 0xff); }

// Pseudo-groups are kept under the unspecified address of their family.
Ip address_of(const Ip& group, GroupTable::Role role) noexcept {
  if (role == GroupTable::Role::kMember) return group;
  constexpr std::uint8_t kNothing[4] = {0, 0, 0, 0};
  return group.is_v4() ? Ip::v4(kNothing) : Ip{};
}

}  // namespace

GroupTable::GroupTable(std::uint32_t groups, std::uint32_t memberships, std::uint32_t ports, HashSeed seed)
    : seed_(seed),
      groups_max_(groups),
      members_max_(memberships),
      groups_all_(groups + kPseudoGroups),
      members_all_(memberships + 4 * ports),
      words_((ports + 63) / 64) {
  groups_ = Region(sizeof(Group) * (groups_all_ + 1));
  bits_ = Region(sizeof(std::uint64_t) * words_ * (groups_all_ + 1));
  members_ = Region(sizeof(Member) * (members_all_ + 1));
  group_mask_ = std::bit_ceil(groups_all_) - 1;
  member_mask_ = std::bit_ceil(members_all_) - 1;
  group_heads_ = Region(sizeof(std::atomic<std::uint32_t>) * (group_mask_ + 1));
  member_heads_ = Region(sizeof(std::uint32_t) * (member_mask_ + 1));
  held_ = Region(sizeof(std::uint32_t) * ports);
  sets_ = Region(sizeof(Set) * 2 * 65'536);
}

std::uint32_t GroupTable::bucket_of(std::uint32_t place, const Ip& group) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, group.bytes.data(), 16);
  return static_cast<std::uint32_t>(hash_words(seed_, words[0], words[1], place, 0)) & group_mask_;
}

std::uint32_t GroupTable::bucket_of(std::uint32_t group, PortId port) const noexcept {
  return static_cast<std::uint32_t>(hash_words(seed_, group, port.value)) & member_mask_;
}

std::uint32_t GroupTable::find_group(std::uint32_t place, const Ip& address) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, address.bytes.data(), 16);
  const auto* heads = group_heads_.as<std::atomic<std::uint32_t>>();
  std::uint32_t number = heads[bucket_of(place, address)].load(std::memory_order_acquire);
  for (std::uint32_t step = 0; number != kNone && step < kStepsMax; ++step) {
    const Group& candidate = group(number);
    if (candidate.place.load(std::memory_order_acquire) == place &&
        candidate.address[0].load(std::memory_order_relaxed) == words[0] &&
        candidate.address[1].load(std::memory_order_relaxed) == words[1])
      return number;
    number = candidate.next.load(std::memory_order_acquire);
  }
  return kNone;
}

std::uint32_t GroupTable::find(NetworkId network, const Ip& address) const noexcept {
  return find_group(place_of(network, Role::kMember), address);
}

void GroupTable::set_filters(NetworkId network, bool v6, bool filters) noexcept {
  if (set(network, v6).filters.exchange(filters ? 1 : 0, std::memory_order_acq_rel) != (filters ? 1u : 0u)) changed();
}

std::uint32_t GroupTable::find_member(std::uint32_t group_number, PortId port) const noexcept {
  std::uint32_t number = member_heads_.as<std::uint32_t>()[bucket_of(group_number, port)];
  while (number != kNone && !(member(number).group == group_number && member(number).port == port))
    number = member(number).next;
  return number;
}

std::uint32_t GroupTable::make_group(std::uint32_t place, const Ip& address, bool pseudo) noexcept {
  if (!pseudo && group_count_ >= groups_max_) return kNone;
  std::uint32_t number = free_group_;
  if (number != kNone) free_group_ = group(number).next.load(std::memory_order_relaxed);
  else if (used_groups_ < groups_all_) number = ++used_groups_;
  else return kNone;
  if (!pseudo) ++group_count_;
  Group& made = group(number);
  std::uint64_t words[2];
  std::memcpy(words, address.bytes.data(), 16);
  made.address[0].store(words[0], std::memory_order_relaxed);
  made.address[1].store(words[1], std::memory_order_relaxed);
  made.place.store(place, std::memory_order_release);
  made.members = 0;
  std::atomic<std::uint32_t>& head = group_heads_.as<std::atomic<std::uint32_t>>()[bucket_of(place, address)];
  made.next.store(head.load(std::memory_order_relaxed), std::memory_order_relaxed);
  head.store(number, std::memory_order_release);
  Set& here = set(network_of(place), !address.is_v4());
  if (role_of(place) == Role::kRouter) here.routers.store(number, std::memory_order_release);
  if (role_of(place) == Role::kEverything) here.everything.store(number, std::memory_order_release);
  changed();
  return number;
}

void GroupTable::remove_group(std::uint32_t number) noexcept {
  Group& gone = group(number);
  const std::uint32_t place = gone.place.load(std::memory_order_relaxed);
  Ip address;
  const std::uint64_t words[2] = {gone.address[0].load(std::memory_order_relaxed),
                                  gone.address[1].load(std::memory_order_relaxed)};
  std::memcpy(address.bytes.data(), words, 16);
  Set& here = set(network_of(place), !address.is_v4());
  if (role_of(place) == Role::kRouter) here.routers.store(kNone, std::memory_order_release);
  if (role_of(place) == Role::kEverything) here.everything.store(kNone, std::memory_order_release);
  if (role_of(place) == Role::kMember) --group_count_;
  std::atomic<std::uint32_t>* link = &group_heads_.as<std::atomic<std::uint32_t>>()[bucket_of(place, address)];
  while (link->load(std::memory_order_relaxed) != number) link = &group(link->load(std::memory_order_relaxed)).next;
  link->store(gone.next.load(std::memory_order_relaxed), std::memory_order_release);
  gone.place.store(0, std::memory_order_release);
  gone.next.store(free_group_, std::memory_order_release);
  free_group_ = number;
  changed();
}

GroupTable::Joined GroupTable::join(NetworkId network, const Ip& wanted, PortId port, Role role,
                                    std::uint32_t expires_ms, std::uint32_t groups_max) noexcept {
  const Ip address = address_of(wanted, role);
  const std::uint32_t place = place_of(network, role);
  const bool pseudo = role != Role::kMember;
  std::uint32_t& held = held_.as<std::uint32_t>()[port.value];
  const SpinGuard guard(writers_);
  std::uint32_t of = find_group(place, address);
  if (const std::uint32_t known = of == kNone ? kNone : find_member(of, port); known != kNone) {
    Member& member = this->member(known);
    if (!is_over(member.expires_ms, expires_ms)) member.expires_ms = expires_ms;
    member.asks = 0;
    return Joined::kKnown;
  }
  const std::uint32_t count = memberships_.load(std::memory_order_relaxed);
  if (pseudo ? count >= members_all_ : count >= members_max_ || held >= groups_max) return Joined::kRefused;
  if (of == kNone) of = make_group(place, address, pseudo);
  if (of == kNone) return Joined::kRefused;
  std::uint32_t number = free_member_;
  if (number != kNone) {
    free_member_ = member(number).next;
  } else {
    number = used_members_.load(std::memory_order_relaxed) + 1;
    used_members_.store(number, std::memory_order_relaxed);
  }
  std::uint32_t& head = member_heads_.as<std::uint32_t>()[bucket_of(of, port)];
  member(number) = {of, head, port, 0, false, expires_ms, 0, 0, 0};
  head = number;
  if (!pseudo) ++held;
  ++group(of).members;
  memberships_.store(count + 1, std::memory_order_relaxed);
  word_of(of, port.value / 64u).fetch_or(std::uint64_t{1} << port.value % 64, std::memory_order_relaxed);
  return Joined::kNew;
}

void GroupTable::remove_member(std::uint32_t number) noexcept {
  Member& gone = member(number);
  const std::uint32_t of = gone.group;
  std::uint32_t* link = &member_heads_.as<std::uint32_t>()[bucket_of(of, gone.port)];
  while (*link != number) link = &member(*link).next;
  *link = gone.next;
  word_of(of, gone.port.value / 64u).fetch_and(~(std::uint64_t{1} << gone.port.value % 64), std::memory_order_relaxed);
  if (role_of(group(of).place.load(std::memory_order_relaxed)) == Role::kMember)
    --held_.as<std::uint32_t>()[gone.port.value];
  gone.group = kNone;
  gone.next = free_member_;
  free_member_ = number;
  memberships_.fetch_sub(1, std::memory_order_relaxed);
  if (--group(of).members == 0) remove_group(of);
}

void GroupTable::hold_version1(NetworkId network, const Ip& address, PortId port, std::uint32_t until_ms) noexcept {
  const SpinGuard guard(writers_);
  const std::uint32_t of = find_group(place_of(network, Role::kMember), address);
  const std::uint32_t number = of == kNone ? kNone : find_member(of, port);
  if (number == kNone) return;
  member(number).version1 = true;
  member(number).version1_until_ms = until_ms;
}

bool GroupTable::doubt(NetworkId network, const Ip& address, PortId port, std::uint32_t now_ms,
                       std::uint32_t expires_ms, std::uint8_t asks, std::uint32_t ask_every_ms) noexcept {
  const SpinGuard guard(writers_);
  const std::uint32_t of = find_group(place_of(network, Role::kMember), address);
  const std::uint32_t number = of == kNone ? kNone : find_member(of, port);
  if (number == kNone) return false;
  Member& member = this->member(number);
  if (member.version1 && !is_over(now_ms, member.version1_until_ms)) return false;
  if (is_over(expires_ms, member.expires_ms)) return false;
  member.expires_ms = expires_ms;
  member.asks = asks;
  member.ask_ms = now_ms + ask_every_ms;
  member.ask_every_ms = ask_every_ms;
  return true;
}

bool GroupTable::leave(NetworkId network, const Ip& address, PortId port, std::uint32_t now_ms) noexcept {
  const SpinGuard guard(writers_);
  const std::uint32_t of = find_group(place_of(network, Role::kMember), address);
  const std::uint32_t number = of == kNone ? kNone : find_member(of, port);
  if (number == kNone) return false;
  if (member(number).version1 && !is_over(now_ms, member(number).version1_until_ms)) return false;
  remove_member(number);
  return true;
}

void GroupTable::forget(NetworkId network, PortId port) noexcept {
  for (std::uint32_t first = 1; first <= used(); first += kForgetAtOnce) {
    const SpinGuard guard(writers_);
    for (std::uint32_t number = first; number < first + kForgetAtOnce && number <= used(); ++number) {
      const Member& member = this->member(number);
      if (member.group == kNone || (port && !(member.port == port))) continue;
      if (network && !(network_of(group(member.group).place.load(std::memory_order_relaxed)) == network)) continue;
      remove_member(number);
    }
  }
}

GroupTable::Membership GroupTable::membership_of(const Member& member) const noexcept {
  const Group& of = group(member.group);
  const std::uint32_t place = of.place.load(std::memory_order_relaxed);
  const std::uint64_t words[2] = {of.address[0].load(std::memory_order_relaxed),
                                  of.address[1].load(std::memory_order_relaxed)};
  Membership out{network_of(place), member.port, role_of(place), {}, member.expires_ms};
  std::memcpy(out.group.bytes.data(), words, 16);
  return out;
}

bool GroupTable::read(std::uint32_t number, Membership& out) noexcept {
  const SpinGuard guard(writers_);
  if (member(number).group == kNone) return false;
  out = membership_of(member(number));
  return true;
}

std::uint32_t GroupTable::sweep(std::uint32_t& cursor, std::uint32_t& budget, std::uint32_t now_ms, Due* due,
                                std::uint32_t due_max) noexcept {
  const SpinGuard guard(writers_);
  std::uint32_t told = 0;
  for (; budget > 0 && told < due_max; --budget) {
    if (cursor >= used()) cursor = 0;
    const std::uint32_t number = ++cursor;
    if (number > used()) break;
    Member& member = this->member(number);
    if (member.group == kNone) continue;
    if (is_over(now_ms, member.expires_ms)) {
      due[told++] = {Due::Kind::kExpired, membership_of(member)};
      remove_member(number);
    } else if (member.asks > 0 && is_over(now_ms, member.ask_ms)) {
      due[told++] = {Due::Kind::kAsk, membership_of(member)};
      --member.asks;
      member.ask_ms = now_ms + member.ask_every_ms;
    }
  }
  return told;
}

}  // namespace vsw
