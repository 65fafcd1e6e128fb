// One instruction of x64 or x86: its length and what it does to the flow of control, and its operations. Zydis decodes
// instructions first and their operands only when they are lifted.
#include <array>
#include <optional>

#include "scanner/trace/isa/x86/lift.hpp"
#include "scanner/trace/isa/x86/machine.hpp"
#include "scanner/trace/isa/x86/plain_operands.hpp"

namespace scanner::trace::x86 {
namespace {

constexpr std::uint8_t kAddressBytes = 4;  // of data between instructions

Instruction undecodable(std::uint32_t rva, std::uint8_t length) {
  Instruction out;
  out.rva = rva;
  out.flow = ControlFlow::undecodable;
  out.length = length;
  return out;
}

}  // namespace

CommonMachine::CommonMachine(const pe::Image& image, const Abi& abi)
    : Machine(image, abi), is_64_(image.is_64()), addresses_(image), emitter_(decoded_, addresses_, is_64_) {
  ZydisDecoderInit(&decoder_, is_64_ ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                   is_64_ ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
}

Instruction CommonMachine::decode_length(pe::Bytes code, std::uint32_t rva) {
  if (addresses_.is_data(rva)) return undecodable(rva, kAddressBytes);
  if (const auto plain = is_64_ ? std::nullopt : plain_x86(code)) return plain_at(*plain, rva);
  ZydisDecoderContext context;
  const bool decoded = is_64_ && decode_plain(code, is_64_, decoded_);
  if (!decoded && !decode_instruction(code, rva, context)) return undecodable(rva, 1);
  return decoded_at(code, rva);
}

Instruction CommonMachine::decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) {
  const auto first_op = static_cast<std::uint32_t>(function.ops.size());
  Instruction out;
  ZydisDecoderContext context;
  if (addresses_.is_data(rva)) {
    out = undecodable(rva, kAddressBytes);
  } else if (decode_plain(code, is_64_, decoded_)
                 ? addresses_.contradict(decoded_.instruction, rva)
                 : !decode_instruction(code, rva, context) || !decode_operands(context)) {
    out = undecodable(rva, 1);
  } else {
    out = decoded_at(code, rva);
    emitter_.start(function.ops, rva);
    lift(emitter_, code, out.flow);
  }
  out.first_op = first_op;
  out.op_count = static_cast<std::uint16_t>(function.ops.size() - first_op);
  return out;
}

bool CommonMachine::takes_address(pe::Bytes code, std::uint32_t rva, std::uint32_t field) {
  if (const auto plain = is_64_ ? std::nullopt : plain_x86(code))
    return plain->opcode == 0x8D || field - rva != plain->displacement;  // 8D: lea
  ZydisDecoderContext context;
  auto& instruction = decoded_.instruction;
  if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &instruction)))
    return true;
  return instruction.mnemonic == ZYDIS_MNEMONIC_LEA || field - rva != instruction.raw.disp.offset;
}

std::string CommonMachine::text(pe::Bytes code, std::uint32_t rva) {
  ZydisFormatter formatter;
  ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
  ZydisDecodedInstruction instruction;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &instruction, operands)))
    return "(not decodable)";
  std::array<char, 160> buffer{};
  ZydisFormatterFormatInstruction(&formatter, &instruction, operands, instruction.operand_count_visible, buffer.data(),
                                  buffer.size(), rva, nullptr);
  return buffer.data();
}

bool CommonMachine::decode_instruction(pe::Bytes code, std::uint32_t rva, ZydisDecoderContext& context) {
  return ZYAN_SUCCESS(
             ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &decoded_.instruction)) &&
         !addresses_.contradict(decoded_.instruction, rva);
}

bool CommonMachine::decode_operands(const ZydisDecoderContext& context) {
  return ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoder_, &context, &decoded_.instruction, decoded_.operands.data(),
                                                 decoded_.instruction.operand_count));
}

Instruction CommonMachine::decoded_at(pe::Bytes code, std::uint32_t rva) const {
  Instruction out;
  out.rva = rva;
  out.length = decoded_.instruction.length;
  set_flow(decoded_.instruction, out);
  if (!is_64_) note_habits_of_32(decoded_.instruction, code, out);
  return out;
}

Instruction CommonMachine::plain_at(const PlainX86& plain, std::uint32_t rva) const {
  if (addresses_.contradict(plain, rva)) return undecodable(rva, 1);
  Instruction out;
  out.rva = rva;
  out.length = plain.length;
  out.flow = plain.flow;
  out.padding = plain.padding;
  out.condition = plain.condition;
  out.signed_condition = plain.signed_condition;
  if (plain.flow == ControlFlow::jump || plain.flow == ControlFlow::branch)
    out.target = rva + plain.length + static_cast<std::uint32_t>(plain.relative);
  return out;
}

}  // namespace scanner::trace::x86
