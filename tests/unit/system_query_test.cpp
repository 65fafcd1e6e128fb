// The loop around NtQuerySystemInformation, with systems that answer in every way there is.
#include "scanner/platform/system_query.hpp"

#include <doctest/doctest.h>

#include <string>

using scanner::ask_system;

namespace {
constexpr auto kLengthMismatch = static_cast<std::int32_t>(0xC0000004);
}

TEST_CASE("the buffer grows until the answer fits, also when the answer grows meanwhile") {
  std::vector<std::uint32_t> sizes;
  std::uint32_t answer = 600'000;
  const auto result = ask_system(
      [&](std::uint8_t* buffer, std::uint32_t size, std::uint32_t& needed) -> std::int32_t {
        sizes.push_back(size);
        needed = answer;
        if (size < answer) {
          answer += 200'000;  // more drivers were loaded in between
          return kLengthMismatch;
        }
        buffer[answer - 1] = 7;
        return 0;
      },
      11);
  REQUIRE(result);
  CHECK(result.value().size() == answer);
  CHECK(result.value().back() == 7);
  REQUIRE(sizes.size() == 3);
  CHECK(sizes[1] >= 600'000);
  CHECK(sizes[2] > sizes[1]);
}

TEST_CASE("a system that tells no length is asked with twice as much, and not for ever") {
  std::vector<std::uint32_t> sizes;
  const auto never = ask_system(
      [&](std::uint8_t*, std::uint32_t size, std::uint32_t&) {
        sizes.push_back(size);
        return kLengthMismatch;
      },
      22);
  REQUIRE_FALSE(never);
  CHECK(never.error().message == "the answer does not fit into 256 MiB");
  CHECK(sizes.size() == 11);
  CHECK(sizes.back() == 256U << 20);
  // One that asks for all the memory there is gets none of it.
  const auto greedy = ask_system(
      [](std::uint8_t*, std::uint32_t, std::uint32_t& needed) {
        needed = 0xFFFFFFFFU;
        return kLengthMismatch;
      },
      22);
  CHECK_FALSE(greedy);
}

TEST_CASE("refusals are told apart") {
  const auto message = [](std::uint32_t status) {
    return ask_system(
               [status](std::uint8_t*, std::uint32_t, std::uint32_t&) { return static_cast<std::int32_t>(status); }, 22)
        .error()
        .message;
  };
  CHECK(message(0xC0000003) == "this system does not tell (information class 22 is not there)");
  CHECK(message(0xC0000002) == message(0xC0000003));
  CHECK(message(0xC0000022) == "permission denied (run as an administrator)");
  CHECK(message(0xC0000001) == "the system refused (status 0xc0000001)");
}
