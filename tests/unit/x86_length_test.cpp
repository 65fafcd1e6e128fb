// The quick reader of x86 instructions against Zydis: every three first bytes there are, with changing bytes behind.
#include "scanner/trace/isa/x86/length.hpp"

#include <Zydis/Zydis.h>
#include <doctest/doctest.h>

#include <array>
#include <random>
#include <vector>

#include "tests/unit/files.hpp"

namespace {

using scanner::trace::Condition;
using scanner::trace::ControlFlow;
using scanner::trace::x86::PlainX86;

class Oracle {
 public:
  Oracle() { ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32); }

  /// What is wrong with the answer; null when nothing is.
  const char* fault(pe::Bytes code, const PlainX86& plain) {
    ZydisDecodedInstruction real;
    ZydisDecoderContext context;
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &real)))
      return "is no instruction";
    const auto& raw = real.raw;
    if (real.length != plain.length) return "length";
    if (plain.displacement_bytes * 8 != raw.disp.size) return "size of the displacement";
    if (plain.displacement_bytes != 0 && plain.displacement != raw.disp.offset) return "displacement";
    if (plain.immediate_bytes * 8 != raw.imm[0].size) return "size of the immediate";
    if (plain.immediate_bytes != 0 && plain.immediate != raw.imm[0].offset) return "immediate";
    if (raw.imm[1].size != 0) return "a second immediate";
    if ((real.mnemonic == ZYDIS_MNEMONIC_LEA) != (plain.opcode == 0x8D)) return "lea";
    if (plain.flow != flow_of(real, code)) return "flow";
    const bool relative = plain.flow == ControlFlow::jump || plain.flow == ControlFlow::branch;
    if (relative && plain.relative != raw.imm[0].value.s) return "target";
    if (plain.flow == ControlFlow::branch) {
      if (plain.condition != condition_of(real.mnemonic)) return "condition";
      if (plain.signed_condition != (real.mnemonic == ZYDIS_MNEMONIC_JL || real.mnemonic == ZYDIS_MNEMONIC_JNL ||
                                     real.mnemonic == ZYDIS_MNEMONIC_JLE || real.mnemonic == ZYDIS_MNEMONIC_JNLE))
        return "sign of the condition";
    }
    return plain.padding == does_nothing(real, code) ? nullptr : "padding";
  }

 private:
  static ControlFlow flow_of(const ZydisDecodedInstruction& real, pe::Bytes code) {
    if (real.mnemonic == ZYDIS_MNEMONIC_INT3) return code[1] == 0xCC ? ControlFlow::trap : ControlFlow::next;
    switch (real.meta.category) {
      case ZYDIS_CATEGORY_COND_BR: return ControlFlow::branch;
      case ZYDIS_CATEGORY_UNCOND_BR:
        return real.raw.imm[0].is_relative ? ControlFlow::jump : ControlFlow::indirect_jump;
      case ZYDIS_CATEGORY_RET: return ControlFlow::ret;
      case ZYDIS_CATEGORY_SYSTEM:
      case ZYDIS_CATEGORY_INTERRUPT: return ControlFlow::trap;
      default: return ControlFlow::next;
    }
  }
  static Condition condition_of(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
      case ZYDIS_MNEMONIC_JZ: return Condition::equal;
      case ZYDIS_MNEMONIC_JNZ: return Condition::not_equal;
      case ZYDIS_MNEMONIC_JB:
      case ZYDIS_MNEMONIC_JL: return Condition::below;
      case ZYDIS_MNEMONIC_JBE:
      case ZYDIS_MNEMONIC_JLE: return Condition::below_equal;
      case ZYDIS_MNEMONIC_JNBE:
      case ZYDIS_MNEMONIC_JNLE: return Condition::above;
      case ZYDIS_MNEMONIC_JNB:
      case ZYDIS_MNEMONIC_JNL: return Condition::above_equal;
      case ZYDIS_MNEMONIC_JS: return Condition::negative;
      case ZYDIS_MNEMONIC_JNS: return Condition::not_negative;
      default: return Condition::other;
    }
  }
  static bool does_nothing(const ZydisDecodedInstruction& real, pe::Bytes code) {
    if (real.mnemonic == ZYDIS_MNEMONIC_INT3 || real.mnemonic == ZYDIS_MNEMONIC_NOP) return true;
    const auto& raw = real.raw;
    const unsigned rm = raw.modrm.rm == 4 && raw.modrm.mod != 3 ? raw.sib.base : raw.modrm.rm;
    if (raw.modrm.reg != rm) return false;
    if (real.mnemonic == ZYDIS_MNEMONIC_LEA)
      return raw.modrm.mod != 0 && raw.disp.value == 0 && (raw.modrm.rm != 4 || raw.sib.index == 4);
    return (code[0] == 0x8B || code[0] == 0x89) && raw.modrm.mod == 3;
  }

  ZydisDecoder decoder_;
};

bool ends_in_field(const PlainX86& plain) {
  return (plain.immediate_bytes == 4 && plain.immediate + 4 == plain.length) ||
         (plain.displacement_bytes == 4 && plain.displacement + 4 == plain.length);
}

/// Does glanced_flow() say of the branch, jump or return what plain_x86() says?
bool same_flow(const std::uint8_t* code, const PlainX86& plain) {
  constexpr std::uint32_t kAt = 0x1000;
  const auto flow = scanner::trace::x86::glanced_flow(code, plain.length, kAt);
  const bool goes = plain.flow == ControlFlow::jump || plain.flow == ControlFlow::branch;
  const std::uint32_t target = goes ? kAt + plain.length + static_cast<std::uint32_t>(plain.relative) : 0;
  return flow.rva == kAt && flow.length == plain.length && flow.flow == plain.flow && flow.target == target &&
         flow.condition == plain.condition && flow.signed_condition == plain.signed_condition && !flow.padding;
}

}  // namespace

TEST_CASE("plain x86 instructions are measured as Zydis measures them, whatever the first three bytes") {
  Oracle oracle;
  std::mt19937_64 random(20261124);
  std::array<std::uint8_t, 24> code{};
  std::size_t answered = 0, glanced = 0, wrong = 0;
  for (std::uint32_t first = 0; first < 1U << 24; ++first) {
    std::uint64_t tail = random();
    // Small displacements and the byte CC matter to what counts as padding.
    if (first % 5 == 0) tail &= 0xFFFFFF00FFFFFF00U;
    code[0] = static_cast<std::uint8_t>(first);
    code[1] = static_cast<std::uint8_t>(first >> 8);
    code[2] = static_cast<std::uint8_t>(first >> 16);
    std::memcpy(code.data() + 3, &tail, sizeof tail);
    const pe::Bytes bytes{std::span<const std::uint8_t>(code)};
    const auto plain = scanner::trace::x86::plain_x86(bytes);
    const scanner::trace::x86::Glance glance = scanner::trace::x86::glance_x86(code.data());
    glanced += glance.length != 0 ? 1U : 0U;
    if (!plain && glance.length == 0) continue;
    ++answered;
    const char* fault = plain ? oracle.fault(bytes, *plain) : "glanced at, and not plain";
    if (fault == nullptr && glance.length != 0) {
      if (glance.length != plain->length) fault = "length at a glance";
      if (glance.plain != (plain->flow == ControlFlow::next && !plain->padding)) fault = "flow at a glance";
      if (glance.ends_in_field != ends_in_field(*plain)) fault = "field at a glance";
      if (!glance.plain && !same_flow(code.data(), *plain)) fault = "target at a glance";
    }
    if (fault == nullptr || ++wrong > 20) continue;
    CAPTURE(int{code[0]});
    CAPTURE(int{code[1]});
    CAPTURE(int{code[2]});
    CAPTURE(int{code[3]});
    CHECK_MESSAGE(false, fault);
  }
  CHECK(wrong == 0);
  CHECK(answered > (1U << 24) / 2);
  CHECK(glanced > answered / 10 * 9);
}

TEST_CASE("at every byte of the x86 drivers the quick reader and Zydis agree, and most code is plain") {
  Oracle oracle;
  std::size_t answered = 0, asked = 0, images = 0;
  for (const auto& path : all_drivers()) {
    const auto file = read_bytes(path);
    const auto image = pe::Image::open(file);
    if (!image || image.value().machine() != pe::Machine::x86) continue;
    ++images;
    for (const auto& section : image.value().sections()) {
      if (!section.executable()) continue;
      const pe::Bytes code = image.value().from_rva(section.rva);
      for (std::size_t at = 0; at + 24 < std::min<std::size_t>(code.size(), section.virtual_size); ++at) {
        const auto plain = scanner::trace::x86::plain_x86(code.from(at));
        ++asked;
        if (!plain) continue;
        ++answered;
        if (const char* fault = oracle.fault(code.from(at), *plain)) {
          INFO(path);
          FAIL(fault, " at ", section.rva + at);
        }
      }
    }
  }
  CHECK(images > 50);
  CHECK(answered > asked / 10 * 7);
}

TEST_CASE("a walk at a glance notes what single glances say, and stops at what they do not answer") {
  std::mt19937_64 random(20261130);
  std::vector<std::uint8_t> code(4096);
  constexpr std::uint8_t kMark = 0xC0;
  for (int round = 0; round < 200; ++round) {
    for (std::uint8_t& byte : code) byte = static_cast<std::uint8_t>(random());
    for (std::size_t i = 0; i < code.size(); i += 7) code[i] = 0xCC;
    const std::size_t limit = random() % code.size();
    std::vector<std::uint8_t> steps(code.size());
    const pe::Bytes bytes{std::span<const std::uint8_t>(code)};
    for (std::size_t begin = 0; begin < code.size(); begin += 64) {
      scanner::trace::x86::Glance last;
      std::vector<std::uint8_t> before = steps;
      const std::size_t stopped =
          scanner::trace::x86::glance_along(bytes, begin, limit, {steps.data(), steps.size()}, kMark, last);
      std::size_t at = begin;
      while (at < stopped) {
        REQUIRE(before[at] == 0);
        const auto glance = scanner::trace::x86::glance_x86(code.data() + at);
        const bool breakpoint = code[at] == 0xCC;
        REQUIRE(steps[at] == (breakpoint ? 1 : glance.length | kMark));
        REQUIRE((breakpoint || (glance.plain && code[at] != 0 && code[at] != 0xE8)));
        at += breakpoint ? 1U : glance.length;
        REQUIRE(at <= limit);
      }
      REQUIRE(at == stopped);
      if (at + scanner::trace::x86::kLongestX86 > code.size() || steps[at] != 0) continue;
      const auto glance = scanner::trace::x86::glance_x86(code.data() + at);
      REQUIRE(last.length == glance.length);
      REQUIRE((!glance.plain || code[at] == 0 || code[at] == 0xE8 || at + glance.length > limit));
    }
  }
}

TEST_CASE("near the end of the section nobody reads past it") {
  const std::array<std::uint8_t, 14> code{0x81, 0x05};
  CHECK_FALSE(scanner::trace::x86::plain_x86(pe::Bytes{std::span<const std::uint8_t>(code)}));
}
