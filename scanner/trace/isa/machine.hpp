// Everything that the tracer asks a processor. Behind this interface stands all that knows one: how instructions are
// written and what they do, the calling convention, what short stretches of code mean before anything is lifted, and
// where functions begin where no table says so. A processor is a folder beside this file and a row in machine.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "scanner/trace/ir/stack_depth.hpp"
#include "scanner/trace/isa/abi.hpp"
#include "tagdb/pool_tag.hpp"

namespace scanner::trace {

/// What is known about where functions start, for splitting code that no table describes. Lists are ascending RVAs.
struct KnownStarts {
  const Index& index;
  std::span<const std::uint32_t> likely;  ///< targets of calls and jumps, addresses that code or data holds
  std::span<const std::uint32_t> sure;    ///< entry point, exports, valid targets of indirect calls
  std::span<const std::uint32_t> held;    ///< addresses of code that words of the data hold
  /// Does an instruction start there? True where that is not known.
  std::function<bool(std::uint32_t rva)> is_boundary;
};

/// An address that the instruction at `site` leaves in a register, and what must not happen behind it.
struct ComputedAddress {
  std::uint32_t site = 0;     ///< RVA of the instruction
  std::int64_t offset = 0;    ///< of the computed address from the object, in bytes
  std::uint32_t given = 0;    ///< no callee may get an address of the first so many bytes of the object …
  std::uint32_t written = 0;  ///< … and no store may touch the first so many
};

/// Where a jump by register at an RVA leads within the function; empty when that is not known, or elsewhere.
using JumpTargets = std::function<std::vector<std::uint32_t>(std::uint32_t rva)>;

/// Code without jumps into it, as far as its own instructions tell.
struct StraightLine {
  std::uint32_t begin = 0;     ///< RVA; padding before it is not part of it
  bool behind_return = false;  ///< nothing falls through to it, and what stands before it is a return
  bool behind_jump = false;    ///< the same of a jump
};

/// Whether code of an image is traced.
struct Untraced {
  bool all = false;  ///< none of it is
  std::string why;   ///< one sentence about what is left out, empty when nothing is
};

/// The processor of one image, which stays valid. Not shared between threads. RVAs everywhere.
class Machine : public ImportReader {
 public:
  Machine(const pe::Image& image, const Abi& abi) : image_(image), abi_(abi) {}
  ~Machine() override = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  [[nodiscard]] const pe::Image& image() const { return image_; }
  [[nodiscard]] const Abi& abi() const { return abi_; }
  /// What is wrong with a table of the image that only this processor needs.
  [[nodiscard]] virtual std::optional<pe::Error> damage() const { return std::nullopt; }

  // --- instructions
  /// Appends the operations of the instruction at `rva` to `function` and returns it. ControlFlow::undecodable when the
  /// bytes are no instruction; `length` then says how far to skip.
  virtual Instruction decode(pe::Bytes code, std::uint32_t rva, LiftedFunction& function) = 0;
  /// Length and flow only, without operations: for walking over code that is not lifted.
  virtual Instruction decode_length(pe::Bytes code, std::uint32_t rva) = 0;
  /// Targets of the indirect jump that is instruction number `instruction`, empty when its form is not known.
  virtual std::vector<std::uint32_t> jump_table(const LiftedFunction& function, std::size_t instruction) = 0;
  /// The instruction as a person reads it.
  virtual std::string text(pe::Bytes code, std::uint32_t rva) = 0;

  // --- the image in one pass
  /// References to `slots` (ascending), code and data; every list sorted as index.hpp says.
  virtual Index build_index(std::span<const std::uint32_t> slots) = 0;

  // --- functions that no table of the image describes
  /// The functions in `code`, which lies in one executable section; ascending.
  virtual std::vector<CodeRange> split(const KnownStarts& known, CodeRange code) = 0;
  /// Bytes that are split at once.
  [[nodiscard]] virtual std::uint32_t longest_gap() const { return 4U << 20; }
  /// __try blocks that the function's own code tells of.
  virtual std::vector<pe::ExceptionScope> scopes_of(const CodeRange& /*function*/) { return {}; }

  // --- what stands around a reference of the index
  /// RVA of the call instruction when the reference (of Index::calls) is a direct call.
  [[nodiscard]] virtual std::optional<std::uint32_t> direct_call_at(const Reference& reference) const = 0;
  /// RVA of the jump instruction when the reference (of Index::calls) is an unconditional jump.
  [[nodiscard]] virtual std::optional<std::uint32_t> direct_jump_at(const Reference& reference) const = 0;
  /// RVA of the call, jump or branch that is the reference (of Index::calls).
  [[nodiscard]] virtual std::uint32_t transfer_at(const Reference& reference) const { return reference.site; }
  /// Where a thunk that jumps through the slot may begin (a reference of Index::slots); empty when there is no jump.
  [[nodiscard]] virtual std::vector<std::uint32_t> thunk_starts(const Reference& reference) const = 0;
  /// RVA of the call instruction when the reference (of Index::slots) calls through the slot.
  [[nodiscard]] virtual std::optional<std::uint32_t> slot_call_at(const Reference& reference) const = 0;
  /// Does the instruction compute the address (of Index::data) instead of using what stands there?
  [[nodiscard]] virtual bool computes_address(const Reference& reference) const = 0;
  /// Does the instruction load what stands there, or call or push it (a reference of Index::data)? False where that is
  /// not certain.
  [[nodiscard]] virtual bool only_reads(const Reference& reference) const = 0;
  /// Is the address all of the operand, so that no register moves it (a reference of Index::data)? False in doubt.
  [[nodiscard]] virtual bool names_one_place(const Reference& reference) const = 0;
  /// May the instruction be a store of more than four bytes there (a reference of Index::data)?
  [[nodiscard]] virtual bool stores_wide(const Reference& reference) const = 0;
  /// How far behind the target of the reference (of Index::data) the instruction may store, in bytes; 0: it does not.
  /// Nothing is told of one that computes the address.
  [[nodiscard]] virtual std::uint32_t reach_of_store(const Reference& reference) const = 0;

  // --- what stretches of code hold
  /// Does code in `range` hold `index` as a number that it may multiply, as builds without optimisation do to reach an
  /// element of a table? More than is there is told, so that little is looked at in vain and nothing is missed.
  [[nodiscard]] virtual bool multiplies_index(CodeRange range, std::uint32_t index) const = 0;
  /// Does code in `range` hold the number `offset` as displacement or constant?
  [[nodiscard]] virtual bool mentions(CodeRange range, std::uint32_t offset) const = 0;
  /// Jumps into `code` from nearby that are too short, and too common in the bytes, for the index.
  [[nodiscard]] virtual std::vector<std::uint32_t> short_jumps_into(CodeRange /*code*/, Budget&) const { return {}; }
  /// The straight line of code that falls through to the instruction at `rva`.
  [[nodiscard]] virtual StraightLine line_to(std::uint32_t rva, Budget&) { return {rva, false}; }
  /// Of the instruction whose constant is the word at `rva`, where that is certain. `function` is the one that .pdata
  /// says stands there, null when there is none.
  virtual std::optional<std::uint32_t> user_of_constant(std::uint32_t rva, const CodeRange* function) = 0;
  /// Is the address used for nothing but loads, as far as the code in `ranges` goes? False in doubt: when it is stored,
  /// passed on, returned, added up with unknown numbers for a store, or carried out of the ranges.
  virtual bool only_loads_behind(std::span<const CodeRange> /*ranges*/, const ComputedAddress& /*address*/,
                                 const JumpTargets& /*targets_of*/) {
    return false;
  }

  // --- callees (and those of ImportReader)
  /// What functions of the image do to the stack pointer; null where callers clean up. The arguments stay valid.
  virtual std::unique_ptr<CalleeStacks> callee_stacks(const ImportTable& /*imports*/, Budget& /*budget*/) {
    return nullptr;
  }

 private:
  const pe::Image& image_;
  const Abi& abi_;
};

/// Null for images whose code cannot be traced.
std::unique_ptr<Machine> make_machine(const pe::Image& image);

/// The calling convention; that of no processor in particular when `machine` is none that can be traced.
const Abi& abi_of(pe::Machine machine);

Untraced untraced_code_of(const pe::Image& image);

/// Where code puts one of `tags` together from parts, calls `found` with the RVA of the last part and the constant (bit
/// 31 as it stands), until it returns false. Constants that stand in one piece are not looked for.
using FoundConstant = std::function<bool(std::uint32_t rva, std::uint32_t constant)>;
void for_each_split_constant(const pe::Image& image, const std::vector<tagdb::PoolTag>& tags,
                             const FoundConstant& found);

}  // namespace scanner::trace
