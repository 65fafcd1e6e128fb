// The kernel's table of pool tags as NtQuerySystemInformation hands it over, and a provider that is none.
#include "scanner/poolmon/live.hpp"

#include <doctest/doctest.h>

#include <cstring>

using namespace scanner::poolmon;  // NOLINT(google-build-using-namespace)

namespace {

template <typename T>
void put(std::vector<std::uint8_t>& out, T value) {
  const auto at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

std::vector<std::uint8_t> table_64() {
  std::vector<std::uint8_t> out;
  put<std::uint64_t>(out, 2);
  put<std::uint32_t>(out, 0x6B61654C);  // Leak
  put<std::uint32_t>(out, 7);           // paged allocs
  put<std::uint32_t>(out, 3);
  put<std::uint32_t>(out, 0xCCCCCCCC);  // padding
  put<std::uint64_t>(out, 400);
  put<std::uint32_t>(out, 4000000000U);  // nonpaged allocs
  put<std::uint32_t>(out, 5);
  put<std::uint64_t>(out, 0x500000000ULL);
  put<std::uint32_t>(out, 0xE56D6C46);  // Flme, protected
  for (int i = 0; i < 3; ++i) put<std::uint32_t>(out, 0);
  put<std::uint64_t>(out, 0);
  put<std::uint32_t>(out, 1);
  put<std::uint32_t>(out, 1);
  put<std::uint64_t>(out, 0);
  return out;
}

}  // namespace

TEST_CASE("64-bit table: both pools, unused ones left out, bit 31") {
  const auto table = table_64();
  const auto tags = parse_pooltag_information(pe::Bytes{std::span<const std::uint8_t>(table)}, 8);
  REQUIRE(tags);
  REQUIRE(tags.value().size() == 3);
  const LiveTag& nonpaged = tags.value()[0];
  CHECK(nonpaged.tag.text() == "Leak");
  CHECK(nonpaged.pool == LivePool::nonpaged);
  CHECK(nonpaged.allocs == 4000000000U);
  CHECK(nonpaged.frees == 5);
  CHECK(nonpaged.bytes == 0x500000000ULL);
  const LiveTag& paged = tags.value()[1];
  CHECK(paged.pool == LivePool::paged);
  CHECK(paged.allocs == 7);
  CHECK(paged.bytes == 400);
  CHECK(tags.value()[2].tag.text() == "Flme");
  CHECK(tags.value()[2].protected_bit);
}

TEST_CASE("32-bit table; a table that is shorter than it says") {
  std::vector<std::uint8_t> table;
  for (const std::uint32_t value : {1U, 0x6B61654CU, 2U, 1U, 64U, 9U, 8U, 4096U}) put(table, value);
  const auto tags = parse_pooltag_information(pe::Bytes{std::span<const std::uint8_t>(table)}, 4);
  REQUIRE(tags);
  REQUIRE(tags.value().size() == 2);
  CHECK(tags.value()[0].bytes == 4096);
  CHECK(tags.value()[1].bytes == 64);
  auto cut = table_64();
  cut.pop_back();
  CHECK_FALSE(parse_pooltag_information(pe::Bytes{std::span<const std::uint8_t>(cut)}, 8));
  CHECK_FALSE(parse_pooltag_information(pe::Bytes{}, 8));
}

#ifndef _WIN32
TEST_CASE("no Windows, no live tags: and it is said") {
  const auto answer = make_live_provider()->snapshot();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message.find("--live") != std::string::npos);
}
#endif

namespace {

/// Grows by one allocation of 64 bytes a look, and fails at the end when told so.
class FakeProvider final : public LiveProvider {
 public:
  explicit FakeProvider(unsigned fails_at = ~0U) : fails_at_(fails_at) {}

  pe::Result<std::vector<LiveTag>> snapshot() override {
    if (++looks_ == fails_at_) return pe::Error{pe::Fault::unreadable, "no more"};
    LiveTag tag;
    tag.tag = tagdb::PoolTag::from_text("Leak");
    tag.pool = LivePool::paged;
    tag.allocs = 0xFFFFFFFE + looks_;  // the 32-bit counter wraps while one watches
    tag.frees = 0xFFFFFFF0;
    tag.bytes = 64ULL * looks_;
    return std::vector<LiveTag>{tag};
  }

 private:
  unsigned fails_at_, looks_ = 0;
};

}  // namespace

TEST_CASE("a provider becomes a series of snapshots") {
  scanner::poolmon::LiveOptions options;
  options.every_seconds = 0.001;
  options.for_seconds = 0.0035;
  auto source = scanner::poolmon::watch(std::make_unique<FakeProvider>(), options);
  REQUIRE(source);
  scanner::poolmon::Snapshot snapshot;
  for (unsigned look = 1; look <= 4; ++look) {
    REQUIRE(source.value()->next(snapshot));
    REQUIRE(snapshot.rows.size() == 1);
    CHECK(snapshot.rows[0].pool == scanner::poolmon::Pool::paged);
    CHECK(snapshot.rows[0].bytes == 64 * look);
    CHECK(snapshot.rows[0].diff == 14 + look);
    CHECK(snapshot.time.has_value());
  }
  CHECK_FALSE(source.value()->next(snapshot));
}

TEST_CASE("watching ends when the system refuses, and when somebody wants to stop") {
  scanner::poolmon::LiveOptions options;
  options.every_seconds = 0.001;
  CHECK_FALSE(scanner::poolmon::watch(std::make_unique<FakeProvider>(1), options));
  scanner::poolmon::Snapshot snapshot;
  auto failing = scanner::poolmon::watch(std::make_unique<FakeProvider>(2), options);
  REQUIRE(failing);
  CHECK(failing.value()->next(snapshot));
  CHECK_FALSE(failing.value()->next(snapshot));
  CHECK(failing.value()->take_problems().size() == 1);
  const std::atomic<bool> stop{true};
  options.every_seconds = 3600;
  options.stop = &stop;
  auto stopped = scanner::poolmon::watch(std::make_unique<FakeProvider>(), options);
  REQUIRE(stopped);
  CHECK(stopped.value()->next(snapshot));
  CHECK_FALSE(stopped.value()->next(snapshot));
}
