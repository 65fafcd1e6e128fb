// The index of references, where several positions are looked at together.
#include <doctest/doctest.h>

#include "scanner/trace/domain/program.hpp"
#include "tagdb/api_table.hpp"
#include "tests/unit/hand_made.hpp"

using namespace hand_made;

TEST_CASE("index: a call and an address are found at every position") {
  constexpr std::uint32_t kTarget = kCode + 0x10;
  for (std::uint32_t i = 0; i < 40; ++i) {
    Image image;
    const std::uint32_t call = kCode + 0x20 + i, lea = call + 5;
    image.put(call, 0xE8, 1);
    image.put(call + 1, kTarget - (call + 5), 4);
    image.put(lea, 0x158D48, 3);  // rdx
    image.put(lea + 3, kTarget - (lea + 7), 4);
    const auto machine = trace::make_machine(image.get());
    const trace::Program program(*machine, tagdb::builtin_api_table());
    const auto sites = [&](const std::vector<trace::Reference>& list) {
      std::vector<std::uint32_t> out;
      for (const trace::Reference& reference : trace::Index::to(list, kTarget)) out.push_back(reference.site);
      return out;
    };
    CHECK(sites(program.index.calls) == std::vector{call + 1});
    CHECK(sites(program.index.addresses) == std::vector{lea + 3});
  }
}
