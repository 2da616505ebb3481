// ClassBench: rule sets and headers of its files, and our own in the style of its seeds, at any size.
//
// A file's rule becomes a rule of ours: each prefix is a set of addresses, named by number. Flags are ignored.
// `Classbench::first` is linear search over the lines of the file, and knows nothing of sets and labels.
#pragma once
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/rules.hpp"

namespace vsw::test {

struct ClassbenchRule {
  std::uint32_t source = 0, destination = 0;
  std::uint8_t source_length = 0, destination_length = 0;
  std::uint16_t source_port[2] = {0, 65'535}, destination_port[2] = {0, 65'535};
  std::uint8_t protocol = 0;
  bool any_protocol = true;
};
struct ClassbenchHeader {
  std::uint32_t source = 0, destination = 0;
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint8_t protocol = 0;
  std::uint32_t made_from = 0;
};

[[nodiscard]] inline bool is_covered(std::uint32_t address, std::uint32_t prefix, std::uint8_t length) {
  return length == 0 || (address ^ prefix) >> (32 - length) == 0;
}
[[nodiscard]] inline bool is_match(const ClassbenchRule& rule, const ClassbenchHeader& header) {
  return is_covered(header.source, rule.source, rule.source_length) && is_covered(header.destination, rule.destination, rule.destination_length) &&
         rule.source_port[0] <= header.source_port && header.source_port <= rule.source_port[1] &&
         rule.destination_port[0] <= header.destination_port && header.destination_port <= rule.destination_port[1] &&
         (rule.any_protocol || rule.protocol == header.protocol);
}

struct Classbench {
  std::vector<ClassbenchRule> rules;
  std::vector<ClassbenchHeader> headers;

  // Empty: the files are not there, or not what they should be.
  static Classbench read(const std::string& path) {
    Classbench read_files;
    if (std::FILE* file = std::fopen((path + ".rules").c_str(), "r"); file != nullptr) {
      unsigned n[14];
      while (std::fscanf(file, " @%u.%u.%u.%u/%u %u.%u.%u.%u/%u %u : %u", n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9, n + 10, n + 11) == 12) {
        ClassbenchRule rule;
        unsigned ports[2], protocol, mask;
        if (std::fscanf(file, " %u : %u 0x%x/0x%x%*[^\n]", ports, ports + 1, &protocol, &mask) != 4) return {};
        rule.source = n[0] << 24 | n[1] << 16 | n[2] << 8 | n[3];
        rule.destination = n[5] << 24 | n[6] << 16 | n[7] << 8 | n[8];
        rule.source_length = static_cast<std::uint8_t>(n[4]);
        rule.destination_length = static_cast<std::uint8_t>(n[9]);
        for (int i = 0; i < 2; ++i) {
          rule.source_port[i] = static_cast<std::uint16_t>(n[10 + i]);
          rule.destination_port[i] = static_cast<std::uint16_t>(ports[i]);
        }
        rule.protocol = static_cast<std::uint8_t>(protocol);
        rule.any_protocol = mask == 0;
        read_files.rules.push_back(rule);
      }
      std::fclose(file);
    }
    if (std::FILE* file = std::fopen((path + ".trace").c_str(), "r"); file != nullptr) {
      ClassbenchHeader header;
      unsigned port[2], protocol;
      while (std::fscanf(file, "%" SCNu32 " %" SCNu32 " %u %u %u %*u %" SCNu32, &header.source, &header.destination, port, port + 1, &protocol, &header.made_from) == 6) {
        header.source_port = static_cast<std::uint16_t>(port[0]);
        header.destination_port = static_cast<std::uint16_t>(port[1]);
        header.protocol = static_cast<std::uint8_t>(protocol);
        read_files.headers.push_back(header);
      }
      std::fclose(file);
    }
    return read_files;
  }

  // Access lists name hosts and services, firewalls much of the world and ranges of ports, chains both.
  static Classbench make(const std::string& seed, std::uint32_t count, std::uint64_t number = 1) {
    Classbench made;
    Chance chance(number);
    const bool is_acl = seed == "acl", is_firewall = seed == "fw";
    const auto bits = [&] { return chance.below(65'536) << 16 | chance.below(65'536); };
    // Addresses come from some subnets, which are more where there are more rules.
    std::vector<std::uint32_t> subnets;
    for (std::uint32_t i = 0; i < 16 + count / 64; ++i) subnets.push_back(bits());
    const auto length = [&](std::uint32_t wide_of_16) -> std::uint8_t {
      if (chance.below(16) < wide_of_16) return static_cast<std::uint8_t>(chance.below(3));
      static constexpr std::uint8_t kLengths[] = {32, 32, 32, 32, 32, 32, 31, 31, 30, 29, 28, 25, 24, 24, 23, 22, 16};
      return kLengths[chance.below(std::size(kLengths))];
    };
    const auto address = [&](std::uint8_t of_length) {
      const std::uint32_t one = (subnets[chance.below(static_cast<std::uint32_t>(subnets.size()))] & 0xffff'f000) | chance.below(4'096);
      return of_length == 0 ? 0 : one & (~std::uint32_t{0} << (32 - of_length));
    };
    const auto ports = [&](std::uint16_t (&into)[2], std::uint32_t any_of_16, bool is_one) {
      static constexpr std::uint16_t kKnown[] = {20, 21, 22, 23, 25, 53, 67, 69, 80, 110, 123, 135, 139, 143, 161, 389, 443, 445, 514, 1433, 1521, 1526, 3306, 8080};
      const std::uint32_t kind = chance.below(is_one ? 14 : 16);
      if (kind < any_of_16) return;
      if (kind == 15) {
        into[0] = 1'024;
      } else if (kind == 14) {
        into[0] = static_cast<std::uint16_t>(chance.below(60'000));
        into[1] = static_cast<std::uint16_t>(into[0] + 1 + chance.below(500));
      } else {
        into[0] = into[1] = chance.one_in(3) ? static_cast<std::uint16_t>(chance.below(65'536)) : kKnown[chance.below(std::size(kKnown))];
      }
    };
    for (std::uint32_t i = 0; i < count; ++i) {
      ClassbenchRule rule;
      rule.source_length = length(is_acl ? 1 : is_firewall ? 8 : 1);
      rule.destination_length = length(is_acl ? 0 : is_firewall ? 4 : 1);
      rule.source = address(rule.source_length);
      rule.destination = address(rule.destination_length);
      // Who names neither end names a service: else one rule would hide most of those behind it.
      const bool is_wide = rule.source_length < 3 && rule.destination_length < 3;
      const std::uint32_t kind = is_wide ? 2 + chance.below(14) : chance.below(16);
      rule.any_protocol = kind == 0 || (!is_acl && !is_firewall && !is_wide && kind < 6);
      rule.protocol = rule.any_protocol ? 0 : kind == 1 ? 1 : kind < (is_acl ? 3u : is_firewall ? 7u : 11u) ? 17 : 6;
      if (!rule.any_protocol && rule.protocol != 1) {
        ports(rule.destination_port, is_wide ? 0 : is_acl ? 4 : is_firewall ? 5 : 8, is_wide);
        ports(rule.source_port, is_acl ? 16 : is_firewall ? 12 : 13, false);
      }
      made.rules.push_back(rule);
    }
    made.add_headers(chance, std::min(count * 4, 100'000u));
    return made;
  }
  // Headers of rules that are there, each at a corner of one or somewhere inside; a few of none.
  void add_headers(Chance& chance, std::uint32_t count) {
    const auto inside = [&](std::uint32_t first, std::uint32_t last) {
      const std::uint32_t kind = chance.below(4), width = last - first;
      return kind == 0 ? first : kind == 1 ? last : first + (width == ~0u ? chance.below(65'536) << 16 | chance.below(65'536) : chance.below(width + 1));
    };
    const auto of_prefix = [&](std::uint32_t prefix, std::uint8_t length) {
      const std::uint32_t free_bits = length == 0 ? ~0u : length == 32 ? 0 : (1u << (32 - length)) - 1;
      return inside(prefix & ~free_bits, prefix | free_bits);
    };
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t from = chance.below(static_cast<std::uint32_t>(rules.size()));
      const ClassbenchRule& rule = rules[from];
      const bool is_other = chance.one_in(16);
      headers.push_back({is_other ? chance.below(65'536) << 16 : of_prefix(rule.source, rule.source_length), of_prefix(rule.destination, rule.destination_length),
                         static_cast<std::uint16_t>(inside(rule.source_port[0], rule.source_port[1])),
                         static_cast<std::uint16_t>(inside(rule.destination_port[0], rule.destination_port[1])),
                         rule.any_protocol ? static_cast<std::uint8_t>(chance.below(256)) : rule.protocol, from});
    }
  }
  [[nodiscard]] bool write(const std::string& path) const {
    std::FILE* file = std::fopen((path + ".rules").c_str(), "w");
    if (file == nullptr) return false;
    const auto part = [](std::uint32_t address, int i) { return address >> (24 - 8 * i) & 255; };
    for (const ClassbenchRule& rule : rules)
      std::fprintf(file, "@%u.%u.%u.%u/%u\t%u.%u.%u.%u/%u\t%u : %u\t%u : %u\t0x%02x/0x%02X\t0x0000/0x0000\n", part(rule.source, 0), part(rule.source, 1),
                   part(rule.source, 2), part(rule.source, 3), rule.source_length, part(rule.destination, 0), part(rule.destination, 1), part(rule.destination, 2),
                   part(rule.destination, 3), rule.destination_length, rule.source_port[0], rule.source_port[1], rule.destination_port[0],
                   rule.destination_port[1], rule.protocol, rule.any_protocol ? 0 : 255);
    bool written = std::fclose(file) == 0;
    file = std::fopen((path + ".trace").c_str(), "w");
    if (file == nullptr) return false;
    for (const ClassbenchHeader& header : headers)
      std::fprintf(file, "%u\t%u\t%u\t%u\t%u\t0\t%u\n", header.source, header.destination, header.source_port, header.destination_port, header.protocol, header.made_from);
    return std::fclose(file) == 0 && written;
  }

  [[nodiscard]] int first(const ClassbenchHeader& header) const {
    for (std::size_t i = 0; i < rules.size(); ++i)
      if (is_match(rules[i], header)) return static_cast<int>(i);
    return -1;
  }
};

// The same as sets of addresses and rules; the rule at position i has id i + 1.
struct ClassbenchTables {
  std::shared_ptr<const AddressIndex> addresses;
  std::vector<Rule> rules;

  static constexpr NetworkId kNetwork{1};

  explicit ClassbenchTables(const Classbench& from) {
    AddressIndex::Edit edit(nullptr, GenerationId{1});
    std::map<std::pair<std::uint32_t, std::uint8_t>, std::uint32_t> sets;
    const auto set_of = [&](std::uint32_t prefix, std::uint8_t length) -> std::uint32_t {
      if (length == 0) return 0;
      const auto [at, is_new] = sets.try_emplace({prefix, length}, static_cast<std::uint32_t>(sets.size() + 1));
      if (is_new) put_ok = edit.put_prefixes(at->second, {{NetworkId{}, {ip4(prefix), length}}}).ok() && put_ok;
      return at->second;
    };
    for (const ClassbenchRule& rule : from.rules) rules.push_back(translated(rule, static_cast<std::uint32_t>(rules.size() + 1), set_of(rule.source, rule.source_length), set_of(rule.destination, rule.destination_length)));
    auto finished = edit.finish();
    if (finished && put_ok) addresses = finished.value();
  }
  static Rule translated(const ClassbenchRule& rule, std::uint32_t id, std::uint32_t source, std::uint32_t destination) {
    Rule made;
    made.id = RuleId{id};
    made.source = source;
    made.destination = destination;
    if (!rule.any_protocol || rule.destination_port[0] != 0 || rule.destination_port[1] != 65'535)
      made.services = {{rule.any_protocol ? kAnyProtocol : std::uint16_t{rule.protocol}, rule.destination_port[0], rule.destination_port[1], 0}};
    if (rule.source_port[0] != 0 || rule.source_port[1] != 65'535) made.source_ports = {{rule.source_port[0], rule.source_port[1]}};
    return made;
  }
  static Tuple tuple_of(const ClassbenchHeader& header) {
    return {kNetwork, ip4(header.source), ip4(header.destination), header.protocol, header.source_port, header.destination_port};
  }
  [[nodiscard]] Question question(const Tuple& tuple) const {
    return {tuple, addresses->find(tuple.network, tuple.source), addresses->find(tuple.network, tuple.destination), {}};
  }

 private:
  bool put_ok = true;
};

}  // namespace vsw::test
