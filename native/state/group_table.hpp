// GroupTable: which ports of a network asked for which multicast groups.
// Shared: every worker looks up; writers keep each other out by one spin lock.
//
// Fixed memory, indices for pointers. A group is a network and an address; its members are a bit a port,
// which a flood reads for every packet, so a port that joins or leaves is seen at once and no flow has
// to be judged again. A membership (group and port) has a time at which it ends. `version` grows when a
// group comes or goes, or a network begins or ends to keep frames back: flows compare it.
//
// Two pseudo-groups a network and family stand beside the real ones: the ports behind which a multicast
// router is, and those that get everything for a while, because what they asked for found no room. So a
// port beyond its share, or one that asks when the table is full, costs itself the frames of groups it
// did not ask for, and nobody else anything. The pseudo-groups have room of their own.
//
// Times are milliseconds of the switch's clock, modulo 2^32.
#pragma once
#include <atomic>
#include <cstdint>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/region.hpp"
#include "base/spin_lock.hpp"
#include "wire/ip.hpp"

namespace vsw {

class GroupTable {
 public:
  static constexpr std::uint32_t kNone = 0;  // no group; numbers start at 1
  enum class Role : std::uint8_t { kMember, kRouter, kEverything };
  enum class Joined : std::uint8_t { kKnown, kNew, kRefused };

  struct Membership {
    NetworkId network;
    PortId port;
    Role role = Role::kMember;
    Ip group;  // of kRouter and kEverything: unspecified, of their family
    std::uint32_t expires_ms = 0;
  };
  // What `sweep` found due.
  struct Due {
    enum class Kind : std::uint8_t { kExpired, kAsk };
    Kind kind = Kind::kExpired;
    Membership membership;
  };

  GroupTable(std::uint32_t groups, std::uint32_t memberships, std::uint32_t ports, HashSeed seed);

  // For readers, without a lock.
  // The group's number, kNone when nobody asked for it.
  [[nodiscard]] std::uint32_t find(NetworkId network, const Ip& group) const noexcept;
  // Whether frames are kept from those who did not ask.
  [[nodiscard]] bool filters(NetworkId network, bool v6) const noexcept {
    return set(network, v6).filters.load(std::memory_order_acquire) != 0;
  }
  // Bits of the ports 64·word … that get frames of the group: its members, the routers, and who gets everything.
  [[nodiscard]] std::uint64_t receivers(NetworkId network, bool v6, std::uint32_t group, std::uint32_t word) const noexcept {
    const Set& here = set(network, v6);
    return bits(group, word) | bits(here.routers.load(std::memory_order_acquire), word) |
           bits(here.everything.load(std::memory_order_acquire), word);
  }
  [[nodiscard]] std::uint64_t routers(NetworkId network, bool v6, std::uint32_t word) const noexcept {
    return bits(set(network, v6).routers.load(std::memory_order_acquire), word);
  }
  [[nodiscard]] std::uint32_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint32_t size() const noexcept { return memberships_.load(std::memory_order_relaxed); }

  // For writers.
  void set_filters(NetworkId network, bool v6, bool filters) noexcept;
  // `port` wants the group (or, by its role, `group`'s family) until `expires_ms`; one membership that is known
  // already ends no sooner than it would have. kRefused: its share `groups_max` is used up, or no room is left.
  Joined join(NetworkId network, const Ip& group, PortId port, Role role, std::uint32_t expires_ms,
              std::uint32_t groups_max) noexcept;
  // A host of IGMPv1 wants it, who will not say when it leaves: until then nobody's leaving is believed.
  void hold_version1(NetworkId network, const Ip& group, PortId port, std::uint32_t until_ms) noexcept;
  // The membership ends at `expires_ms` unless it is renewed, and is asked about `asks` times more, every
  // `ask_every_ms` from now on. False: it is not there, or is held by a host of IGMPv1, or ends sooner anyway.
  bool doubt(NetworkId network, const Ip& group, PortId port, std::uint32_t now_ms, std::uint32_t expires_ms,
             std::uint8_t asks, std::uint32_t ask_every_ms) noexcept;
  // False: it was not there, or is held by a host of IGMPv1.
  bool leave(NetworkId network, const Ip& group, PortId port, std::uint32_t now_ms) noexcept;
  // All of a port, in one network or (none given) in all; all of a network when no port is given.
  void forget(NetworkId network, PortId port) noexcept;

  // Looks at memberships from `cursor` on and moves it, `budget` of them at most (a few hundred: the lock is
  // held): removes those whose time is over, tells of what is due, until `due` is full, and says how much.
  std::uint32_t sweep(std::uint32_t& cursor, std::uint32_t& budget, std::uint32_t now_ms, Due* due,
                      std::uint32_t due_max) noexcept;
  [[nodiscard]] std::uint32_t used() const noexcept { return used_members_.load(std::memory_order_relaxed); }
  template <class Visit>
  void visit(Visit&& visit_membership) noexcept {
    for (std::uint32_t number = 1; number <= used(); ++number) {
      Membership membership;
      if (read(number, membership)) visit_membership(membership);
    }
  }

 private:
  struct Group {
    std::atomic<std::uint64_t> address[2];
    std::atomic<std::uint32_t> place;  // network << 8 | Role; 0 is free
    std::atomic<std::uint32_t> next;   // in its bucket, or in the list of the free
    std::uint32_t members;
  };
  struct Member {
    std::uint32_t group;  // 0 is free
    std::uint32_t next;   // in its bucket, or in the list of the free
    PortId port;
    std::uint8_t asks;    // queries that are still to be sent
    bool version1;
    std::uint32_t expires_ms, ask_ms, ask_every_ms, version1_until_ms;
  };
  struct Set {  // of a network and family
    std::atomic<std::uint32_t> routers, everything, filters;
  };
  // A walk that meets a group just being moved to another bucket ends somewhere; the version tells.
  static constexpr std::uint32_t kStepsMax = 64;

  [[nodiscard]] Set& set(NetworkId network, bool v6) const noexcept {
    return sets_.as<Set>()[network.value * 2u + (v6 ? 1 : 0)];
  }
  [[nodiscard]] Group& group(std::uint32_t number) const noexcept { return groups_.as<Group>()[number]; }
  [[nodiscard]] Member& member(std::uint32_t number) const noexcept { return members_.as<Member>()[number]; }
  [[nodiscard]] std::atomic<std::uint64_t>& word_of(std::uint32_t group, std::uint32_t word) const noexcept {
    return bits_.as<std::atomic<std::uint64_t>>()[std::size_t{group} * words_ + word];
  }
  [[nodiscard]] std::uint64_t bits(std::uint32_t group, std::uint32_t word) const noexcept {
    return group == kNone ? 0 : word_of(group, word).load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t bucket_of(std::uint32_t place, const Ip& group) const noexcept;
  [[nodiscard]] std::uint32_t bucket_of(std::uint32_t group, PortId port) const noexcept;
  [[nodiscard]] std::uint32_t find_group(std::uint32_t place, const Ip& group) const noexcept;
  bool read(std::uint32_t number, Membership& out) noexcept;

  // With the lock held:
  [[nodiscard]] std::uint32_t find_member(std::uint32_t group, PortId port) const noexcept;
  [[nodiscard]] Membership membership_of(const Member& member) const noexcept;
  std::uint32_t make_group(std::uint32_t place, const Ip& group, bool pseudo) noexcept;
  void remove_member(std::uint32_t number) noexcept;
  void remove_group(std::uint32_t number) noexcept;
  void changed() noexcept { version_.fetch_add(1, std::memory_order_acq_rel); }

  Region groups_, group_heads_, bits_, members_, member_heads_, held_, sets_;
  const HashSeed seed_;
  const std::uint32_t groups_max_, members_max_, groups_all_, members_all_, words_;
  std::uint32_t group_mask_, member_mask_;
  std::uint32_t used_groups_ = 0, free_group_ = kNone, free_member_ = kNone;
  std::uint32_t group_count_ = 0;
  std::atomic<std::uint32_t> used_members_{0}, memberships_{0}, version_{0};
  SpinLock writers_;
};

}  // namespace vsw
