// Any bytes as code: the first one chooses the processor, the rest is the code section of a valid driver.
#include "scanner/trace/trace.hpp"
#include "tests/fuzz/shell.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array<fuzz::Shell, 3> kShells = {fuzz::Shell::x64, fuzz::Shell::x86, fuzz::Shell::arm64};
  const auto bytes = fuzz::image_around(kShells[data[0] % kShells.size()], {data + 1, size - 1});
  const auto image = pe::Image::open(bytes);
  if (!image) fuzz::fail("the shell is no image");
  if (!scanner::trace::can_trace(image.value())) return 0;
  const auto result = scanner::trace::trace(image.value(), tagdb::builtin_api_table());
  // What the rest of the program counts on.
  for (const auto& use : result.uses) {
    if (use.evidence <= scanner::trace::Evidence::references && (use.row < 0 || use.via.empty()))
      fuzz::fail("a use without a row or a chain");
  }
  fuzz::keep(result.sites.size());
  return 0;
}
