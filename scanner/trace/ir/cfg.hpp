// From bytes to a lifted function. A machine-specific Decoder turns one instruction into operations; lift_function()
// finds the blocks. Linear sweep over the function's ranges, and again from every branch target that the sweep stepped
// over.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/image/relocations.hpp"

namespace scanner::trace {

/// Decodes one instruction of one machine. Not shared between threads.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Appends the operations of the instruction at `rva` to `function` and returns it. ControlFlow::undecodable when the
  /// bytes are no instruction; `length` then says how far to skip.
  virtual Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) = 0;
  /// Length and flow only, without operations: for walking over code that nobody needs lifted.
  virtual Instruction measure(pe::Bytes code, std::uint32_t rva) = 0;
  /// Targets of the indirect jump that is the last of `instructions`, empty when its form is not known.
  /// `inside` tells whether an RVA belongs to the function.
  virtual std::vector<std::uint32_t> jump_table(const pe::Image& image, const LiftedFunction& function,
                                                std::size_t instruction) = 0;
  /// x86: is the address in the field at `field` of the instruction at `rva` computed or passed on (an immediate,
  /// `lea`), rather than what stands there read or written?
  virtual bool takes_address(pe::Bytes, std::uint32_t /*rva*/, std::uint32_t /*field*/) { return false; }
  /// x86: which fields hold absolute addresses. Null elsewhere.
  virtual const RelocatedFields* relocations() { return nullptr; }
  /// The instruction as a person reads it.
  virtual std::string text(pe::Bytes code, std::uint32_t rva) = 0;
};

/// Null for machines that cannot be traced.
std::unique_ptr<Decoder> make_decoder(const pe::Image& image);
/// x64, or x86 with the relocations that tell addresses from numbers.
std::unique_ptr<Decoder> make_x86_decoder(const pe::Image& image);
std::unique_ptr<Decoder> make_arm64_decoder(const pe::Image& image);

/// `ranges[0]` starts at the entry. `scopes` are __try ranges whose targets only the unwinder reaches.
LiftedFunction lift_function(const pe::Image& image, Decoder& decoder, std::vector<CodeRange> ranges,
                             const std::vector<pe::ExceptionScope>& scopes);

}  // namespace scanner::trace
