// Code that would take for ever costs no more than its budget, is named and counted, and takes nothing from the rest.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "scanner/trace/trace.hpp"
#include "tests/fuzz/shell.hpp"

namespace trace = scanner::trace;

namespace {

class Code {
 public:
  Code& bytes(std::initializer_list<int> list) {
    for (const int byte : list) code_.push_back(static_cast<std::uint8_t>(byte));
    return *this;
  }
  Code& number(std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) code_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  /// sub rsp, 40; mov r8d, tag; mov edx, 64; call [ExAllocatePoolWithTag]
  Code& allocate(const char* tag) {
    bytes({0x48, 0x83, 0xEC, 0x28, 0x41, 0xB8}).number(tagdb::PoolTag::from_text(tag).value());
    bytes({0xBA}).number(64);
    return call(0);
  }
  /// call [slot] of the shell's import number `import`
  Code& call(std::uint32_t import) {
    constexpr std::uint32_t kCode = 0x3000, kSlots = 0x1200;
    bytes({0xFF, 0x15});
    return number(kSlots + 8 * import - (kCode + static_cast<std::uint32_t>(code_.size()) + 4));
  }
  Code& ends() { return bytes({0x48, 0x83, 0xC4, 0x28, 0xC3, 0xCC, 0xCC, 0xCC}); }
  [[nodiscard]] const std::vector<std::uint8_t>& get() const { return code_; }

 private:
  std::vector<std::uint8_t> code_;
};

trace::TraceResult traced(const Code& code) {
  const auto bytes = fuzz::image_around(fuzz::Shell::x64, code.get());
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  return trace::trace(image.value(), tagdb::builtin_api_table());
}

bool allocates(const trace::TraceResult& result, const char* tag, trace::Certainty certainty) {
  return std::any_of(result.uses.begin(), result.uses.end(), [&](const trace::TagUse& use) {
    return use.tag == tagdb::PoolTag::from_text(tag) && use.evidence == trace::Evidence::allocates &&
           use.certainty == certainty;
  });
}

}  // namespace

TEST_CASE("a function that would take for ever is given up, named and counted; others are not affected") {
  Code plain;
  plain.allocate("Leak").ends();
  CHECK(allocates(traced(plain), "Leak", trace::Certainty::sure));
  CHECK(traced(plain).problems.empty());

  // Twenty thousand jumps to nobody knows where, each perhaps to behind any other.
  Code bomb = plain;
  bomb.allocate("Bomb");
  for (int i = 0; i < 20000; ++i) bomb.bytes({0xFF, 0xE0});
  bomb.bytes({0xCC, 0xCC, 0xCC});
  const trace::TraceResult result = traced(bomb);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].find("1 function was too costly to follow, the first at RVA 0x30") == 0);
  // Half a search has not seen every path.
  CHECK(allocates(result, "Leak", trace::Certainty::one_path));
  CHECK(result.dynamic_reasons().at("budget") == 1);
  CHECK(result.counts(trace::SiteKind::allocate).total() == 2);
}

TEST_CASE("a helper that is called in a function that was given up is no site: it takes no tag") {
  Code bomb;
  bomb.allocate("Bomb");
  for (int i = 0; i < 20000; ++i) bomb.bytes({0xFF, 0xE0});
  constexpr std::uint32_t kMmGetSystemRoutineAddress = 4;
  bomb.call(kMmGetSystemRoutineAddress).ends();
  const trace::TraceResult result = traced(bomb);
  CHECK(result.dynamic_reasons().at("budget") == 1);
  REQUIRE(result.sites.size() == 1);
  CHECK(result.sites.front().row >= 0);
}

TEST_CASE("what an image claims of itself takes no memory") {
  Code plain;
  plain.allocate("Leak").ends();
  auto bytes = fuzz::image_around(fuzz::Shell::x64, plain.get());
  const auto put = [&bytes](std::size_t at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  constexpr std::size_t kOptional = 0x98, kExceptions = kOptional + 112 + 3 * 8, kTable = 0x1E00;
  put(kOptional + 56, 0xFFFFFFFF);  // SizeOfImage
  put(kExceptions, kTable);
  put(kExceptions + 4, 12);
  put(kTable, 0x3000);
  put(kTable + 4, 0xFFFF0000);  // a function of four gigabytes
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  CHECK(allocates(trace::trace(image.value(), tagdb::builtin_api_table()), "Leak", trace::Certainty::sure));
}

namespace {

/// The code that `make` appends to, `n` times, in a function behind one that calls it with a local and allocates.
trace::TraceResult with_callee(int n, const std::function<void(Code&, int)>& make) {
  Code code;
  code.bytes({0x48, 0x83, 0xEC, 0x38, 0x48, 0x8D, 0x4C, 0x24, 0x28, 0xE8}).number(0x20);  // lea rcx, [rsp+0x28]; call
  code.bytes({0x44, 0x8B, 0x44, 0x24, 0x28, 0xBA}).number(64).call(0);                    // mov r8d, [rsp+0x28]
  code.bytes({0x48, 0x83, 0xC4, 0x38, 0xC3});
  while (code.get().size() < 14 + 0x20) code.bytes({0xCC});
  for (int i = 0; i < n; ++i) make(code, i);
  return traced(code.bytes({0xC3, 0xCC, 0xCC, 0xCC}));
}

/// Twice as much of it costs little more than twice as much.
void check_linear(int n, const std::function<void(Code&, int)>& make) {
  const auto once = with_callee(n, make), twice = with_callee(2 * n, make);
  CHECK(once.steps > static_cast<std::uint64_t>(n));
  CHECK(twice.steps < once.steps * 5 / 2);
  CHECK(once.counts(trace::SiteKind::allocate).total() == 1);
}

constexpr std::uint32_t kGlobal = 0x2010, kCodeStart = 0x3000;

/// The four bytes that name the global, in an instruction that ends `behind` bytes after them.
std::uint32_t to_global(const Code& code, std::uint32_t behind) {
  return kGlobal - (kCodeStart + static_cast<std::uint32_t>(code.get().size()) + 4 + behind);
}

}  // namespace

TEST_CASE("stores behind an argument, up or down, cost what they are many") {
  const auto store = [](Code& code, int at) {
    code.bytes({0x89, 0x91}).number(0x1000 + 4 * static_cast<std::uint32_t>(at));  // mov [rcx+at], edx
  };
  check_linear(2500, store);
  check_linear(2500, [&](Code& code, int i) { store(code, 10000 - i); });
}

TEST_CASE("stores to one global cost what they are many") {
  check_linear(2500, [](Code& code, int i) {
    code.bytes({0xC7, 0x05});
    code.number(to_global(code, 4)).number(0x10000000 + static_cast<std::uint32_t>(i));
  });
}

TEST_CASE("pointers that are given away cost what they are many: fields of an argument, locals") {
  check_linear(2000, [](Code& code, int i) {
    code.bytes({0x48, 0x8D, 0x81}).number(80000 - 8 * static_cast<std::uint32_t>(i));  // lea rax, [rcx+at]
    code.bytes({0x48, 0x89, 0x05});
    code.number(to_global(code, 0));
  });
  check_linear(2000, [](Code& code, int i) {
    code.bytes({0x48, 0x8D, 0x84, 0x24}).number(0U - 80000 - 8 * static_cast<std::uint32_t>(i));  // lea rax, [rsp-at]
    code.bytes({0x48, 0x89, 0x05});
    code.number(to_global(code, 0));
  });
}
