// Transaction: a sequence of edits, decoded from bytes and checked for form.
// Home: control.
//
// edits.def says what an edit looks like; the structs below and their decoder are made from it, as is
// TypeScript's encoder. Decoding trusts nobody: every length is held against the bytes that are left,
// and a transaction is decoded whole or not at all. Whether the edits make sense together is the
// publisher's question.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>
#include "base/result.hpp"
#include "port/port.hpp"
#include "table/port_table.hpp"
#include "table/rule.hpp"
#include "wire/ip.hpp"
#include "wire/mac.hpp"

namespace vsw {

using field_u8 = std::uint8_t;
using field_u16 = std::uint16_t;
using field_u32 = std::uint32_t;
using field_text = std::string;
using field_mac = Mac;
using field_ip = Ip;
using field_list_u16 = std::vector<std::uint16_t>;
using field_list_u32 = std::vector<std::uint32_t>;
using field_list_prefix = std::vector<Prefix>;
using field_list_route = std::vector<Route>;
using field_list_trunk_address = std::vector<TrunkAddress>;
using field_list_network_prefix = std::vector<NetworkPrefix>;
using field_list_rule = std::vector<Rule>;

#define EDIT(name, tag) struct name {
#define FIELD(type, name) field_##type name{};
#define END };
#include "commit/edits.def"
#undef EDIT
#undef FIELD
#undef END

using Edit = std::variant<PutNetwork, DeleteNetwork, PutPort, DeletePort, ClosePort, PutStaticMac, DeleteStaticMac,
                          PutAddressSets, DeleteAddressSets, PutPrefixSet, DeletePrefixSet, PutServiceSets, DeleteServiceSets,
                          PutRules, SpliceRules, DeleteRules, PutPortPolicy>;

class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> decode(std::span<const std::byte> bytes);
  [[nodiscard]] const std::vector<Edit>& edits() const noexcept { return edits_; }

 private:
  std::vector<Edit> edits_;
};

}  // namespace vsw
