// Imports whose effect is known: RtlInitUnicodeString fills in a local, MmGetSystemRoutineAddress returns a pointer to
// the function of that name. Names are often built by the first for the second. memcpy and its like are what compilers
// make of assignments of structures.
#pragma once

#include <cstdint>
#include <optional>

#include "pe/image.hpp"
#include "scanner/trace/domain/memory.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/interp/call_site.hpp"
#include "scanner/trace/interp/function_summary.hpp"
#include "scanner/trace/isa/abi.hpp"

namespace scanner::trace {

class KnownRoutines {
 public:
  KnownRoutines(const pe::Image& image, const ImportTable& imports, ValuePool& values, const Abi& abi,
                const CalleeKnowledge& knowledge, Memory& memory)
      : image_(image), imports_(imports), values_(values), abi_(abi), knowledge_(knowledge), memory_(memory) {}

  /// RtlInitUnicodeString: `state` is the one that `call` is made in, and gets the string.
  void init_string(const CallView& call, State& state);
  /// MmGetSystemRoutineAddress: what it returns.
  ValueId find_routine(const CallView& call);
  /// memcpy and the like: `state` gets the bytes, and `log` stores that leave the frame. `made` tells the call that
  /// `call` is. Nothing, and nothing is done, when it is no such routine or not known where and how many; else what it
  /// returns.
  std::optional<ValueId> move_bytes(const CallView& call, const Call& made, State& state, StoreLog* log);

 private:
  ValueId argument(const CallView& call, unsigned index) {
    return value_at(call, abi_.argument(index), abi_.word, values_, abi_);
  }
  ValueId routine_named_at(const Atom& text);
  [[nodiscard]] bool may_be_written(std::uint32_t rva, std::uint32_t bytes) const;

  const pe::Image& image_;
  const ImportTable& imports_;
  ValuePool& values_;
  const Abi& abi_;
  const CalleeKnowledge& knowledge_;
  Memory& memory_;
};

}  // namespace scanner::trace
