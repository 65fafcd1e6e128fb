// The index of references, where several positions are looked at together.
#include <doctest/doctest.h>

#include <string_view>

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

TEST_CASE("x86: short jumps into a place are instructions, and no letters of a text") {
  constexpr std::uint32_t kTarget = 0x60;
  std::vector<std::uint8_t> code(0x80, 0x90);
  const auto put = [&code](std::size_t at, std::initializer_list<std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), code.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0x10, {0x74, kTarget - 0x12});                           // je
  put(0x14, {0xB8, 0x74, kTarget - 0x17, 0x90, 0x90});         // mov eax, the bytes of another one
  constexpr std::string_view text = "hBad![t4t4t4t4t4t4t4t4";  // from one of them
  std::copy(text.begin(), text.end(), code.begin() + 0x20);
  REQUIRE(text.substr(10, 2) == "t4");
  put(kTarget, {0x53, 0xEB, 0xFD});  // push ebx; jmp back to it
  const auto bytes = fuzz::image_around(fuzz::Shell::x86, code);
  const auto image = pe::Image::open({bytes.data(), bytes.size()});
  REQUIRE(image);
  const auto machine = trace::make_machine(image.value());
  machine->build_index({});
  trace::Budget budget;
  const auto jumps = machine->short_jumps_into({kCode + kTarget, kCode + kTarget + 1}, budget);
  CHECK(jumps == std::vector{kCode + 0x10, kCode + kTarget + 1});
}

TEST_CASE("x86: the line of code that falls through to an instruction begins behind a return") {
  //                              ret   mov edi, edi  push ebp  jne +1      inc eax  dec eax  ret   nop   push ebx
  std::vector<std::uint8_t> code{0xC3, 0x8B, 0xFF, 0x55, 0x75, 0x01, 0x40, 0x48, 0xC3, 0x90, 0x53};
  const auto bytes = fuzz::image_around(fuzz::Shell::x86, code);
  const auto image = pe::Image::open({bytes.data(), bytes.size()});
  REQUIRE(image);
  const auto machine = trace::make_machine(image.value());
  machine->build_index({});
  trace::Budget budget;
  const trace::StraightLine function = machine->line_to(kCode + 7, budget);
  CHECK(function.begin == kCode + 1);  // what can be patched is part of it
  CHECK(function.behind_return);
  const trace::StraightLine next = machine->line_to(kCode + 10, budget);
  CHECK(next.begin == kCode + 10);  // padding is not
  CHECK(next.behind_return);
}
