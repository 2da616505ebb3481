#include "table/rule_labels.hpp"

#include <algorithm>
#include <bit>

namespace vsw {

namespace {

// visit(value, length) for each prefix of the shortest list that covers first … last.
template <class Visit>
void for_each_prefix(std::uint32_t first, std::uint32_t last, Visit&& visit) {
  while (first <= last) {
    const auto aligned = first == 0 ? 16u : static_cast<std::uint32_t>(std::countr_zero(first));
    const auto fits = static_cast<std::uint32_t>(std::bit_width(last - first + 1)) - 1;
    const std::uint32_t size = std::min(aligned, fits);
    visit(static_cast<std::uint16_t>(first), 16 - size);
    first += 1u << size;
  }
}

}  // namespace

void PrefixesUsed::prepare() {
  if (std::popcount(all_) > 2) by_high_ = std::make_shared<ByHigh>();
}

void PrefixesUsed::add(std::uint16_t value, std::uint32_t length) {
  all_ |= 1u << length;
  if (by_high_ == nullptr) return;
  const std::uint32_t first = value >> 8, count = length >= 8 ? 1 : 256u >> length;
  if (((*by_high_)[first] >> length & 1) != 0) return;
  ByHigh& next = own();
  for (std::uint32_t high = first; high < first + count; ++high) next[high] |= 1u << length;
}

void PrefixesUsed::count(std::uint32_t length, bool in) {
  counts_[length] = in ? counts_[length] + 1 : counts_[length] - 1;
  if (counts_[length] != 0) return;
  all_ &= ~(1u << length);
  if (by_high_ == nullptr) return;
  for (PrefixLengths& lengths : own()) lengths &= ~(1u << length);
}

// What may be written to: nobody else has it.
PrefixesUsed::ByHigh& PrefixesUsed::own() {
  auto next = by_high_.use_count() == 1 ? std::const_pointer_cast<ByHigh>(by_high_) : std::make_shared<ByHigh>(*by_high_);
  by_high_ = next;
  return *next;
}

void RuleLabels::unite() {
  std::sort(spans_.begin(), spans_.end(),
            [](const Span& a, const Span& b) { return a.protocol != b.protocol ? a.protocol < b.protocol : a.first < b.first; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    if (kept > 0 && spans_[kept - 1].protocol == spans_[i].protocol && spans_[i].first <= spans_[kept - 1].last + 1)
      spans_[kept - 1].last = std::max(spans_[kept - 1].last, spans_[i].last);
    else
      spans_[kept++] = spans_[i];
  }
  spans_.resize(kept);
}

void RuleLabels::assign(const Rule& rule) {
  labels.clear();
  cares = {rule.source != 0, rule.destination != 0, !rule.services.empty(), !rule.source_ports.empty()};
  names_services = false;
  if (rule.source != 0) labels.push_back(Labels::source(rule.source));
  if (rule.destination != 0) labels.push_back(Labels::destination(rule.destination));

  spans_.clear();
  for (const Service& service : rule.services)
    if (service.named == 0) spans_.push_back({service.protocol, service.first, service.last});
  unite();
  for (const Span& span : spans_)
    if (span.protocol == kAnyProtocol && span.first == 0 && span.last == 0xffff) cares[2] = false;
  if (cares[2]) {
    for (const Span& span : spans_)
      for_each_prefix(span.first, span.last, [&](std::uint16_t value, std::uint32_t length) {
        labels.push_back(Labels::service(span.protocol, value, length));
      });
    const std::size_t before = labels.size();
    for (const Service& service : rule.services)
      if (service.named != 0) labels.push_back(Labels::named(service.named));
    names_services = labels.size() > before;
    std::sort(labels.begin() + static_cast<std::ptrdiff_t>(before), labels.end());
    labels.erase(std::unique(labels.begin() + static_cast<std::ptrdiff_t>(before), labels.end()), labels.end());
  }

  spans_.clear();
  for (const PortRange& range : rule.source_ports) spans_.push_back({0, range.first, range.last});
  unite();
  if (spans_.size() == 1 && spans_[0].first == 0 && spans_[0].last == 0xffff) cares[3] = false;
  if (cares[3])
    for (const Span& span : spans_)
      for_each_prefix(span.first, span.last, [&](std::uint16_t value, std::uint32_t length) {
        labels.push_back(Labels::source_port(value, length));
      });
}

}  // namespace vsw
