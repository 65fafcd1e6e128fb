#include "scanner/trace/isa/abi.hpp"

#include <initializer_list>

#include "scanner/trace/isa/arm64/thunks.hpp"

namespace scanner::trace {

Location Abi::argument(unsigned index) const {
  if (index < arguments.size()) return arguments[index];
  // Win64 keeps home space for the register arguments, so slot `index` stands where it would on a plain stack.
  return stack_location(
      static_cast<std::int32_t>(stack_arguments + (index - static_cast<unsigned>(arguments.size())) * word));
}

namespace {

constexpr std::uint32_t bits(std::initializer_list<unsigned> registers) {
  std::uint32_t out = 0;
  for (const unsigned reg : registers) out |= 1U << reg;
  return out;
}

}  // namespace

const Abi& abi_of(pe::Machine machine) {
  static const Abi x64{4, 8, {1, 2, 8, 9}, bits({3, 5, 6, 7, 12, 13, 14, 15}), 0, 0x28, 8, 0, false, {1, 2, 8, 9},
                       0, 8, bits({6, 7, 8, 9, 10, 11, 12, 13, 14, 15}), true};
  static const Abi x86{4, 4, {}, bits({3, 5, 6, 7}), 0, 4, 4, 0, true, {1, 2}, 8, 8};
  // "Overview of ARM64 ABI conventions", learn.microsoft.com; x18 is the platform's.
  static const Abi arm64{31,
                         8,
                         {0, 1, 2, 3, 4, 5, 6, 7},
                         bits({18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29}),
                         0,
                         0,
                         0,
                         9,
                         false,
                         {0, 1, 2, 3, 4, 5, 6, 7},
                         0,
                         0,
                         bits({8, 9, 10, 11, 12, 13, 14, 15})};
  if (machine == pe::Machine::arm64) return arm64;
  return machine == pe::Machine::x86 ? x86 : x64;
}

std::vector<Location> carriers_of(const Abi& abi) {
  std::vector<Location> all(abi.carriers.begin(), abi.carriers.end());
  for (unsigned i = 0; i < abi.carrier_slots; ++i)
    all.push_back(stack_location(static_cast<std::int32_t>(abi.stack_arguments + i * abi.word)));
  return all;
}

Callee resolve_thunk(const pe::Image& image, const ImportTable& imports, std::uint32_t rva) {
  if (image.machine() == pe::Machine::arm64) return arm64::resolve_thunk(image, imports, rva);
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
      const std::uint32_t field = *code.read<std::uint32_t>(rex + 2);
      const std::uint32_t slot =
          image.is_64() ? callee.target + rex + 6 + field : image.rva_of_va(field).value_or(0xFFFFFFFFU);
      callee.import = imports.at(slot);
      return callee;
    }
    // Import libraries of old compilers: `mov eax, [slot]; jmp eax`.
    if (!image.is_64() && code.size() >= 7 && code[0] == 0xA1 && code[5] == 0xFF && code[6] == 0xE0) {
      callee.import = imports.at(image.rva_of_va(*code.read<std::uint32_t>(1)).value_or(0xFFFFFFFFU));
      return callee;
    }
    if (!image.is_64()) return callee;
    callee.jumps_to_register = code[0] == 0xFF && code[1] == 0xE0;
    return callee;
  }
  return callee;
}

}  // namespace scanner::trace
