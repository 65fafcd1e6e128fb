// How many bytes of arguments a kernel function takes off the stack on x86 (data/x86_imports.tsv). Without it nobody
// knows where the stack pointer stands behind a call. On the other processors the same table tells which registers and
// slots are no arguments.
#pragma once

#include <optional>
#include <string_view>

namespace tagdb {

struct StackBytes {
  unsigned removed = 0;        ///< by the callee
  bool caller_cleans = false;  ///< cdecl: how many arguments there are is not told
  unsigned in_registers = 0;   ///< fastcall: bytes of arguments that may be passed there
};

/// `name` as it stands in an import table, decorated (`_Name@12`, `@Name@12`) or not. Nothing when it is not known.
std::optional<StackBytes> x86_stack_bytes(std::string_view name);

}  // namespace tagdb
