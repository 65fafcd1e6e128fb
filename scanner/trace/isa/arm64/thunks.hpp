// What short stretches of ARM64 code mean: thunks of imports, helpers that move the caller's stack pointer, jump
// tables. All of them are read from the words themselves, before or beside lifting.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/isa/abi.hpp"
#include "scanner/trace/ir/operations.hpp"

namespace scanner::trace::arm64 {

/// Follows `b`, `adrp; ldr; br` (an import) and `adrp; add; br` from `rva`.
Callee resolve_thunk(const pe::Image& image, const ImportTable& imports, std::uint32_t rva);

/// Bytes by which the stack pointer is higher when the function at `rva` returns. Not 0 only for helpers such as
/// __security_push_cookie, which keep every register.
std::int64_t stack_effect(const pe::Image& image, std::uint32_t rva);

/// Does the `br` at `rva` compute where it goes, as jump tables do, instead of loading a pointer?
bool jumps_by_table(const pe::Image& image, std::uint32_t rva);

/// See Decoder::jump_table.
std::vector<std::uint32_t> jump_table(const pe::Image& image, const LiftedFunction& function, std::size_t number);

}  // namespace scanner::trace::arm64
