// ServiceIndex: which named services a port of an address stands for.
// Home: control builds; shared: read-only after publish.
//
// A rule may name a service instead of a number, and each destination says which of its ports that is. As with addresses
// (EndpointMap), a change of one destination is no change of any other, and of no rule.
#pragma once
#include <memory>
#include <vector>
#include "base/result.hpp"
#include "table/endpoint_map.hpp"
#include "table/question.hpp"

namespace vsw {

class ServiceIndex {
 public:
  class Edit;

  [[nodiscard]] Memberships find(const Endpoint& endpoint) const noexcept {
    Memberships memberships;
    memberships.add(exact_.find(endpoint).list);
    return memberships;
  }
  // The generation in which the named services of this port of this address last changed.
  [[nodiscard]] GenerationId changed(const Endpoint& endpoint) const noexcept { return exact_.find(endpoint).changed; }
  [[nodiscard]] std::size_t size() const noexcept { return exact_.size(); }
  [[nodiscard]] std::size_t memory() const noexcept { return exact_.memory(); }

 private:
  EndpointMap exact_;
};

// The next index, made of one that stays as it is. After a refusal, or `finish`, an edit is thrown away.
class ServiceIndex::Edit {
 public:
  Edit(std::shared_ptr<const ServiceIndex> from, GenerationId generation);  // from null: an empty one
  Outcome put(const Endpoint& endpoint, std::vector<std::uint32_t> services);  // ascending; none: as `remove`
  void remove(const Endpoint& endpoint);
  Result<std::shared_ptr<const ServiceIndex>> finish();

 private:
  std::shared_ptr<const ServiceIndex> from_;
  GenerationId generation_;
  EndpointMap::Changes changes_;
};

}  // namespace vsw
