#include "scanner/trace/isa/x86/text.hpp"

#include <array>

namespace scanner::trace::x86 {

TextWriter::TextWriter() { ZydisFormatterInit(&formatter_, ZYDIS_FORMATTER_STYLE_INTEL); }

std::string TextWriter::text(const ZydisDecoder& decoder, pe::Bytes code, std::uint32_t rva) const {
  ZydisDecodedInstruction instruction;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code.data(), code.size(), &instruction, operands)))
    return "(not decodable)";
  std::array<char, 160> buffer{};
  ZydisFormatterFormatInstruction(&formatter_, &instruction, operands, instruction.operand_count_visible, buffer.data(),
                                  buffer.size(), rva, nullptr);
  return buffer.data();
}

}  // namespace scanner::trace::x86
