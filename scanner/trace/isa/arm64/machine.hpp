// ARM64 behind the Machine interface.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "scanner/trace/isa/arm64/decode.hpp"
#include "scanner/trace/isa/arm64/lift.hpp"
#include "scanner/trace/isa/arm64/text.hpp"
#include "scanner/trace/isa/machine.hpp"

namespace scanner::trace::arm64 {

const Abi& abi_of_arm64();
std::unique_ptr<Machine> make_machine(const pe::Image& image);
/// ARM64X images hold code for x64, too. Where it may stand anywhere, it would be taken for ARM64's.
Untraced untraced_code_of(const pe::Image& image);
/// Constants that movz and movk put together in one register.
void for_each_split_constant(const pe::Image& image, std::vector<tagdb::PoolTag> tags, const FoundConstant& found);

/// Bytes by which the stack pointer is higher when the function at `rva` returns. Not 0 only for helpers such as
/// __security_push_cookie, which keep every register.
std::int64_t stack_effect(const pe::Image& image, std::uint32_t rva);

/// Does the `br` at `rva` compute where it goes, as jump tables do, instead of loading a pointer?
bool jumps_by_table(const pe::Image& image, std::uint32_t rva);

class Arm64Machine final : public Machine {
 public:
  explicit Arm64Machine(const pe::Image& image) : Machine(image, abi_of_arm64()) {}

  Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) override;
  Instruction decode_length(pe::Bytes code, std::uint32_t rva) override;
  std::vector<std::uint32_t> jump_table(const LiftedFunction& function, std::size_t instruction) override;
  std::string text(pe::Bytes code, std::uint32_t rva) override { return text_.text(code, rva); }

  Index build_index(std::span<const std::uint32_t> slots) override;
  std::vector<CodeRange> split(const KnownStarts& known, CodeRange code) override;

  [[nodiscard]] std::optional<std::uint32_t> direct_call_at(const Reference& reference) const override;
  [[nodiscard]] std::optional<std::uint32_t> direct_jump_at(const Reference& reference) const override;
  [[nodiscard]] std::vector<std::uint32_t> thunk_starts(const Reference& reference) const override;
  [[nodiscard]] std::optional<std::uint32_t> slot_call_at(const Reference& reference) const override;
  [[nodiscard]] bool computes_address(const Reference& reference) const override;
  [[nodiscard]] bool only_reads(const Reference& reference) const override;
  [[nodiscard]] bool names_one_place(const Reference& reference) const override;
  [[nodiscard]] bool stores_wide(const Reference& reference) const override;
  [[nodiscard]] std::uint32_t reach_of_store(const Reference& reference) const override;
  [[nodiscard]] bool multiplies_index(CodeRange range, std::uint32_t index) const override;
  [[nodiscard]] bool mentions(CodeRange range, std::uint32_t offset) const override;
  std::optional<std::uint32_t> user_of_constant(std::uint32_t rva, const CodeRange* function) override;
  bool only_loads_behind(std::span<const CodeRange> ranges, const ComputedAddress& address,
                         const JumpTargets& targets_of) override;

  Callee resolve_thunk(const ImportTable& imports, std::uint32_t rva) const override;

 private:
  /// Numbers in the words of some code, ascending.
  struct Numbers {
    std::vector<std::uint64_t> constants, mentioned;
  };

  void lift(const Word& word, pe::Bytes code);
  [[nodiscard]] const Numbers& numbers_in(CodeRange range) const;
  void lift_call(const Word& word, pe::Bytes code);
  void lift_store(Word word, pe::Bytes code);
  std::int64_t stack_effect_of(std::uint32_t callee);

  TextWriter text_;
  std::map<std::uint32_t, std::int64_t> stack_effects_;  // of callees, by RVA
  Emitter emitter_;
  mutable std::map<std::uint64_t, Numbers> numbers_;  // by range: each is asked for many numbers
};

}  // namespace scanner::trace::arm64
