#include "scanner/trace/isa/x86/machine.hpp"

#include "scanner/trace/isa/gap_splitter.hpp"

namespace scanner::trace::x86 {

const Abi& abi_of_x64() {
  static const Abi abi = [] {
    Abi out;
    out.stack_pointer = kStackPointer;
    out.frame_pointer = kFramePointer;
    out.word = 8;
    out.arguments = out.candidate_arguments = {1, 2, 8, 9};
    out.kept = register_bits({3, 5, 6, 7, 12, 13, 14, 15});
    out.result = kAccumulator;
    out.stack_arguments = 0x28;  // behind the return address and the home space
    out.candidate_slots = 8;
    out.return_address = 8;
    out.dispatched = kAccumulator;
    out.entry_misalignment = 8;  // a call pushed the return address
    out.kept_wide = register_bits({6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    out.keeps_high_halves = true;
    return with_candidates(out);
  }();
  return abi;
}

const Abi& abi_of_x86() {
  static const Abi abi = [] {
    Abi out;
    out.stack_pointer = kStackPointer;
    out.frame_pointer = kFramePointer;
    out.word = 4;
    out.kept = register_bits({3, 5, 6, 7});
    out.result = kAccumulator;
    out.second_result = 2;
    out.stack_arguments = 4;
    out.return_address = 4;
    out.dispatched = kAccumulator;
    out.callee_removes = true;
    out.candidate_arguments = {1, 2};
    out.beside_convention = kAccumulator;
    out.candidate_slots = 8;
    out.unwinder_restores = false;
    return with_candidates(out);
  }();
  return abi;
}

std::unique_ptr<Machine> make_machine(const pe::Image& image) {
  if (image.is_64()) return std::make_unique<X64Machine>(image);
  return std::make_unique<X86Machine>(image);
}

Untraced untraced_code_of(const pe::Image& image) {
  const bool lacks_relocations = !image.is_64() && image.directory(pe::Directory::relocations).size == 0 &&
                                 image.directory(pe::Directory::imports).size != 0;
  if (!lacks_relocations) return {};
  return {true, "an x86 image without relocations is not traced: only the bytes of tags were looked for"};
}

namespace {

/// Not by a word that the instruction itself names, as jumps to imported functions go.
bool jumps_by_register(const pe::Image& image, std::uint32_t rva) {
  constexpr std::uint8_t kOpcode = 0xFF, kModeAndMemory = 0xC7, kWordNamed = 0x05;
  const pe::Bytes code = image.from_rva(rva);
  const std::size_t opcode = code.size() > 2 && (code[0] & 0xF0) == 0x40 ? 1 : 0;  // behind a REX prefix
  return code.size() < opcode + 2 || code[opcode] != kOpcode || (code[opcode + 1] & kModeAndMemory) != kWordNamed;
}

}  // namespace

std::vector<CodeRange> X64Machine::split(const KnownStarts& known, CodeRange code) {
  return split_gap(*this, known, code, {16, true, jumps_by_register});
}

}  // namespace scanner::trace::x86
