#include "commit/transaction.hpp"

#include <cstring>

namespace vsw {

namespace {

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - at_; }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }

  bool read_u8(std::uint8_t& out) { return read_number(out); }
  bool read_u16(std::uint16_t& out) { return read_number(out); }
  bool read_u32(std::uint32_t& out) { return read_number(out); }
  bool read_text(std::string& out) {
    std::uint16_t length;
    if (!read_u16(length) || length > left()) return false;
    out.assign(reinterpret_cast<const char*>(bytes_.data() + at_), length);
    at_ += length;
    // Names and paths end up in system calls, where a zero byte would silently cut them.
    return out.find('\0') == std::string::npos;
  }
  bool read_mac(Mac& out) { return read_raw(out.bytes.data(), 6); }
  bool read_prefix(Prefix& out) {
    return read_raw(out.address.bytes.data(), 16) && read_u8(out.length) &&
           out.length <= (out.address.is_v4() ? 32 : 128);
  }
  bool read_route(Route& out) { return read_prefix(out.to) && read_raw(out.via.bytes.data(), 16); }
  bool read_trunk_address(TrunkAddress& out) { return read_number(out.network.value) && read_prefix(out.prefix); }
  bool read_ip(Ip& out) { return read_raw(out.bytes.data(), 16); }
  bool read_network_prefix(NetworkPrefix& out) { return read_number(out.network.value) && read_prefix(out.prefix); }
  bool read_service(Service& out) {
    return read_u16(out.protocol) && read_u16(out.first) && read_u16(out.last) && read_u32(out.named) &&
           out.protocol <= kAnyProtocol && out.first <= out.last;
  }
  bool read_source_port(PortRange& out) { return read_u16(out.first) && read_u16(out.last) && out.first <= out.last; }
  bool read_rule(Rule& out) {
    std::uint8_t action;
    if (!read_number(out.id.value) || !read_u8(action) || !read_u8(out.tier) || !read_u8(out.flags)) return false;
    if (!out.id || action > static_cast<std::uint8_t>(RuleAction::kPass)) return false;
    out.action = static_cast<RuleAction>(action);
    return read_u32(out.source) && read_u32(out.destination) && read_list(out.services, &Reader::read_service) &&
           read_list(out.source_ports, &Reader::read_source_port);
  }
  bool read_list_u32(std::vector<std::uint32_t>& out) { return read_list(out, &Reader::read_u32); }
  bool read_list_network_prefix(std::vector<NetworkPrefix>& out) { return read_list(out, &Reader::read_network_prefix); }
  bool read_list_rule(std::vector<Rule>& out) { return read_list<Rule, std::uint32_t>(out, &Reader::read_rule); }
  bool read_list_u16(std::vector<std::uint16_t>& out) { return read_list(out, &Reader::read_u16); }
  bool read_list_prefix(std::vector<Prefix>& out) { return read_list(out, &Reader::read_prefix); }
  bool read_list_route(std::vector<Route>& out) { return read_list(out, &Reader::read_route); }
  bool read_list_trunk_address(std::vector<TrunkAddress>& out) { return read_list(out, &Reader::read_trunk_address); }

 private:
  bool read_raw(void* to, std::size_t size) {
    if (size > left()) return false;
    std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
    return true;
  }
  template <class Number>
  bool read_number(Number& out) {
    return read_raw(&out, sizeof out);
  }
  template <class Item, class Count = std::uint16_t>
  bool read_list(std::vector<Item>& out, bool (Reader::*read)(Item&)) {
    Count count;
    if (!read_number(count)) return false;
    for (Count i = 0; i < count; ++i) {
      Item item{};
      if (!(this->*read)(item)) return false;
      out.push_back(std::move(item));
    }
    return true;
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Transaction> Transaction::decode(std::span<const std::byte> bytes) {
  Transaction transaction;
  Reader reader(bytes);
  while (reader.left() > 0) {
    const std::size_t start = reader.at(), number = transaction.edits_.size();
    std::uint8_t tag = 0;
    bool whole = reader.read_u8(tag);
    switch (tag) {
#define EDIT(name, number) \
  case number: {           \
    name edit;             \
    whole = whole
#define FIELD(type, name) &&reader.read_##type(edit.name)
#define END                                          \
  ;                                                  \
  transaction.edits_.emplace_back(std::move(edit));  \
  break;                                             \
  }
#include "commit/edits.def"
#undef EDIT
#undef FIELD
#undef END
      default:
        whole = false;
    }
    if (!whole)
      return Error{ErrorCode::kMalformed, "edit " + std::to_string(number) + " at byte " +
                                              std::to_string(start) + " (tag " + std::to_string(tag) +
                                              ") is cut short, unknown or out of range"};
  }
  return transaction;
}

}  // namespace vsw
