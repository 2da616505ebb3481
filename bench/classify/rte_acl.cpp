// DPDK's rte_acl as a peer: tries made of all rules at once. There is no change of one rule, so a change builds anew.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <cstring>
#include <vector>

#include <rte_acl.h>
#include <rte_eal.h>

#include "classify/peer.h"

namespace {

constexpr std::uint32_t kFields = 5;
RTE_ACL_RULE_DEF(acl_rule, kFields);

// What is matched, as it lies in memory and in the order of the network.
struct Key {
  std::uint8_t protocol, unused[3];
  std::uint32_t source, destination;
  std::uint16_t source_port, destination_port;
};
const rte_acl_field_def kDefinitions[kFields] = {
    {RTE_ACL_FIELD_TYPE_BITMASK, sizeof(std::uint8_t), 0, 0, offsetof(Key, protocol)},
    {RTE_ACL_FIELD_TYPE_MASK, sizeof(std::uint32_t), 1, 1, offsetof(Key, source)},
    {RTE_ACL_FIELD_TYPE_MASK, sizeof(std::uint32_t), 2, 2, offsetof(Key, destination)},
    {RTE_ACL_FIELD_TYPE_RANGE, sizeof(std::uint16_t), 3, 3, offsetof(Key, source_port)},
    {RTE_ACL_FIELD_TYPE_RANGE, sizeof(std::uint16_t), 4, 3, offsetof(Key, destination_port)},
};

rte_acl_ctx* context = nullptr;
std::vector<acl_rule> all;
char number[32];

acl_rule of(const peer_rule& rule, std::uint32_t index) {
  acl_rule made;
  std::memset(&made, 0, sizeof made);
  made.data.category_mask = 1;
  made.data.userdata = index + 1;
  made.field[0].value.u8 = rule.any_protocol != 0 ? 0 : rule.protocol;
  made.field[0].mask_range.u8 = rule.any_protocol != 0 ? 0 : 0xff;
  made.field[1].value.u32 = rule.source;
  made.field[1].mask_range.u32 = rule.source_length;
  made.field[2].value.u32 = rule.destination;
  made.field[2].mask_range.u32 = rule.destination_length;
  made.field[3].value.u16 = rule.source_port[0];
  made.field[3].mask_range.u16 = rule.source_port[1];
  made.field[4].value.u16 = rule.destination_port[0];
  made.field[4].mask_range.u16 = rule.destination_port[1];
  return made;
}

const char* build() {
  static int builds = 0;
  std::snprintf(number, sizeof number, "classify%d", builds++);
  rte_acl_param parameters{};
  parameters.name = number;
  parameters.socket_id = SOCKET_ID_ANY;
  parameters.rule_size = RTE_ACL_RULE_SZ(kFields);
  parameters.max_rule_num = static_cast<std::uint32_t>(all.size());
  rte_acl_ctx* next = rte_acl_create(&parameters);
  if (next == nullptr) return "rte_acl_create has no memory";
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i].data.priority = static_cast<std::int32_t>(all.size() - i);
  if (rte_acl_add_rules(next, reinterpret_cast<rte_acl_rule*>(all.data()), static_cast<std::uint32_t>(all.size())) != 0) return "rte_acl_add_rules refuses";
  rte_acl_config config{};
  config.num_categories = 1;
  config.num_fields = kFields;
  std::memcpy(config.defs, kDefinitions, sizeof kDefinitions);
  if (rte_acl_build(next, &config) != 0) return "rte_acl_build refuses";
  rte_acl_free(context);
  context = next;
  return nullptr;
}

Key key_of(const peer_header& header) {
  return {header.protocol, {}, __builtin_bswap32(header.source), __builtin_bswap32(header.destination), __builtin_bswap16(header.source_port),
          __builtin_bswap16(header.destination_port)};
}

}  // namespace

const char* peer_start() {
  const char* words[] = {"classify", "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "--log-level=1", "-m", "3072", "-l", "0"};
  return rte_eal_init(std::size(words), const_cast<char**>(words)) < 0 ? "rte_eal_init refuses" : nullptr;
}

const char* peer_build(const peer_rule* rules, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) all.push_back(of(rules[i], i));
  return build();
}

int peer_first(const peer_header* header) {
  int answer;
  peer_first_of_many(header, 1, &answer);
  return answer;
}

void peer_first_of_many(const peer_header* headers, std::uint32_t count, int* answers) {
  Key keys[64];
  const std::uint8_t* data[64];
  std::uint32_t results[64];
  for (std::uint32_t i = 0; i < count; ++i) {
    keys[i] = key_of(headers[i]);
    data[i] = reinterpret_cast<const std::uint8_t*>(&keys[i]);
  }
  rte_acl_classify(context, data, results, count, 1);
  for (std::uint32_t i = 0; i < count; ++i) answers[i] = static_cast<int>(results[i]) - 1;
}

const char* peer_put(const peer_rule* rule, std::uint32_t before) {
  all.insert(all.begin() + before, of(*rule, static_cast<std::uint32_t>(all.size())));
  return build();
}
