// What is particular to ARM64 images: their .pdata, the map of their code when it is for several processors, and tags
// that stand in no four bytes of the file.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/trace/isa/arm64/decode.hpp"
#include "scanner/trace/trace.hpp"
#include "tests/unit/files.hpp"

namespace trace = scanner::trace;
using trace::arm64::Form;

namespace {

std::vector<std::uint8_t> hand_made(const std::string& name) {
  return read_bytes(std::string(TEST_DRIVERS) + "/asm-arm64-hand/asm_arm64_" + name + ".sys");
}

std::vector<pe::FunctionRange> functions_of(const pe::Image& image) {
  std::vector<pe::FunctionRange> functions;
  const auto visited = image.for_each_function([&](const pe::FunctionRange& range) { functions.push_back(range); });
  CHECK_FALSE(visited.stopped);
  CHECK(visited.count == functions.size());
  return functions;
}

std::vector<tagdb::PoolTag> tags(std::initializer_list<const char*> texts) {
  std::vector<tagdb::PoolTag> out;
  for (const char* text : texts) out.push_back(tagdb::PoolTag::from_text(text));
  return out;
}

}  // namespace

TEST_CASE("packed .pdata of ARM64 gives the length of each function") {
  const auto bytes = hand_made("packed_pdata");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  const auto functions = functions_of(image.value());
  REQUIRE(functions.size() == 2);
  CHECK(functions[0].begin == image.value().entry_rva());
  CHECK(functions[0].end - functions[0].begin == 4 * 11);  // nine instructions and two literals
  CHECK(functions[1].end - functions[1].begin == 4 * 10);
  CHECK(functions[1].begin > functions[0].end);  // a leaf function without a record stands between
}

TEST_CASE("fragments of ARM64 functions: one that goes on where the last ended, and one far away") {
  const auto bytes = hand_made("fragments");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  const auto functions = functions_of(image.value());
  REQUIRE(functions.size() == 3);
  CHECK(functions[1].begin == functions[0].end);
  CHECK(functions[1].primary == functions[0].begin);
  CHECK(functions[2].primary == functions[2].begin);
}

TEST_CASE("ranges from .xdata do not overlap and end where nothing falls through") {
  std::size_t ranges = 0;
  for (const auto& path : test_drivers()) {
    if (path.find("clang-arm64-O") == std::string::npos) continue;
    INFO(path);
    const auto bytes = read_bytes(path);
    const auto image = pe::Image::open(bytes);
    REQUIRE(image);
    std::uint32_t last = 0;
    for (const auto& range : functions_of(image.value())) {
      ++ranges;
      CHECK(range.begin >= last);
      last = range.end;
      const auto word = trace::arm64::word_at(image.value(), range.end - 4);
      REQUIRE(word);
      const Form form = trace::arm64::decode(*word, range.end - 4).form;
      const bool ends = form == Form::ret || form == Form::jump || form == Form::jump_register || form == Form::trap ||
                        form == Form::call || form == Form::call_register;
      CHECK(ends);
    }
  }
  CHECK(ranges > 300);
}

TEST_CASE("a tag in two halves is found by the search that comes before a trace") {
  const auto bytes = hand_made("halves");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  for (const char* text : {"HvAa", "HvBb", "HvDd"}) {
    INFO(text);
    const trace::TagSearch one(tags({text}));
    CHECK_FALSE(one.any(image.value().file()));
    CHECK(trace::may_hold_halves(image.value(), one));
    const auto found = trace::describe_occurrences(image.value(), trace::places_of(image.value(), one));
    REQUIRE(found.size() == 1);
    CHECK(found[0].evidence == trace::Evidence::constant);
    CHECK(found[0].what.find("two halves") == 0);
  }
  // Halves of two tags are no tag.
  std::vector<tagdb::PoolTag> crossed{tagdb::PoolTag::from_text("HvBa"), tagdb::PoolTag::from_text("AaHv")};
  CHECK_FALSE(trace::may_hold_halves(image.value(), trace::TagSearch(crossed)));
}

TEST_CASE("a literal is told from bytes that nobody loads") {
  const auto bytes = hand_made("data_in_code");
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  const auto loaded =
      trace::describe_occurrences(image.value(), trace::places_of(image.value(), trace::TagSearch(tags({"DcAa"}))));
  REQUIRE(loaded.size() == 1);
  CHECK(loaded[0].evidence == trace::Evidence::constant);
  CHECK(loaded[0].what.find("ldr") != std::string::npos);
}

TEST_CASE("images with code for several processors say so") {
  auto bytes = hand_made("hybrid");
  std::size_t foreign = 0;
  {
    const auto image = pe::Image::open(bytes);
    REQUIRE(image);
    CHECK(image.value().machine() == pe::Machine::arm64);
    CHECK(trace::can_trace(image.value()));
    const auto visited = image.value().for_each_hybrid_range([&](const pe::HybridRange& range) {
      foreign += range.machine == pe::Machine::x64 ? range.end - range.begin : 0;
    });
    CHECK(visited.count == 2);
    CHECK(foreign == 4 * 4);
    CHECK(trace::untraced_code(image.value()).find("ARM64X") != std::string::npos);
    // With a map that cannot be read, code for x64 would be taken for ARM64's, and its tags for proven.
    const auto metadata = image.value().offset_of(image.value().load_config().hybrid_metadata);
    REQUIRE(metadata);
    constexpr std::size_t kMap = 4, kCount = 8;
    for (const auto& [field, value] :
         {std::pair{kCount, std::uint32_t{0x20000}}, std::pair{kCount, std::uint32_t{0}},
          std::pair{kCount, std::uint32_t{0x4000}}, std::pair{kMap, std::uint32_t{0x7FFFFFFF}}}) {
      auto damaged = bytes;
      for (unsigned i = 0; i < 4; ++i) damaged[*metadata + field + i] = static_cast<std::uint8_t>(value >> (8 * i));
      const auto bad = pe::Image::open(damaged);
      REQUIRE(bad);
      CHECK_FALSE(trace::can_trace(bad.value()));
      CHECK(trace::untraced_code(bad.value()).find("an ARM64X image is not traced, because its ") == 0);
    }
  }
  // An ARM64EC image calls itself x64.
  const auto coff = static_cast<std::size_t>(bytes[0x3C] | bytes[0x3D] << 8) + 4;
  bytes[coff] = 0x64;
  bytes[coff + 1] = 0x86;
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  CHECK(image.value().machine() == pe::Machine::arm64ec);
  CHECK_FALSE(trace::can_trace(image.value()));
  CHECK(trace::untraced_code(image.value()).find("ARM64EC") != std::string::npos);
}
