#include "scanner/trace/isa/x86/addresses.hpp"

namespace scanner::trace::x86 {

AddressFields::AddressFields(const pe::Image& image) {
  if (image.is_64()) return;
  relocated_.emplace(image);
  base_ = image.base();
  size_of_image_ = image.size_of_image();
}

bool AddressFields::other_field_in(const ZydisDecodedInstruction& instruction, std::uint32_t rva) const {
  std::uint32_t fields = relocated_->among(rva, instruction.length) & ~1U;
  const auto& raw = instruction.raw;
  if (raw.disp.size == 32) fields &= ~(1U << raw.disp.offset);
  if (raw.imm[0].size == 32) fields &= ~(1U << raw.imm[0].offset);
  return fields != 0;
}

bool AddressFields::holds_address(std::uint32_t rva, unsigned offset, unsigned bits, std::uint64_t value) const {
  if (bits != 32 || offset == 0) return false;
  if (relocated_->at(rva + offset)) return true;
  // An image without relocations is loaded where it wants to be: whatever looks like an address is one.
  const std::uint64_t va = value & 0xFFFFFFFFU;
  return relocated_->empty() && va >= base_ + 0x1000 && va < base_ + size_of_image_;
}

}  // namespace scanner::trace::x86
