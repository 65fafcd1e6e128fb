// x64 (and the instruction set of x86) to operations, with Zydis: the decoder, and which instruction is lifted as what.
// Instructions are decoded first and their operands only then; what has no case of its own clobbers what it writes.
#include "scanner/trace/isa/x86/lift.hpp"

#include <Zydis/Zydis.h>

#include <optional>

#include "scanner/trace/ir/cfg.hpp"
#include "scanner/trace/isa/x86/addresses.hpp"
#include "scanner/trace/isa/x86/control_flow.hpp"
#include "scanner/trace/isa/x86/jump_table.hpp"
#include "scanner/trace/isa/x86/length.hpp"
#include "scanner/trace/isa/x86/text.hpp"

namespace scanner::trace {
namespace x86 {
namespace {

class X86Decoder final : public Decoder {
 public:
  explicit X86Decoder(const pe::Image& image)
      : is_64_(image.is_64()), addresses_(image), emitter_(decoded_, addresses_, is_64_) {
    ZydisDecoderInit(&decoder_, is_64_ ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     is_64_ ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  }

  Instruction measure(pe::Bytes code, std::uint32_t rva) override {
    if (addresses_.is_data(rva)) return undecodable(rva, kAddressBytes);
    if (const auto plain = is_64_ ? std::nullopt : plain_x86(code)) return measure_plain(*plain, rva);
    ZydisDecoderContext context;
    if (!decode_instruction(code, rva, context)) return undecodable(rva, 1);
    return decoded_at(code, rva);
  }

  Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) override {
    const auto first_op = static_cast<std::uint32_t>(function.ops.size());
    Instruction out;
    ZydisDecoderContext context;
    if (addresses_.is_data(rva)) {
      out = undecodable(rva, kAddressBytes);
    } else if (!decode_instruction(code, rva, context) || !decode_operands(context)) {
      out = undecodable(rva, 1);
    } else {
      out = decoded_at(code, rva);
      emitter_.start(function.ops, rva);
      lift(code, out.flow);
    }
    out.first_op = first_op;
    out.op_count = static_cast<std::uint16_t>(function.ops.size() - first_op);
    return out;
  }

  std::vector<std::uint32_t> jump_table(const pe::Image& image, const LiftedFunction& function,
                                        std::size_t number) override {
    return x86::jump_table(image, addresses_.relocated(), function, number);
  }

  bool takes_address(pe::Bytes code, std::uint32_t rva, std::uint32_t field) override {
    if (const auto plain = is_64_ ? std::nullopt : plain_x86(code))
      return plain->opcode == 0x8D || field - rva != plain->displacement;  // 8D: lea
    ZydisDecoderContext context;
    auto& instruction = decoded_.instruction;
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &instruction)))
      return true;
    return instruction.mnemonic == ZYDIS_MNEMONIC_LEA || field - rva != instruction.raw.disp.offset;
  }

  const RelocatedFields* relocations() override { return addresses_.relocated(); }

  std::string text(pe::Bytes code, std::uint32_t rva) override { return text_.text(decoder_, code, rva); }

 private:
  static constexpr std::uint8_t kAddressBytes = 4;  // of data between instructions

  static Instruction undecodable(std::uint32_t rva, std::uint8_t length) {
    Instruction out;
    out.rva = rva;
    out.flow = ControlFlow::undecodable;
    out.length = length;
    return out;
  }

  bool decode_instruction(pe::Bytes code, std::uint32_t rva, ZydisDecoderContext& context) {
    return ZYAN_SUCCESS(
               ZydisDecoderDecodeInstruction(&decoder_, &context, code.data(), code.size(), &decoded_.instruction)) &&
           !addresses_.contradict(decoded_.instruction, rva);
  }

  bool decode_operands(const ZydisDecoderContext& context) {
    return ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoder_, &context, &decoded_.instruction, decoded_.operands.data(),
                                                   decoded_.instruction.operand_count));
  }

  [[nodiscard]] Instruction decoded_at(pe::Bytes code, std::uint32_t rva) const {
    Instruction out;
    out.rva = rva;
    out.length = decoded_.instruction.length;
    set_flow(decoded_.instruction, out);
    if (!is_64_) note_habits_of_32(decoded_.instruction, code, out);
    return out;
  }

  [[nodiscard]] Instruction measure_plain(const PlainX86& plain, std::uint32_t rva) const {
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

  /// What only 32-bit code has, or what is modelled closer there. False: has no case here.
  bool lift_32() {
    switch (decoded_.instruction.mnemonic) {
      case ZYDIS_MNEMONIC_INT3: return true;
      case ZYDIS_MNEMONIC_PUSHAD: lift_push_all(emitter_); return true;
      case ZYDIS_MNEMONIC_POPAD: lift_pop_all(emitter_); return true;
      case ZYDIS_MNEMONIC_PUSHFD: lift_push_flags(emitter_); return true;
      case ZYDIS_MNEMONIC_POPFD: lift_pop_flags(emitter_); return true;
      case ZYDIS_MNEMONIC_ENTER:
        if (decoded_.operands[1].imm.value.u != 0) return false;
        lift_enter(emitter_);
        return true;
      default: return false;
    }
  }

  /// movs and stos, with and without rep. False: another instruction (movsd is one of SSE's, too).
  bool lift_string_instruction() {
    const ZydisDecodedInstruction& instruction = decoded_.instruction;
    bool copies = false;
    switch (instruction.mnemonic) {
      case ZYDIS_MNEMONIC_MOVSB:
      case ZYDIS_MNEMONIC_MOVSW:
      case ZYDIS_MNEMONIC_MOVSD:
      case ZYDIS_MNEMONIC_MOVSQ: copies = true; break;
      case ZYDIS_MNEMONIC_STOSB:
      case ZYDIS_MNEMONIC_STOSW:
      case ZYDIS_MNEMONIC_STOSD:
      case ZYDIS_MNEMONIC_STOSQ: break;
      default: return false;
    }
    if (instruction.meta.category != ZYDIS_CATEGORY_STRINGOP) return false;
    if ((instruction.attributes & ZYDIS_ATTRIB_HAS_REP) != 0) {
      lift_repeated_string(emitter_, copies);
    } else {
      lift_string(emitter_, copies);
    }
    return true;
  }

  /// Branches leave registers alone but for those that count.
  void lift_branch() {
    switch (decoded_.instruction.mnemonic) {
      case ZYDIS_MNEMONIC_LOOP:
      case ZYDIS_MNEMONIC_LOOPE:
      case ZYDIS_MNEMONIC_LOOPNE: {
        Op& op = emitter_.emit(OpKind::alu);
        op.alu = Alu::sub;
        op.dst = op.a = kCounter;
        op.width = emitter_.word();
        op.imm = 1;
        return;
      }
      default: return;
    }
  }

  void lift(pe::Bytes code, ControlFlow flow) {
    if (flow == ControlFlow::branch) {
      lift_branch();
      return;
    }
    if (flow == ControlFlow::trap) return;
    if (!is_64_ && lift_32()) return;
    if (flow == ControlFlow::next && lift_string_instruction()) return;
    if (decoded_.instruction.meta.category == ZYDIS_CATEGORY_SETCC) {
      lift_condition(emitter_, 0, 1);
      return;
    }
    switch (decoded_.instruction.mnemonic) {
      case ZYDIS_MNEMONIC_MOV:
      case ZYDIS_MNEMONIC_MOVZX: lift_move(emitter_, false); return;
      case ZYDIS_MNEMONIC_MOVSX:
      case ZYDIS_MNEMONIC_MOVSXD: lift_move(emitter_, true); return;
      case ZYDIS_MNEMONIC_LEA: lift_lea(emitter_); return;
      case ZYDIS_MNEMONIC_ADD: lift_arithmetic(emitter_, Alu::add); return;
      case ZYDIS_MNEMONIC_SUB: lift_arithmetic(emitter_, Alu::sub); return;
      case ZYDIS_MNEMONIC_OR: lift_arithmetic(emitter_, Alu::bit_or); return;
      case ZYDIS_MNEMONIC_AND: lift_arithmetic(emitter_, Alu::bit_and); return;
      case ZYDIS_MNEMONIC_XOR: lift_arithmetic(emitter_, Alu::bit_xor); return;
      case ZYDIS_MNEMONIC_IMUL: lift_multiply(emitter_); return;
      case ZYDIS_MNEMONIC_SHL: lift_arithmetic(emitter_, Alu::shl); return;
      case ZYDIS_MNEMONIC_SHR: lift_arithmetic(emitter_, Alu::shr); return;
      case ZYDIS_MNEMONIC_SAR: lift_arithmetic(emitter_, Alu::sar); return;
      case ZYDIS_MNEMONIC_SBB: lift_subtract_with_borrow(emitter_); return;
      case ZYDIS_MNEMONIC_NEG: lift_negate(emitter_); return;
      case ZYDIS_MNEMONIC_INC: lift_unary(emitter_, Alu::add, 1); return;
      case ZYDIS_MNEMONIC_DEC: lift_unary(emitter_, Alu::sub, 1); return;
      case ZYDIS_MNEMONIC_NOT: lift_unary(emitter_, Alu::bit_xor, ~std::uint64_t{0}); return;
      case ZYDIS_MNEMONIC_BSWAP: lift_unary(emitter_, Alu::bswap, 0); return;
      case ZYDIS_MNEMONIC_PUSH: lift_push(emitter_); return;
      case ZYDIS_MNEMONIC_POP: lift_pop(emitter_); return;
      case ZYDIS_MNEMONIC_LEAVE: lift_leave(emitter_); return;
      case ZYDIS_MNEMONIC_XCHG:
        if (!same_register(decoded_.operands[0], decoded_.operands[1])) lift_exchange(emitter_);
        return;
      case ZYDIS_MNEMONIC_CALL: lift_call(emitter_, code); return;
      case ZYDIS_MNEMONIC_JMP:
        if (flow == ControlFlow::indirect_jump) {
          const Reg through = emitter_.read(decoded_.operands[0], kScratchB);
          emitter_.emit(OpKind::jump).a = through;
        }
        return;
      case ZYDIS_MNEMONIC_RET: lift_return(emitter_); return;
      case ZYDIS_MNEMONIC_CMOVB:
      case ZYDIS_MNEMONIC_CMOVBE:
      case ZYDIS_MNEMONIC_CMOVL:
      case ZYDIS_MNEMONIC_CMOVLE:
      case ZYDIS_MNEMONIC_CMOVNB:
      case ZYDIS_MNEMONIC_CMOVNBE:
      case ZYDIS_MNEMONIC_CMOVNL:
      case ZYDIS_MNEMONIC_CMOVNLE:
      case ZYDIS_MNEMONIC_CMOVNO:
      case ZYDIS_MNEMONIC_CMOVNP:
      case ZYDIS_MNEMONIC_CMOVNS:
      case ZYDIS_MNEMONIC_CMOVNZ:
      case ZYDIS_MNEMONIC_CMOVO:
      case ZYDIS_MNEMONIC_CMOVP:
      case ZYDIS_MNEMONIC_CMOVS:
      case ZYDIS_MNEMONIC_CMOVZ: lift_conditional_move(emitter_); return;
      case ZYDIS_MNEMONIC_CDQE: lift_extend_accumulator(emitter_); return;
      case ZYDIS_MNEMONIC_CMP:
      case ZYDIS_MNEMONIC_TEST: lift_compare(emitter_); return;
      case ZYDIS_MNEMONIC_NOP: return;
      default:
        if (lift_wide(emitter_)) return;
        emitter_.clobber_written();
        emitter_.compare_with_zero(kNoReg, 8);
        return;
    }
  }

  const bool is_64_;
  AddressFields addresses_;
  ZydisDecoder decoder_{};
  TextWriter text_;
  Decoded decoded_;
  Emitter emitter_;
};

}  // namespace
}  // namespace x86

std::unique_ptr<Decoder> make_x86_decoder(const pe::Image& image) { return std::make_unique<x86::X86Decoder>(image); }

}  // namespace scanner::trace
