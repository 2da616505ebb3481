#include "table/address_index.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <set>
#include <string>

namespace vsw {

namespace {

std::string text_of(const Ip& ip) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(ip.is_v4() ? AF_INET : AF_INET6, ip.bytes.data() + (ip.is_v4() ? 12 : 0), text, sizeof text);
  return text;
}

template <class Number>
Ip ip_of(Number number) {
  std::array<std::uint8_t, sizeof(Number)> bytes{};
  for (std::size_t i = sizeof(Number); i-- > 0; number = static_cast<Number>(number >> 8)) bytes[i] = static_cast<std::uint8_t>(number);
  return sizeof(Number) == 4 ? Ip::v4(bytes.data()) : Ip::v6(bytes.data());
}

bool is_list(const std::vector<std::uint32_t>& sets) {
  return std::adjacent_find(sets.begin(), sets.end(), std::greater_equal<>()) == sets.end() && (sets.empty() || sets.front() != 0);
}

}  // namespace

Memberships AddressIndex::find(NetworkId network, const Ip& ip) const noexcept {
  Memberships memberships;
  memberships.add(exact_.find({network, ip}).list);
  const auto add = [&](const auto& found) {
    memberships.add(found.wide);
    memberships.add(found.list);
  };
  of_any_->of(ip, add);
  if (const Intervals* own = of_network(network); own != nullptr) own->of(ip, add);
  return memberships;
}

GenerationId AddressIndex::changed(NetworkId network, const Ip& ip) const noexcept {
  GenerationId latest = exact_.find({network, ip}).changed;
  const auto add = [&](const auto& found) { latest = std::max(latest, found.changed); };
  of_any_->of(ip, add);
  if (const Intervals* own = of_network(network); own != nullptr) own->of(ip, add);
  return latest;
}

std::size_t AddressIndex::memory() const noexcept {
  std::size_t bytes = sizeof *this + exact_.memory() + of_any_->v4.memory() + of_any_->v6.memory();
  for (const auto& [network, intervals] : by_network_) bytes += intervals->v4.memory() + intervals->v6.memory();
  for (const auto& sets : sets_)
    if (sets != nullptr)
      for (const auto& [set, prefixes] : *sets) bytes += 96 + prefixes->size() * sizeof(NetworkPrefix);
  return bytes;
}

// What these prefixes cover in one network's table, in order; those that touch are one range.
std::vector<AddressIndex::Range> AddressIndex::ranges_of(const Prefixes& prefixes, NetworkId network, bool v4) {
  std::vector<Range> ranges;
  for (const NetworkPrefix& one : prefixes) {
    if (one.network != network || one.prefix.address.is_v4() != v4) continue;
    const std::uint32_t free_bits = (v4 ? 32u : 128u) - one.prefix.length;
    const Wide size_less_one = free_bits == 128 ? ~Wide{0} : (Wide{1} << free_bits) - 1;
    const Wide first = number_of(one.prefix.address) & ~size_less_one;
    ranges.push_back({first, first | size_less_one});
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> united;
  for (const Range& range : ranges) {
    if (!united.empty() && (range.first <= united.back().last || range.first - united.back().last == 1))
      united.back().last = std::max(united.back().last, range.last);
    else
      united.push_back(range);
  }
  return united;
}

// Ranges in order, less others in order.
std::vector<AddressIndex::Range> AddressIndex::without(const std::vector<Range>& from, const std::vector<Range>& what) {
  std::vector<Range> left;
  std::size_t next = 0;
  for (Range range : from) {
    while (next < what.size() && what[next].last < range.first) ++next;
    bool is_left = true;
    for (std::size_t i = next; i < what.size() && what[i].first <= range.last; ++i) {
      if (what[i].first > range.first) left.push_back({range.first, what[i].first - 1});
      is_left = what[i].last < range.last;
      if (!is_left) break;
      range.first = what[i].last + 1;
    }
    if (is_left) left.push_back(range);
  }
  return left;
}

AddressIndex::Edit::Edit(std::shared_ptr<const AddressIndex> from, GenerationId generation)
    : from_(from == nullptr ? std::make_shared<AddressIndex>() : std::move(from)), generation_(generation) {}

Outcome AddressIndex::Edit::put(NetworkId network, const Ip& ip, std::vector<std::uint32_t> sets) {
  if (!is_list(sets)) return Error{ErrorCode::kInvalid, "the sets of " + text_of(ip) + " are not ascending"};
  if (sets.size() > kAddressSetsMax)
    return Error{ErrorCode::kLimit, text_of(ip) + " is in " + std::to_string(sets.size()) + " sets of addresses, at most " +
                                        std::to_string(kAddressSetsMax) + "; let policies share their selectors"};
  exact_[{network, ip}] = std::move(sets);
  return Done{};
}

void AddressIndex::Edit::remove(NetworkId network, const Ip& ip) { exact_[{network, ip}].clear(); }

Outcome AddressIndex::Edit::put_prefixes(std::uint32_t set, std::vector<NetworkPrefix> prefixes) {
  if (set == 0) return Error{ErrorCode::kInvalid, "set 0 is any address"};
  for (const NetworkPrefix& one : prefixes)
    if (one.prefix.length > (one.prefix.address.is_v4() ? 32 : 128))
      return Error{ErrorCode::kInvalid, "there is no prefix " + text_of(one.prefix.address) + "/" + std::to_string(one.prefix.length)};
  prefixes_[set] = std::move(prefixes);
  return Done{};
}

void AddressIndex::Edit::remove_prefixes(std::uint32_t set) { prefixes_[set].clear(); }

// What the changed sets gain and lose in one table.
template <class Number>
Outcome AddressIndex::Edit::apply(IntervalTable<Number>& table, NetworkId network) const {
  constexpr bool kV4 = sizeof(Number) == 4;
  std::vector<typename IntervalTable<Number>::Piece> pieces;
  for (const auto& changed : prefixes_) {
    const std::uint32_t set = changed.first;
    std::vector<Range> before;
    if (const auto& sets = from_->sets_[set & 255]; sets != nullptr)
      if (const auto at = sets->find(set); at != sets->end()) before = ranges_of(*at->second, network, kV4);
    const std::vector<Range> after = ranges_of(changed.second, network, kV4);
    const auto add = [&](const std::vector<Range>& ranges, bool added) {
      for (const Range& range : ranges) pieces.push_back({static_cast<Number>(range.first), static_cast<Number>(range.last), set, added});
    };
    add(without(before, after), false);
    add(without(after, before), true);
  }
  if (const auto excess = table.apply(pieces, generation_, kPrefixSetsMax))
    return Error{ErrorCode::kLimit, text_of(ip_of(*excess)) + " is in more than " + std::to_string(kPrefixSetsMax) +
                                        " sets of addresses by its prefixes; let rules share their lists of prefixes"};
  return Done{};
}

Result<std::shared_ptr<const AddressIndex>> AddressIndex::Edit::finish() {
  auto next = std::make_shared<AddressIndex>(*from_);
  next->exact_ = from_->exact_.with(exact_, generation_);
  if (next->exact_.size() > EndpointMap::kEndpointsMax)
    return Error{ErrorCode::kLimit, std::to_string(next->exact_.size()) + " addresses are in sets, at most " +
                                        std::to_string(EndpointMap::kEndpointsMax) + "; name prefixes where whole subnets are meant"};
  std::set<NetworkId> networks;
  std::array<std::shared_ptr<Sets>, 256> copies;
  for (const auto& [set, prefixes] : prefixes_) {
    auto& sets = copies[set & 255];
    if (sets == nullptr) {
      const auto& before = from_->sets_[set & 255];
      sets = before == nullptr ? std::make_shared<Sets>() : std::make_shared<Sets>(*before);
      next->sets_[set & 255] = sets;
    }
    if (const auto at = sets->find(set); at != sets->end()) {
      next->prefixes_ -= at->second->size();
      for (const NetworkPrefix& one : *at->second) networks.insert(one.network);
      sets->erase(at);
    }
    for (const NetworkPrefix& one : prefixes) networks.insert(one.network);
    next->prefixes_ += prefixes.size();
    if (!prefixes.empty()) sets->emplace(set, std::make_shared<const Prefixes>(prefixes));
  }
  if (next->prefixes_ > kPrefixesMax)
    return Error{ErrorCode::kLimit, std::to_string(next->prefixes_) + " prefixes in sets of addresses, at most " + std::to_string(kPrefixesMax) +
                                        "; let rules share their lists of prefixes"};
  for (const NetworkId network : networks) {
    const Intervals* before = network ? from_->of_network(network) : from_->of_any_.get();
    auto intervals = before == nullptr ? std::make_shared<Intervals>() : std::make_shared<Intervals>(*before);
    if (Outcome outcome = apply(intervals->v4, network); !outcome) return outcome.error();
    if (Outcome outcome = apply(intervals->v6, network); !outcome) return outcome.error();
    if (!network) {
      next->of_any_ = std::move(intervals);
      continue;
    }
    const auto known = std::lower_bound(next->by_network_.begin(), next->by_network_.end(), network,
                                        [](const auto& pair, NetworkId id) { return pair.first < id; });
    if (known == next->by_network_.end() || known->first != network)
      next->by_network_.emplace(known, network, std::move(intervals));
    else
      known->second = std::move(intervals);
  }
  return std::shared_ptr<const AddressIndex>(std::move(next));
}

}  // namespace vsw
