// x64 and x86 behind the Machine interface. Both decode with Zydis and share the instruction set; what differs is
// everything around it: x64 has .pdata and addresses relative to the instruction, x86 has neither, but a relocation
// table that names every absolute address.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>
#include <vector>

#include "scanner/trace/isa/machine.hpp"
#include "scanner/trace/isa/x86/addresses.hpp"
#include "scanner/trace/isa/x86/emitter.hpp"
#include "scanner/trace/isa/x86/length.hpp"

namespace scanner::trace::x86 {

/// The calling conventions.
const Abi& abi_of_x64();
const Abi& abi_of_x86();

/// For x64 and x86 images.
std::unique_ptr<Machine> make_machine(const pe::Image& image);
/// x86 images without relocations: absolute addresses in code look like any other number.
Untraced untraced_code_of(const pe::Image& image);

/// What x64 and x86 have in common.
class CommonMachine : public Machine {
 public:
  CommonMachine(const pe::Image& image, const Abi& abi);

  Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) override;
  Instruction decode_length(pe::Bytes code, std::uint32_t rva) override;
  std::vector<std::uint32_t> jump_table(const LiftedFunction& function, std::size_t instruction) override;
  std::string text(pe::Bytes code, std::uint32_t rva) override;

  [[nodiscard]] std::optional<std::uint32_t> direct_call_at(const Reference& reference) const final;
  [[nodiscard]] std::optional<std::uint32_t> direct_jump_at(const Reference& reference) const final;
  [[nodiscard]] std::uint32_t transfer_at(const Reference& reference) const final;
  [[nodiscard]] std::vector<std::uint32_t> thunk_starts(const Reference& reference) const final;
  [[nodiscard]] std::optional<std::uint32_t> slot_call_at(const Reference& reference) const final;
  [[nodiscard]] bool only_reads(const Reference& reference) const final;
  [[nodiscard]] bool names_one_place(const Reference& reference) const final;
  [[nodiscard]] bool stores_wide(const Reference& reference) const final;
  [[nodiscard]] std::uint32_t reach_of_store(const Reference& reference) const final;
  [[nodiscard]] bool multiplies_index(CodeRange range, std::uint32_t index) const final;
  [[nodiscard]] bool mentions(CodeRange range, std::uint32_t offset) const final;
  [[nodiscard]] std::vector<std::uint32_t> short_jumps_into(CodeRange code, Budget& budget) const override;
  std::optional<std::uint32_t> user_of_constant(std::uint32_t rva, const CodeRange* function) final;

  Callee resolve_thunk(const ImportTable& imports, std::uint32_t rva) const final;

  /// x86: is the address in the field at `field` of the instruction at `rva` computed or passed on (an immediate,
  /// `lea`), rather than what stands there read or written?
  bool takes_address(pe::Bytes code, std::uint32_t rva, std::uint32_t field);
  [[nodiscard]] const AddressFields& addresses() const { return addresses_; }

 private:
  bool decode_instruction(pe::Bytes code, std::uint32_t rva, ZydisDecoderContext& context);
  bool decode_operands(const ZydisDecoderContext& context);
  [[nodiscard]] Instruction decoded_at(pe::Bytes code, std::uint32_t rva) const;
  [[nodiscard]] Instruction plain_at(const PlainX86& plain, std::uint32_t rva) const;

  const bool is_64_;
  AddressFields addresses_;
  ZydisDecoder decoder_{};
  Decoded decoded_;
  Emitter emitter_;
};

class X64Machine : public CommonMachine {
 public:
  explicit X64Machine(const pe::Image& image) : CommonMachine(image, abi_of_x64()) {}

  Index build_index(std::span<const std::uint32_t> slots) override;
  std::vector<CodeRange> split(const KnownStarts& known, CodeRange code) override;
  [[nodiscard]] bool computes_address(const Reference& reference) const override;
};

/// What the sweep over one executable section of an x86 image saw, so that these instructions are not decoded again.
struct SweptSection {
  std::uint32_t rva = 0;
  std::vector<std::uint8_t> steps;  ///< by offset: length of the instruction that starts there, 0 where none does,
                                    ///< and what it is
  static constexpr std::uint8_t kLength = 0x0F;
  static constexpr std::uint8_t kPlain = 0x80;  ///< falls through and is no padding
  static constexpr std::uint8_t kQuiet = 0x40;  ///< plain, without a relocated field, not of zeros
  static constexpr std::uint8_t kFlow = 0x20;   ///< glanced_flow() tells what it is
};

class X86Machine final : public CommonMachine {
 public:
  explicit X86Machine(const pe::Image& image) : CommonMachine(image, abi_of_x86()) {}

  /// What is wrong with the relocation table.
  [[nodiscard]] std::optional<pe::Error> damage() const override { return fields().damage(); }
  /// What the sweep measured is not measured again.
  Instruction decode_length(pe::Bytes code, std::uint32_t rva) override {
    return measured_at(swept_at(rva), code, rva);
  }
  Index build_index(std::span<const std::uint32_t> slots) override;
  std::vector<CodeRange> split(const KnownStarts& known, CodeRange code) override;
  /// There is no .pdata: a section is one gap.
  [[nodiscard]] std::uint32_t longest_gap() const override { return 0xFFFFFFFFU; }
  /// Filters and handlers, each reachable from anywhere behind the prolog of the function.
  std::vector<pe::ExceptionScope> scopes_of(const CodeRange& function) override;
  [[nodiscard]] bool computes_address(const Reference& reference) const override;
  [[nodiscard]] std::vector<std::uint32_t> short_jumps_into(CodeRange code, Budget& budget) const override;
  [[nodiscard]] StraightLine line_to(std::uint32_t rva, Budget& budget) override;
  std::unique_ptr<CalleeStacks> callee_stacks(const ImportTable& imports, Budget& budget) override;

  [[nodiscard]] const RelocatedFields& fields() const { return *addresses().relocated(); }
  /// The section around `rva` as the sweep saw it; null before build_index(), and where it does not look.
  [[nodiscard]] const SweptSection* swept_at(std::uint32_t rva) const;
  /// decode_length() of what `section`, that of `rva` or null, holds there.
  Instruction measured_at(const SweptSection* section, pe::Bytes code, std::uint32_t rva);

 private:
  std::vector<SweptSection> swept_;
  std::vector<std::uint32_t> taken_;  // fields of Index::data that take the address, ascending
};

}  // namespace scanner::trace::x86
