// Storm: gives a fuzz target what chance makes of its corpus, as fast as the target goes, without libFuzzer.
//
// Linked with one target, by any compiler. A fuzzer that watches coverage finds new places; this one runs over the
// known places in many more ways in the same time. By seed: the same seed and number say the same inputs.
// A crash leaves the input in the file `storm-harm`, for `replay`.
//
// storm SEED EXECUTIONS FILE…
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kLengthMax = 512;
std::vector<std::uint8_t> input;

// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016.
struct Random {
  std::uint64_t state;
  std::uint64_t next() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545'f491'4f6c'dd1dull;
  }
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>((next() >> 16) % bound); }
};

void keep_input(int signal_number) {
  const int file = ::open("storm-harm", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && ::write(file, input.data(), input.size()) == static_cast<ssize_t>(input.size())) ::close(file);
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

void mutate(Random& random, const std::vector<std::vector<std::uint8_t>>& corpus) {
  static constexpr std::uint8_t kTelling[] = {0, 1, 2, 4, 5, 6, 17, 20, 40, 58, 0x7f, 0x80, 0xff};
  for (std::size_t count = 1 + random.below(6); count > 0; --count) {
    const std::size_t at = random.below(input.size());
    switch (random.below(6)) {
      case 0: if (!input.empty()) input[at] ^= static_cast<std::uint8_t>(1 << random.below(8)); break;
      case 1: if (!input.empty()) input[at] = static_cast<std::uint8_t>(random.next() >> 24); break;
      case 2: if (!input.empty()) input[at] = kTelling[random.below(sizeof kTelling)]; break;
      case 3: input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random.next() >> 24)); break;
      case 4: {
        const std::size_t length = random.below(std::min<std::size_t>(16, input.size() - at));
        input.erase(input.begin() + static_cast<std::ptrdiff_t>(at), input.begin() + static_cast<std::ptrdiff_t>(at + length));
        break;
      }
      default: {
        const std::vector<std::uint8_t>& other = corpus[random.below(corpus.size())];
        const std::size_t from = random.below(other.size()), length = random.below(other.size() - from);
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), other.begin() + static_cast<std::ptrdiff_t>(from),
                     other.begin() + static_cast<std::ptrdiff_t>(from + length));
      }
    }
  }
  if (input.size() > kLengthMax) input.resize(kLengthMax);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 4) {
    std::fprintf(stderr, "storm SEED EXECUTIONS FILE…\n");
    return 2;
  }
  Random random{std::strtoull(arguments[1], nullptr, 10) * 2 + 1};
  const std::uint64_t executions = std::strtoull(arguments[2], nullptr, 10);
  std::vector<std::vector<std::uint8_t>> corpus;
  for (int i = 3; i < argument_count; ++i) {
    std::FILE* file = std::fopen(arguments[i], "rb");
    if (file == nullptr) {
      std::fprintf(stderr, "%s cannot be read\n", arguments[i]);
      return 2;
    }
    corpus.emplace_back(kLengthMax);
    corpus.back().resize(std::fread(corpus.back().data(), 1, kLengthMax, file));
    std::fclose(file);
  }
  for (const int signal_number : {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE}) std::signal(signal_number, keep_input);
  const std::clock_t start = std::clock();
  for (std::uint64_t done = 0; done < executions; ++done) {
    input = corpus[random.below(corpus.size())];
    mutate(random, corpus);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    if ((done & (done - 1)) == 0 || done % 10'000'000 == 0)
      std::fprintf(stderr, "%llu executions, %.0f s of one core\n", static_cast<unsigned long long>(done),
                   static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::fprintf(stderr, "done: %llu executions, seed %s, %.0f s of one core\n", static_cast<unsigned long long>(executions),
               arguments[1], static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  return 0;
}
