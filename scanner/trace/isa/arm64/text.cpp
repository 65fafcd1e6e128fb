// Capstone is opened at the first instruction that somebody wants to read.
#include "scanner/trace/isa/arm64/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace scanner::trace::arm64 {

TextWriter::~TextWriter() {
  if (handle_ != 0) capstone_.close(&handle_);
}

bool TextWriter::open() {
  if (tried_) return handle_ != 0;
  tried_ = true;
  capstone_ = capstone_functions();
  if (capstone_.open == nullptr || capstone_.open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &handle_) != CS_ERR_OK)
    handle_ = 0;
  return handle_ != 0;
}

std::string TextWriter::text(pe::Bytes code, std::uint32_t rva) {
  constexpr std::size_t kWordBytes = 4;
  if (!open()) {
    std::array<char, 24> raw{};
    std::snprintf(raw.data(), raw.size(), ".inst 0x%08x",
                  static_cast<unsigned>(code.read<std::uint32_t>(0).value_or(0)));
    return raw.data();
  }
  cs_insn* instruction = nullptr;
  if (capstone_.disassemble(handle_, code.data(), std::min<std::size_t>(code.size(), kWordBytes), rva, 1,
                            &instruction) == 0)
    return "(not decodable)";
  std::string out = instruction->mnemonic;
  if (instruction->op_str[0] != '\0') out += std::string(" ") + instruction->op_str;
  capstone_.free(instruction, 1);
  return out;
}

}  // namespace scanner::trace::arm64
