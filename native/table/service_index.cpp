#include "table/service_index.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace vsw {

ServiceIndex::Edit::Edit(std::shared_ptr<const ServiceIndex> from, GenerationId generation)
    : from_(from == nullptr ? std::make_shared<ServiceIndex>() : std::move(from)), generation_(generation) {}

Outcome ServiceIndex::Edit::put(const Endpoint& endpoint, std::vector<std::uint32_t> services) {
  const std::string which = "port " + std::to_string(endpoint.port) + " of protocol " + std::to_string(endpoint.protocol);
  if (std::adjacent_find(services.begin(), services.end(), std::greater_equal<>()) != services.end() || (!services.empty() && services.front() == 0))
    return Error{ErrorCode::kInvalid, "the named services of " + which + " are not ascending"};
  if (services.size() > kNamedServicesMax)
    return Error{ErrorCode::kLimit, which + " has " + std::to_string(services.size()) + " names, at most " + std::to_string(kNamedServicesMax) +
                                        "; give the port fewer names"};
  changes_[endpoint] = std::move(services);
  return Done{};
}

void ServiceIndex::Edit::remove(const Endpoint& endpoint) { changes_[endpoint].clear(); }

Result<std::shared_ptr<const ServiceIndex>> ServiceIndex::Edit::finish() {
  auto next = std::make_shared<ServiceIndex>();
  next->exact_ = from_->exact_.with(changes_, generation_);
  if (next->exact_.size() > EndpointMap::kEndpointsMax)
    return Error{ErrorCode::kLimit, std::to_string(next->exact_.size()) + " ports have names, at most " + std::to_string(EndpointMap::kEndpointsMax) +
                                        "; let rules give numbers where every destination has the same"};
  return std::shared_ptr<const ServiceIndex>(std::move(next));
}

}  // namespace vsw
