// Which fields of 32-bit instructions hold addresses in the image, and which bytes can be no instruction because of
// that. The relocation table knows; in x64 images, where addresses are relative, all questions are answered with no.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>
#include <optional>

#include "pe/image.hpp"
#include "scanner/trace/isa/x86/length.hpp"
#include "scanner/trace/isa/x86/relocations.hpp"

namespace scanner::trace::x86 {

/// `rva` is that of the instruction asked about.
class AddressFields {
 public:
  explicit AddressFields(const pe::Image& image);

  /// Null for x64.
  [[nodiscard]] const RelocatedFields* relocated() const { return relocated_ ? &*relocated_ : nullptr; }

  /// No instruction begins with an address: here lies an entry of a jump table.
  [[nodiscard]] bool is_data(std::uint32_t rva) const { return relocated_ && relocated_->at(rva); }
  /// A relocated field that is no displacement or immediate: these bytes are no instruction. Of the first byte
  /// is_data() has been asked.
  [[nodiscard]] bool contradict(const PlainX86& plain, std::uint32_t rva) const {
    if (!relocated_) return false;
    std::uint32_t fields = relocated_->among(rva, plain.length) & ~1U;
    if (plain.displacement_bytes == 4) fields &= ~(1U << plain.displacement);
    if (plain.immediate_bytes == 4) fields &= ~(1U << plain.immediate);
    return fields != 0;
  }
  [[nodiscard]] bool contradict(const ZydisDecodedInstruction& instruction, std::uint32_t rva) const {
    return relocated_ && other_field_in(instruction, rva);
  }

  [[nodiscard]] bool displacement_is_address(const ZydisDecodedInstruction& instruction, std::uint32_t rva) const {
    const auto& disp = instruction.raw.disp;
    return relocated_ && holds_address(rva, disp.offset, disp.size, static_cast<std::uint64_t>(disp.value));
  }
  [[nodiscard]] bool immediate_is_address(const ZydisDecodedInstruction& instruction, std::uint32_t rva) const {
    const auto& imm = instruction.raw.imm[0];
    return relocated_ && !imm.is_relative && holds_address(rva, imm.offset, imm.size, imm.value.u);
  }
  /// The RVA of an address that such a field holds.
  [[nodiscard]] std::uint32_t rva_of(std::uint64_t address) const {
    return static_cast<std::uint32_t>(address) - static_cast<std::uint32_t>(base_);
  }

 private:
  [[nodiscard]] bool other_field_in(const ZydisDecodedInstruction& instruction, std::uint32_t rva) const;
  [[nodiscard]] bool holds_address(std::uint32_t rva, unsigned offset, unsigned bits, std::uint64_t value) const;

  std::optional<RelocatedFields> relocated_;
  std::uint64_t base_ = 0;
  std::uint32_t size_of_image_ = 0;
};

}  // namespace scanner::trace::x86
