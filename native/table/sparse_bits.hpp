// SparseBits: an immutable set of slots below 262,144, for a label that few rules or all of them carry.
// Home: control builds; shared: read-only after publish.
//
// Three levels of words: a bit of `top` says that 4,096 slots have a part, a bit of a part's summary says that 64 slots
// have a word, and only words that are not zero are kept, in order. A word is found by counting the summary's bits below
// it. One slot costs 48 bytes, 100,000 of them in a row 12,500. A copy shares; a change makes a new one.
#pragma once
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
    std::uint64_t first;  // where its words begin
  };
  struct Change {
    std::uint32_t slot;
    bool added;
  };

  SparseBits() = default;
  SparseBits(const SparseBits& other) noexcept : body_(other.body_) {
    if (body_ != nullptr) body_->references.fetch_add(1, std::memory_order_relaxed);
  }
  SparseBits(SparseBits&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  SparseBits& operator=(SparseBits other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~SparseBits() {
    if (body_ == nullptr || body_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    body_->~Body();
    ::operator delete(body_);
  }

  // The set with these changes; slots ascending, each named once. A slot that is added may be there, one that goes may not.
  [[nodiscard]] SparseBits with(std::span<const Change> changes) const {
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

  [[nodiscard]] bool empty() const noexcept { return body_ == nullptr; }
  [[nodiscard]] std::uint64_t top() const noexcept { return body_ == nullptr ? 0 : body_->top; }
  // The part of 4,096 slots; its bit of `top` is set.
  [[nodiscard]] const Part& part(std::uint32_t index) const noexcept {
    return parts()[std::popcount(body_->top & ((std::uint64_t{1} << index) - 1))];
  }
  [[nodiscard]] const std::uint64_t* words(const Part& part) const noexcept {
    return reinterpret_cast<const std::uint64_t*>(parts() + std::popcount(body_->top)) + part.first;
  }
  [[nodiscard]] bool contains(std::uint32_t slot) const noexcept {
    if ((top() >> (slot / 4096) & 1) == 0) return false;
    const Part& at = part(slot / 4096);
    const std::uint64_t below = (std::uint64_t{1} << slot / 64 % 64) - 1;
    return (at.summary >> (slot / 64 % 64) & 1) != 0 && (words(at)[std::popcount(at.summary & below)] >> slot % 64 & 1) != 0;
  }
  [[nodiscard]] std::size_t words_count() const noexcept { return body_ == nullptr ? 0 : body_->words; }
  [[nodiscard]] std::size_t memory() const noexcept {
    return body_ == nullptr ? 0 : size_of(static_cast<std::size_t>(std::popcount(body_->top)), body_->words);
  }

 private:
  struct Body {
    std::atomic<std::uint32_t> references;
    std::uint32_t words;
    std::uint64_t top;
  };
  struct Word {
    std::uint32_t index;
    std::uint64_t bits;
  };

  static constexpr std::size_t size_of(std::size_t parts, std::size_t words) noexcept {
    return sizeof(Body) + parts * sizeof(Part) + words * sizeof(std::uint64_t);
  }
  [[nodiscard]] const Part* parts() const noexcept { return reinterpret_cast<const Part*>(body_ + 1); }

  template <class Visit>
  void for_each_word(Visit&& visit) const {
    for (std::uint64_t left = top(); left != 0; left &= left - 1) {
      const auto index = static_cast<std::uint32_t>(std::countr_zero(left));
      const Part& at = part(index);
      const std::uint64_t* word = words(at);
      for (std::uint64_t rest = at.summary; rest != 0; rest &= rest - 1)
        visit(Word{index * 64 + static_cast<std::uint32_t>(std::countr_zero(rest)), *word++});
    }
  }

  static SparseBits of(const std::vector<Word>& words) {
    SparseBits bits;
    if (words.empty()) return bits;
    std::uint64_t top = 0;
    for (const Word& word : words) top |= std::uint64_t{1} << word.index / 64;
    const auto parts_count = static_cast<std::size_t>(std::popcount(top));
    void* memory = ::operator new(size_of(parts_count, words.size()));
    bits.body_ = new (memory) Body{1, static_cast<std::uint32_t>(words.size()), top};
    auto* parts = reinterpret_cast<Part*>(bits.body_ + 1);
    auto* kept = reinterpret_cast<std::uint64_t*>(parts + parts_count);
    std::size_t part = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i == 0 || words[i].index / 64 != words[i - 1].index / 64) new (parts + part++) Part{0, i};
      parts[part - 1].summary |= std::uint64_t{1} << words[i].index % 64;
      new (kept + i) std::uint64_t(words[i].bits);
    }
    return bits;
  }

  Body* body_ = nullptr;
};

}  // namespace vsw
