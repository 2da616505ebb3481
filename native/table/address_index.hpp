// AddressIndex: which sets an address is in.
// Home: control builds; shared: read-only after publish.
//
// A set has members by address (EndpointMap: a member more changes the entry of its own address) and by prefix (IntervalTable
// for each family: of one network, or of whichever). What is asked of an address costs a search in each, whoever asks: a few
// cells, and two binary searches by the number of prefixes. An address is in at most kSetsMax sets; more is refused.
//
// `changed` is precise for addresses: what happens to others does not show. For prefixes it is so up to intervals that lie side by
// side and have become alike.
#pragma once
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>
#include "base/result.hpp"
#include "table/endpoint_map.hpp"
#include "table/interval_table.hpp"
#include "table/question.hpp"

namespace vsw {

class AddressIndex {
 public:
  static constexpr std::size_t kPrefixesMax = 1u << 18;  // of all sets together

  class Edit;

  [[nodiscard]] Memberships find(NetworkId network, const Ip& ip) const noexcept;
  // The generation in which the memberships of this address last changed.
  [[nodiscard]] GenerationId changed(NetworkId network, const Ip& ip) const noexcept;
  [[nodiscard]] std::size_t addresses() const noexcept { return exact_.size(); }
  [[nodiscard]] std::size_t prefixes() const noexcept { return prefixes_; }
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  __extension__ using Wide = unsigned __int128;
  struct Range {
    Wide first, last;
  };
  // The prefixes of a network, or of whichever.
  struct Intervals {
    IntervalTable<std::uint32_t> v4;
    IntervalTable<Wide> v6;
    template <class Visit>
    decltype(auto) of(const Ip& ip, Visit&& visit) const {
      return ip.is_v4() ? visit(v4.find(static_cast<std::uint32_t>(number_of(ip)))) : visit(v6.find(number_of(ip)));
    }
  };
  using Prefixes = std::vector<NetworkPrefix>;
  using Sets = std::map<std::uint32_t, std::shared_ptr<const Prefixes>>;

  static Wide number_of(const Ip& ip) noexcept {
    Wide number = 0;
    for (std::size_t i = ip.is_v4() ? 12 : 0; i < 16; ++i) number = number << 8 | ip.bytes[i];
    return number;
  }
  static std::vector<Range> ranges_of(const Prefixes& prefixes, NetworkId network, bool v4);
  static std::vector<Range> without(const std::vector<Range>& from, const std::vector<Range>& what);
  [[nodiscard]] const Intervals* of_network(NetworkId network) const noexcept {
    const auto at = std::lower_bound(by_network_.begin(), by_network_.end(), network,
                                     [](const auto& pair, NetworkId id) { return pair.first < id; });
    return at != by_network_.end() && at->first == network ? at->second.get() : nullptr;
  }

  EndpointMap exact_;
  std::shared_ptr<const Intervals> of_any_ = std::make_shared<Intervals>();
  std::vector<std::pair<NetworkId, std::shared_ptr<const Intervals>>> by_network_;  // sorted: those that have prefixes of their own
  std::array<std::shared_ptr<const Sets>, 256> sets_;  // that have prefixes, by their last eight bits
  std::size_t prefixes_ = 0;
};

// The next index, made of one that stays as it is. After a refusal, or `finish`, an edit is thrown away.
class AddressIndex::Edit {
 public:
  Edit(std::shared_ptr<const AddressIndex> from, GenerationId generation);  // from null: an empty one
  Outcome put(NetworkId network, const Ip& ip, std::vector<std::uint32_t> sets);  // ascending; none: as `remove`
  void remove(NetworkId network, const Ip& ip);
  Outcome put_prefixes(std::uint32_t set, std::vector<NetworkPrefix> prefixes);  // all of the set's; none: as `remove_prefixes`
  void remove_prefixes(std::uint32_t set);
  Result<std::shared_ptr<const AddressIndex>> finish();

 private:
  template <class Number>
  Outcome apply(IntervalTable<Number>& table, NetworkId network) const;

  std::shared_ptr<const AddressIndex> from_;
  GenerationId generation_;
  EndpointMap::Changes exact_;
  std::map<std::uint32_t, Prefixes> prefixes_;
};

}  // namespace vsw
