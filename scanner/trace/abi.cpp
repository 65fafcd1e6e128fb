#include "scanner/trace/abi.hpp"

#include <algorithm>

namespace scanner::trace {

Location Abi::argument(unsigned index) const {
  if (index < arguments.size()) return arguments[index];
  // Win64 keeps home space for the register arguments, so slot `index` stands where it would on a plain stack.
  return stack_location(
      static_cast<std::int32_t>(stack_arguments + (index - static_cast<unsigned>(arguments.size())) * word));
}

bool Abi::preserved(Reg reg) const { return std::find(kept.begin(), kept.end(), reg) != kept.end(); }

const Abi& abi_of(pe::Machine) {
  static const Abi x64{4, 8, {1, 2, 8, 9}, {3, 5, 6, 7, 12, 13, 14, 15}, 0, 0x28, 8};
  return x64;
}

Callee resolve_thunk(const pe::Image& image, const ImportTable& imports, std::uint32_t rva) {
  Callee callee;
  callee.target = rva;
  constexpr int kMaxHops = 4;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    if (callee.import = imports.own(callee.target); callee.import >= 0) return callee;
    const pe::Bytes code = image.from_rva(callee.target);
    if (code.size() < 5) return callee;
    if (code[0] == 0xE9) {
      callee.target += 5 + *code.read<std::uint32_t>(1);
      continue;
    }
    const unsigned rex = code[0] == 0x48 ? 1 : 0;
    if (code.size() >= 6 + rex && code[rex] == 0xFF && code[rex + 1] == 0x25) {
      const std::uint32_t slot = callee.target + rex + 6 + *code.read<std::uint32_t>(rex + 2);
      callee.import = imports.at(slot);
      return callee;
    }
    callee.jumps_to_register = code[0] == 0xFF && code[1] == 0xE0;
    return callee;
  }
  return callee;
}

}  // namespace scanner::trace
