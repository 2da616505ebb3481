// FlowCache's member templates and what they need: included by flow_cache.hpp alone.
// Shared: as flow_cache.hpp says.
#pragma once
#include <emmintrin.h>
#include <bit>
#include "flow/flow_cache.hpp"

namespace vsw {

template <class Key>
FlowCache<Key>::FlowCache(std::uint32_t capacity, std::uint32_t worker_count, Epoch& epoch)
    : epoch_(epoch), worker_count_(worker_count) {
  part_size_ = (capacity + worker_count - 1) / worker_count;
  // A load of two thirds at most: with two buckets of eight and one move, failures stay rare.
  const std::uint32_t bucket_count = std::bit_ceil(part_size_ * worker_count * 3 / 2 / kSlots + 1);
  bucket_mask_ = bucket_count - 1;
  index_ = Region(sizeof(Bucket) * bucket_count);
  records_ = Region(sizeof(Record) * (std::size_t{part_size_} * worker_count + 1));
  links_ = Region(sizeof(Link) * (std::size_t{part_size_} * worker_count + 1));
  part_region_ = Region(sizeof(Part) * worker_count);
  parts_ = part_region_.as<Part>();
}

template <class Key>
std::uint32_t FlowCache<Key>::Bucket::first_with(std::uint16_t wanted) const noexcept {
  const __m128i all = _mm_set_epi64x(static_cast<long long>(tags[1].load(std::memory_order_acquire)),
                                     static_cast<long long>(tags[0].load(std::memory_order_acquire)));
  const auto mask = static_cast<unsigned>(
      _mm_movemask_epi8(_mm_cmpeq_epi16(all, _mm_set1_epi16(static_cast<short>(wanted)))));
  return mask == 0 ? kNone : number[static_cast<unsigned>(std::countr_zero(mask)) / 2].load(std::memory_order_acquire);
}

template <class Key>
std::uint32_t FlowCache<Key>::take(std::uint32_t worker) noexcept {
  Part& part = parts_[worker];
  if (part.free == kNone) recycle(part);
  std::uint32_t number = part.free;
  if (number != kNone) {
    part.free = link(number).next;
    --part.free_count;
  } else {
    const std::uint32_t used = part.used.load(std::memory_order_relaxed);
    if (used == part_size_) return kNone;
    number = 1 + worker * part_size_ + used;
    part.used.store(used + 1, std::memory_order_release);
  }
  record(number).live.store(kTaken, std::memory_order_relaxed);
  return number;
}

template <class Key>
void FlowCache<Key>::recycle(Part& part) noexcept {
  while (part.retired_first != kNone && epoch_.passed(link(part.retired_first).retired)) {
    const std::uint32_t number = part.retired_first;
    part.retired_first = link(number).next;
    link(number).next = part.free;
    record(number).live.store(kFree, std::memory_order_relaxed);
    part.free = number;
    ++part.free_count;
  }
  if (part.retired_first == kNone) part.retired_last = kNone;
}

template <class Key>
template <class Same>
std::uint32_t FlowCache<Key>::insert(std::uint32_t worker, std::uint32_t number, std::uint64_t hash,
                                     Same&& same) noexcept {
  const std::uint16_t tag = tag_of(hash);
  const std::uint32_t first = first_bucket(hash);
  const std::uint32_t second = other_bucket(first, tag);
  lock_pair(first, second);
  std::uint32_t result = find(hash, same);
  if (result == kNone) {
    for (unsigned attempt = 0; attempt < 2 && result == kNone; ++attempt) {
      for (const std::uint32_t at : {first, second}) {
        const std::uint32_t slot = buckets()[at].free_slot();
        if (slot == kSlots) continue;
        record(number).live.store(kLive, std::memory_order_release);
        buckets()[at].set(slot, tag, number);
        size_.fetch_add(1, std::memory_order_relaxed);
        result = number;
        break;
      }
      if (result == kNone && !make_room(first)) break;
    }
  }
  unlock_pair(first, second);
  if (result != number) {
    record(number).live.store(kFree, std::memory_order_relaxed);
    link(number).next = parts_[worker].free;
    parts_[worker].free = number;
    ++parts_[worker].free_count;
  }
  return result;
}

// Frees a slot of a full bucket whose lock is held: by moving one entry to its other bucket, if that
// is free to be locked, otherwise by letting the stalest go.
template <class Key>
bool FlowCache<Key>::make_room(std::uint32_t full) noexcept {
  Bucket& bucket = buckets()[full];
  for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
    const std::uint16_t tag = bucket.tag(slot);
    const std::uint32_t other = other_bucket(full, tag);
    if (other == full || !buckets()[other].lock.try_lock()) continue;
    const std::uint32_t free_slot = buckets()[other].free_slot();
    if (free_slot != kSlots) {
      buckets()[other].set(free_slot, tag, bucket.number[slot].load(std::memory_order_relaxed));
      bucket.set(slot, 0, kNone);
    }
    buckets()[other].lock.unlock();
    if (free_slot != kSlots) return true;
  }
  std::uint32_t stalest = kSlots;
  for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
    const Record& other = record(bucket.number[slot].load(std::memory_order_relaxed));
    if (!other.may_give_way()) continue;
    if (stalest == kSlots || static_cast<std::int32_t>(
                                 other.last_heard_ms() -
                                 record(bucket.number[stalest].load(std::memory_order_relaxed)).last_heard_ms()) < 0)
      stalest = slot;
  }
  if (stalest == kSlots) return false;
  // Out of sight first: from "removed" on its owner may count the quiet moments until it is used again.
  Record& evicted = record(bucket.number[stalest].load(std::memory_order_relaxed));
  bucket.set(stalest, 0, kNone);
  evicted.live.store(kRemoved, std::memory_order_release);
  size_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

template <class Key>
void FlowCache<Key>::remove(std::uint32_t number, std::uint64_t hash) noexcept {
  const std::uint16_t tag = tag_of(hash);
  const std::uint32_t first = first_bucket(hash);
  const std::uint32_t second = other_bucket(first, tag);
  lock_pair(first, second);
  for (const std::uint32_t at : {first, second}) {
    Bucket& bucket = buckets()[at];
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
      if (bucket.tag(slot) != tag || bucket.number[slot].load(std::memory_order_relaxed) != number) continue;
      bucket.set(slot, 0, kNone);
      record(number).live.store(kRemoved, std::memory_order_release);
      size_.fetch_sub(1, std::memory_order_relaxed);
      unlock_pair(first, second);
      return;
    }
  }
  unlock_pair(first, second);
}

template <class Key>
template <class HashOf, class Expired, class Released>
void FlowCache<Key>::sweep(std::uint32_t worker, std::uint32_t count, HashOf&& hash_of, Expired&& expired,
                           Released&& released) noexcept {
  Part& part = parts_[worker];
  recycle(part);
  const std::uint32_t used = part.used.load(std::memory_order_relaxed);
  if (count > used) count = used;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (part.cursor >= used) part.cursor = 0;
    const std::uint32_t number = 1 + worker * part_size_ + part.cursor++;
    Record& flow = record(number);
    if (flow.live.load(std::memory_order_acquire) == kLive && expired(flow)) remove(number, hash_of(flow.key));
    if (flow.live.load(std::memory_order_acquire) != kRemoved) continue;
    released(flow);
    retire(part, number);
  }
}

// Out of sight already; up for reuse once every worker passed a quiet moment.
template <class Key>
void FlowCache<Key>::retire(Part& part, std::uint32_t number) noexcept {
  record(number).live.store(kTaken, std::memory_order_relaxed);
  link(number).retired = epoch_.retire();
  link(number).next = kNone;
  if (part.retired_last == kNone) part.retired_first = number;
  else link(part.retired_last).next = number;
  part.retired_last = number;
}

template <class Key>
template <class HashOf, class MayGo, class Released>
bool FlowCache<Key>::evict(std::uint32_t worker, std::uint32_t count, HashOf&& hash_of, MayGo&& may_go,
                           Released&& released) noexcept {
  Part& part = parts_[worker];
  const std::uint32_t used = part.used.load(std::memory_order_relaxed);
  std::uint32_t stalest = kNone;
  for (std::uint32_t i = 0; i < count && i < used; ++i) {
    if (part.eviction_cursor >= used) part.eviction_cursor = 0;
    const std::uint32_t number = 1 + worker * part_size_ + part.eviction_cursor++;
    const Record& flow = record(number);
    if (flow.live.load(std::memory_order_acquire) != kLive || !may_go(flow)) continue;
    if (stalest == kNone || static_cast<std::int32_t>(flow.last_heard_ms() - record(stalest).last_heard_ms()) < 0)
      stalest = number;
  }
  if (stalest == kNone) return false;
  remove(stalest, hash_of(record(stalest).key));
  if (record(stalest).live.load(std::memory_order_acquire) != kRemoved) return false;
  released(record(stalest));
  retire(part, stalest);
  return true;
}

template <class Key>
void FlowCache<Key>::lock_pair(std::uint32_t first, std::uint32_t second) noexcept {
  const std::uint32_t low = first < second ? first : second;
  const std::uint32_t high = first < second ? second : first;
  buckets()[low].lock.lock();
  if (high != low) buckets()[high].lock.lock();
}

template <class Key>
void FlowCache<Key>::unlock_pair(std::uint32_t first, std::uint32_t second) noexcept {
  buckets()[first].lock.unlock();
  if (second != first) buckets()[second].lock.unlock();
}

}  // namespace vsw
