// Thunks of x64 and x86: what a direct call target really is.
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {

Callee CommonMachine::resolve_thunk(const ImportTable& imports, std::uint32_t rva) const {
  Callee callee;
  callee.target = rva;
  constexpr int kMaxHops = 4;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    if (callee.import = imports.own(callee.target); callee.import >= 0) return callee;
    const pe::Bytes code = image().from_rva(callee.target);
    if (code.size() < 5) return callee;
    if (code[0] == 0xE9) {
      callee.target += 5 + *code.read<std::uint32_t>(1);
      continue;
    }
    const unsigned rex = code[0] == 0x48 ? 1 : 0;
    if (code.size() >= 6 + rex && code[rex] == 0xFF && code[rex + 1] == 0x25) {
      const std::uint32_t field = *code.read<std::uint32_t>(rex + 2);
      const std::uint32_t slot =
          is_64_ ? callee.target + rex + 6 + field : image().rva_of_va(field).value_or(0xFFFFFFFFU);
      callee.import = imports.at(slot);
      return callee;
    }
    // Import libraries of old compilers: `mov eax, [slot]; jmp eax`.
    if (!is_64_ && code.size() >= 7 && code[0] == 0xA1 && code[5] == 0xFF && code[6] == 0xE0) {
      callee.import = imports.at(image().rva_of_va(*code.read<std::uint32_t>(1)).value_or(0xFFFFFFFFU));
      return callee;
    }
    if (!is_64_) return callee;
    callee.jumps_to_register = code[0] == 0xFF && code[1] == 0xE0;
    return callee;
  }
  return callee;
}

}  // namespace scanner::trace::x86
