// MembershipMessage: what IGMP and MLD say: who asks for groups, and who wants which.
// Home: worker; a value.
//
// IGMPv1, v2 and v3 (RFC 1112, RFC 2236, RFC 3376), MLDv1 and v2 (RFC 2710, RFC 3810). `read` looks at a
// parsed frame and trusts nothing of what stands behind its IP header. Malformed is a message that is
// short or says more than it holds, whose checksum is wrong, that is a fragment, that came from beyond
// the link (TTL or hop limit other than 1), or that asks for what is no group. MLD needs its router
// alert and a link-local source (a report may come from ::); IGMPv3 reports and queries of v2 and v3
// need the alert as RFC 3376, 9.1 says, while v1 and v2 reports without it are tolerated.
//
// Sources of a record are counted and not kept: a membership here is to a group, whoever sends to it
// (RFC 4541, 2.1.2 allows what includes all sources asked for).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include "wire/ip.hpp"
#include "wire/parse.hpp"

namespace vsw {

struct GroupRecord {
  enum class Type : std::uint8_t {
    kIsInclude = 1, kIsExclude = 2, kToInclude = 3, kToExclude = 4, kAllowNew = 5, kBlockOld = 6
  };
  std::uint8_t type = 0;  // a Type, or a number that is to be ignored
  std::uint32_t source_count = 0;
  Ip group;

  // What it means for the group as a whole.
  [[nodiscard]] bool wants() const noexcept;     // some sources are wanted
  [[nodiscard]] bool abandons() const noexcept;  // none is, any more
  [[nodiscard]] bool doubts() const noexcept;    // fewer are: perhaps none
};

struct MembershipMessage {
  enum class Kind : std::uint8_t {
    kMalformed,
    kUnknown,  // IGMP of another type: nobody here understands it, so it is passed on to everybody
    kQuery,    // is anybody there? `group` unspecified: for any group
    kReport,   // `group` is wanted
    kLeave,    // `group` is wanted no more
    kRecords,  // a report of v3 or MLDv2: see next_record
    kUnread,   // an honest report of which not all bytes are at hand
  };
  Kind kind = Kind::kMalformed;
  bool v6 = false;
  bool version1 = false;            // a report of IGMPv1: its host will never say that it leaves
  std::uint32_t response_ms = 0;    // a query's maximal response time
  std::uint32_t interval_ms = 0;    // the querier's own interval, 0 when it does not say
  std::uint32_t source_count = 0;   // a query's
  Ip source, group;

  // False: the frame holds neither IGMP nor MLD. `bytes` are the frame's first; the whole frame may be longer.
  [[nodiscard]] static bool read(std::span<const std::byte> bytes, const Headers& headers,
                                 MembershipMessage& out) noexcept;
  // Of kRecords: the next record, false at the end. `read` was true for these bytes.
  [[nodiscard]] bool next_record(std::span<const std::byte> bytes, GroupRecord& out) noexcept;

 private:
  std::uint32_t records_left_ = 0, at_ = 0;
};

// Whether a group's frames may be kept from those who did not ask: it is none of 224.0.0.0/24, nor of a
// scope that ends on the link (ff01::/16, ff02::/16 …), where protocols live that announce nothing.
[[nodiscard]] bool is_snooped_group(const Ip& group) noexcept;
[[nodiscard]] bool is_multicast(const Ip& address) noexcept;

// The 8 bits in which IGMPv3 and MLDv2 write times: as they are below 128, beyond that with an exponent,
// rounded down.
[[nodiscard]] std::uint8_t to_time_code(std::uint32_t value) noexcept;
[[nodiscard]] std::uint32_t from_time_code(std::uint8_t code) noexcept;

}  // namespace vsw
