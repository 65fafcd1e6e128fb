// Writes the operations of one x64 or x86 instruction, as Zydis decoded it: what its operands are in terms of registers
// and memory of operations, how they are read and written, and what stands for all that is not understood.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/trace/ir/op_writer.hpp"
#include "scanner/trace/isa/x86/addresses.hpp"

namespace scanner::trace::x86 {

inline constexpr Reg kAccumulator = 0;
inline constexpr Reg kCounter = 1;  ///< of repeated string instructions and loops
inline constexpr Reg kData = 2;     ///< rdx: the upper half of products and what divisions leave
inline constexpr Reg kStackPointer = 4;
inline constexpr Reg kFramePointer = 5;
inline constexpr Reg kSource = 6;       ///< of string instructions
inline constexpr Reg kDestination = 7;  ///< of string instructions

/// An instruction with its operands; of those, as many are valid as it has.
struct Decoded {
  ZydisDecodedInstruction instruction{};
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands{};
};

/// A general register, or part of one.
struct Register {
  Reg number = kNoReg;  ///< kNoReg for anything but a general register
  unsigned width = 0;   ///< bytes
  unsigned shift = 0;   ///< 8 for ah, ch, dh, bh
};

/// Bytes of the operand.
inline unsigned width_of(const ZydisDecodedOperand& operand) { return operand.size / 8U; }

inline bool is_register(const ZydisDecodedOperand& operand) { return operand.type == ZYDIS_OPERAND_TYPE_REGISTER; }
inline bool is_immediate(const ZydisDecodedOperand& operand) { return operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE; }
inline bool is_memory(const ZydisDecodedOperand& operand) { return operand.type == ZYDIS_OPERAND_TYPE_MEMORY; }

/// Number of the wide register that it is, or is part of; nothing for others.
std::optional<unsigned> wide_number(ZydisRegister reg);

/// Both operands are the same register.
inline bool same_register(const ZydisDecodedOperand& left, const ZydisDecodedOperand& right) {
  return is_register(left) && is_register(right) && left.reg.value == right.reg.value;
}

/// The number of an immediate operand, signs extended to 64 bits.
inline std::uint64_t immediate(const ZydisDecodedOperand& operand) {
  return operand.imm.is_signed ? static_cast<std::uint64_t>(operand.imm.value.s) : operand.imm.value.u;
}

/// A segment override of gs or fs reads the processor's own data, not the image's or the frame's.
inline bool is_processor_data(const ZydisDecodedOperand& operand) {
  return operand.mem.segment == ZYDIS_REGISTER_GS || operand.mem.segment == ZYDIS_REGISTER_FS;
}

class Emitter : public OpWriter {
 public:
  /// Both are asked as long as the emitter is used.
  Emitter(const Decoded& decoded, const AddressFields& addresses, bool is_64)
      : decoded_(decoded), addresses_(addresses), is_64_(is_64) {}

  /// As OpWriter's, for the decoded instruction, which stands at `rva`.
  void start(std::vector<Op>& ops, std::uint32_t rva) {
    OpWriter::start(ops, rva);
    next_ = rva + decoded_.instruction.length;
  }

  [[nodiscard]] bool is_64() const { return is_64_; }
  [[nodiscard]] std::uint8_t word() const { return is_64_ ? 8 : 4; }  ///< bytes of an address
  [[nodiscard]] std::uint64_t next() const { return next_; }          ///< RVA of the next instruction
  [[nodiscard]] const ZydisDecodedInstruction& instruction() const { return decoded_.instruction; }
  [[nodiscard]] const ZydisDecodedOperand& operand(unsigned number) const { return decoded_.operands[number]; }

  /// The flags are those of `reg` (or, for kNoReg, of something nobody models) compared with 0.
  /// `only_equality`: greater and less are not known, because the flags are those of an addition or subtraction.
  Op& compare_with_zero(Reg reg, unsigned width, bool only_equality = false);
  void adjust_stack(std::int64_t delta);

  [[nodiscard]] Register general(ZydisRegister reg) const;
  /// The register that the operand is, `number` kNoReg when it is none.
  [[nodiscard]] Register general(const ZydisDecodedOperand& operand) const {
    return is_register(operand) ? general(operand.reg.value) : Register{};
  }
  /// Where the operand stands in memory; may emit an operation that adds up its registers.
  Mem memory(const ZydisDecodedOperand& operand);
  [[nodiscard]] bool immediate_is_address() const {
    return addresses_.immediate_is_address(decoded_.instruction, rva());
  }
  /// Only when immediate_is_address().
  void address_from_immediate(Reg reg);

  /// Makes the operand's value available in a register: its own, or `scratch`.
  Reg read(const ZydisDecodedOperand& operand, Reg scratch);
  /// Stores the value of register `source` into the operand.
  void write(const ZydisDecodedOperand& operand, Reg source);
  void write(const Register& reg, Reg source);
  /// Stores something not understood into the operand in memory.
  void write_unknown(const ZydisDecodedOperand& destination);
  /// Everything without a case of its own: what it writes becomes unknown.
  void clobber_written();

 private:
  void place_in_image(Mem& mem);

  const Decoded& decoded_;
  const AddressFields& addresses_;
  const bool is_64_;
  std::uint64_t next_ = 0;
};

}  // namespace scanner::trace::x86
