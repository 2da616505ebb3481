// EndpointMap: a short list of numbers for an address of a network, or for a port of it.
// Home: control builds; shared: read-only after publish.
//
// Endpoints hang in small tables, by hash; a change copies the row of tables and the one that it concerns, and shares all
// else. The lists of a table stand one behind the other, so a search reads a row, a cell or a few, and a list. Each cell says in
// which generation its list last changed. A cell whose list went stays, for that; when most are such, they go, and the table
// answers the latest of their generations for whoever is not in it. When endpoints become more, tables are divided one after the
// other, as many as the new ones need, and never all at once; one that is still to be divided stands twice in the row.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "wire/ip.hpp"

namespace vsw {

struct Endpoint {
  NetworkId network;
  Ip ip;
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const noexcept = default;
};

class EndpointMap {
 public:
  static constexpr std::size_t kEndpointsMax = 1u << 20;
  using List = std::span<const std::uint32_t>;
  struct Found {
    List list;
    GenerationId changed;  // since when it is so
  };
  // Nothing: the list goes.
  using Changes = std::map<Endpoint, std::vector<std::uint32_t>>;

  [[nodiscard]] Found find(const Endpoint& endpoint) const noexcept {
    if (shards_.empty()) return {};
    const std::uint64_t hash = hash_of(endpoint);
    const Shard& shard = *shards_[hash >> 1 >> shift_];
    const std::size_t mask = shard.cells.size() - 1;
    for (std::size_t at = hash & mask; shard.cells[at].is_used; at = (at + 1) & mask) {
      const Cell& cell = shard.cells[at];
      if (cell.endpoint == endpoint) return {{shard.numbers.data() + cell.first, cell.count}, cell.changed};
    }
    return {{}, shard.changed};
  }
  // The map with these changes, which happen in this generation.
  [[nodiscard]] EndpointMap with(const Changes& changes, GenerationId generation) const;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }  // that have a list
  [[nodiscard]] std::size_t shards() const noexcept { return (shards_.size() + 1) / 2 + divided_; }
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  struct Cell {
    Endpoint endpoint;
    bool is_used = false;
    std::uint16_t count = 0;
    std::uint32_t first = 0;
    GenerationId changed;
  };
  struct Shard {
    std::vector<Cell> cells;  // one at least is free
    std::vector<std::uint32_t> numbers;
    GenerationId changed;     // for who is not here
    std::uint32_t lists = 0;
  };
  struct Entry {
    Endpoint endpoint;
    List list;
    GenerationId changed;
  };

  [[nodiscard]] static std::uint64_t hash_of(const Endpoint& endpoint) noexcept {
    std::uint64_t words[2];
    std::memcpy(words, endpoint.ip.bytes.data(), sizeof words);
    const std::uint64_t rest = std::uint64_t{endpoint.network.value} << 32 | std::uint32_t{endpoint.protocol} << 16 | endpoint.port;
    return hash_words(HashSeed{}, words[0], words[1], rest, 0);
  }
  // Where an endpoint's table stands in the row, the first time.
  [[nodiscard]] std::size_t place_of(const Endpoint& endpoint) const noexcept {
    const std::size_t at = hash_of(endpoint) >> 1 >> shift_;
    return is_divided(at) ? at : at & ~std::size_t{1};
  }
  [[nodiscard]] bool is_divided(std::size_t at) const noexcept { return at / 2 < divided_ || shards_.size() == 1; }
  void put(std::size_t at, std::shared_ptr<const Shard> shard) {
    if (!is_divided(at)) shards_[at + 1] = shard;
    shards_[at] = std::move(shard);
  }
  static std::vector<Entry> entries_of(const Shard& shard);
  static std::shared_ptr<const Shard> make(std::vector<Entry> entries, GenerationId changed);
  void divide();

  std::vector<std::shared_ptr<const Shard>> shards_;
  std::uint32_t shift_ = 63;
  std::size_t divided_ = 0;  // so many pairs of places have a table each, those behind them one for both
  std::size_t size_ = 0;
};

}  // namespace vsw
