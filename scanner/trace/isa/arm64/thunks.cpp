// Thunks of ARM64: `b`, `adrp; ldr; br` (an import) and `adrp; add; br` are followed.
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/isa/arm64/machine.hpp"

namespace scanner::trace::arm64 {
namespace {

constexpr std::uint32_t kWordBytes = 4;

}  // namespace

Callee Arm64Machine::resolve_thunk(const ImportTable& imports, std::uint32_t rva) const {
  Callee callee;
  callee.target = rva;
  constexpr int kMaxHops = 4;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    if (callee.import = imports.own(callee.target); callee.import >= 0) return callee;
    const auto first = word_at(image(), callee.target);
    if (!first) return callee;
    const Word one = arm64::decode(*first, callee.target);
    if (one.form == Form::jump) {
      callee.target = static_cast<std::uint32_t>(one.imm);
      continue;
    }
    if (one.form == Form::jump_register) {
      callee.jumps_to_register = true;
      callee.jump_register = one.rn;
      return callee;
    }
    if (one.form != Form::address) return callee;
    const auto second = word_at(image(), callee.target + kWordBytes),
               third = word_at(image(), callee.target + 2 * kWordBytes);
    if (!second || !third) return callee;
    const Word two = arm64::decode(*second, callee.target + kWordBytes),
               three = arm64::decode(*third, callee.target + 2 * kWordBytes);
    if (three.form != Form::jump_register || two.rn != one.rd || three.rn != two.rd) return callee;
    if (two.form == Form::load && two.mode == Address::offset && two.width == 8) {
      callee.import = imports.at(static_cast<std::uint32_t>(one.imm + two.imm));
      return callee;
    }
    if (two.form != Form::add_immediate || two.flags || two.subtract) return callee;
    callee.target = static_cast<std::uint32_t>(one.imm + two.imm);
  }
  return callee;
}

}  // namespace scanner::trace::arm64
