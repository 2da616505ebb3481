// Replay: gives every file named on the command line to a fuzz target, without libFuzzer.
//
// Linked with one target, by any compiler, so that a harm once found is looked for in every run.
#include <cstdint>
#include <cstdio>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argument_count, char** arguments) {
  for (int i = 1; i < argument_count; ++i) {
    std::FILE* file = std::fopen(arguments[i], "rb");
    if (file == nullptr) {
      std::fprintf(stderr, "%s cannot be read\n", arguments[i]);
      return 1;
    }
    std::vector<std::uint8_t> content;
    std::uint8_t piece[4096];
    for (std::size_t length; (length = std::fread(piece, 1, sizeof piece, file)) > 0;)
      content.insert(content.end(), piece, piece + length);
    std::fclose(file);
    std::fprintf(stderr, "%s\n", arguments[i]);
    // A copy of exactly this size: a read past its end is then seen.
    const std::vector<std::uint8_t> exact(content.begin(), content.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
  }
  return 0;
}
