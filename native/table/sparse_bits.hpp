// SparseBits: an immutable set of slots below 262,144, for a label that few rules or all of them carry.
// Home: control builds; shared: read-only after publish.
//
// Three levels of words: a bit of `top` says that 4,096 slots have a part, a bit of a part's summary says that 64 slots
// have a word, and only words that are not zero are kept, in order. A word is found by counting the summary's bits below
// it. A set of one slot, as most labels of a large list have, is kept in the pointer itself; 100,000 slots in a row cost
// 12,500 bytes. A copy shares; a change makes a new one.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace vsw {

class SparseBits {
 public:
  static constexpr std::uint32_t kSlotsMax = 64 * 64 * 64;

  struct Part {
    std::uint64_t summary;
    const std::uint64_t* words;  // one for each bit, and one more that may be read and means nothing

    // The word of a block, by its bit; 0 when it is not there. Without a branch: who asks cannot guess.
    [[nodiscard]] std::uint64_t word(std::uint32_t block) const noexcept {
      const std::uint64_t below = (std::uint64_t{1} << block) - 1;
      return words[std::popcount(summary & below)] & (0 - (summary >> block & 1));
    }
  };
  struct Change {
    std::uint32_t slot;
    bool added;
  };

  SparseBits() = default;
  SparseBits(const SparseBits& other) noexcept : content_(other.content_) {
    if (has_body()) body().references.fetch_add(1, std::memory_order_relaxed);
  }
  SparseBits(SparseBits&& other) noexcept : content_(std::exchange(other.content_, 0)) {}
  SparseBits& operator=(SparseBits other) noexcept {
    std::swap(content_, other.content_);
    return *this;
  }
  ~SparseBits() {
    if (!has_body() || body().references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    body().~Body();
    ::operator delete(&body());
  }

  // The set with these changes; slots ascending, each named once. A slot that is added may be there, one that goes may not.
  [[nodiscard]] SparseBits with(std::span<const Change> changes) const {
    if (!has_body() && changes.size() <= 2) {  // as most are: no slot or one is left
      const auto is_own = [&](const Change& change) { return change.slot == single(); };
      std::uint32_t slot = single(), count = is_single() && std::none_of(changes.begin(), changes.end(), is_own) ? 1 : 0;
      for (const Change& change : changes)
        if (change.added && count++ == 0) slot = change.slot;
      if (count == 0) return {};
      if (count == 1) return of_one(slot);
    }
    std::vector<Word> words;
    words.reserve(words_count() + changes.size());
    const auto push = [&](Word word) {
      if (word.bits != 0) words.push_back(word);
    };
    std::size_t next = 0;
    const auto change = [&](Word& word) {
      for (; next < changes.size() && changes[next].slot / 64 == word.index; ++next) {
        const std::uint64_t bit = std::uint64_t{1} << changes[next].slot % 64;
        word.bits = changes[next].added ? word.bits | bit : word.bits & ~bit;
      }
    };
    const auto change_before = [&](std::uint32_t index) {
      while (next < changes.size() && changes[next].slot / 64 < index) {
        Word word{changes[next].slot / 64, 0};
        change(word);
        push(word);
      }
    };
    for_each_word([&](Word word) {
      change_before(word.index);
      change(word);
      push(word);
    });
    change_before(kSlotsMax / 64);
    return of(words);
  }

  [[nodiscard]] bool empty() const noexcept { return content_ == 0; }
  [[nodiscard]] std::uint64_t top() const noexcept {
    if (is_single()) return std::uint64_t{1} << single() / 4096;
    return content_ == 0 ? 0 : body().top;
  }
  // The part of 4,096 slots; its bit of `top` is set.
  [[nodiscard]] Part part(std::uint32_t index) const noexcept {
    if (is_single()) return {std::uint64_t{1} << single() / 64 % 64, &kOne[single() % 64]};
    const Stored& at = stored()[std::popcount(body().top & ((std::uint64_t{1} << index) - 1))];
    return {at.summary, reinterpret_cast<const std::uint64_t*>(stored() + std::popcount(body().top)) + at.first};
  }
  [[nodiscard]] bool contains(std::uint32_t slot) const noexcept {
    if ((top() >> (slot / 4096) & 1) == 0) return false;
    const Part at = part(slot / 4096);
    return (at.word(slot / 64 % 64) >> slot % 64 & 1) != 0;
  }
  void prefetch() const noexcept { __builtin_prefetch(reinterpret_cast<const void*>(content_)); }
  [[nodiscard]] std::size_t words_count() const noexcept { return is_single() ? 1 : content_ == 0 ? 0 : body().words; }
  // Beside the eight bytes of the object itself.
  [[nodiscard]] std::size_t memory() const noexcept {
    return has_body() ? size_of(static_cast<std::size_t>(std::popcount(body().top)), body().words) : 0;
  }

 private:
  struct Body {
    std::atomic<std::uint32_t> references;
    std::uint32_t words;
    std::uint64_t top;
  };
  struct Stored {
    std::uint64_t summary;
    std::uint64_t first;  // where its words begin
  };
  struct Word {
    std::uint32_t index;
    std::uint64_t bits;
  };
  static constexpr std::array<std::uint64_t, 65> kOne = [] {
    std::array<std::uint64_t, 65> words{};
    for (std::size_t i = 0; i < 64; ++i) words[i] = std::uint64_t{1} << i;
    return words;
  }();

  static constexpr std::size_t size_of(std::size_t parts, std::size_t words) noexcept {
    return sizeof(Body) + parts * sizeof(Stored) + (words + 1) * sizeof(std::uint64_t);
  }
  [[nodiscard]] bool is_single() const noexcept { return (content_ & 1) != 0; }
  [[nodiscard]] bool has_body() const noexcept { return content_ != 0 && !is_single(); }
  [[nodiscard]] std::uint32_t single() const noexcept { return static_cast<std::uint32_t>(content_ >> 1); }
  [[nodiscard]] Body& body() const noexcept { return *reinterpret_cast<Body*>(content_); }
  [[nodiscard]] const Stored* stored() const noexcept { return reinterpret_cast<const Stored*>(&body() + 1); }

  template <class Visit>
  void for_each_word(Visit&& visit) const {
    for (std::uint64_t left = top(); left != 0; left &= left - 1) {
      const auto index = static_cast<std::uint32_t>(std::countr_zero(left));
      Part at = part(index);
      for (std::uint64_t rest = at.summary; rest != 0; rest &= rest - 1)
        visit(Word{index * 64 + static_cast<std::uint32_t>(std::countr_zero(rest)), *at.words++});
    }
  }

  static SparseBits of_one(std::uint32_t slot) noexcept {
    SparseBits bits;
    bits.content_ = std::uintptr_t{slot} << 1 | 1;
    return bits;
  }
  static SparseBits of(const std::vector<Word>& words) {
    SparseBits bits;
    if (words.empty()) return bits;
    if (words.size() == 1 && std::has_single_bit(words[0].bits))
      return of_one(words[0].index * 64 + static_cast<std::uint32_t>(std::countr_zero(words[0].bits)));
    std::uint64_t top = 0;
    for (const Word& word : words) top |= std::uint64_t{1} << word.index / 64;
    const auto parts_count = static_cast<std::size_t>(std::popcount(top));
    void* memory = ::operator new(size_of(parts_count, words.size()));
    bits.content_ = reinterpret_cast<std::uintptr_t>(new (memory) Body{1, static_cast<std::uint32_t>(words.size()), top});
    auto* parts = reinterpret_cast<Stored*>(&bits.body() + 1);
    auto* kept = reinterpret_cast<std::uint64_t*>(parts + parts_count);
    std::size_t part = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i == 0 || words[i].index / 64 != words[i - 1].index / 64) new (parts + part++) Stored{0, i};
      parts[part - 1].summary |= std::uint64_t{1} << words[i].index % 64;
      new (kept + i) std::uint64_t(words[i].bits);
    }
    new (kept + words.size()) std::uint64_t(0);
    return bits;
  }

  std::uintptr_t content_ = 0;  // a body; or a slot, twice and one; or nothing
};

}  // namespace vsw
