// __try blocks of x86: there is no .pdata, but the prolog of a function enters a scope table into the chain of
// handlers.
#include <optional>

#include "scanner/trace/isa/x86/machine.hpp"

namespace scanner::trace::x86 {

namespace {

/// Appends filters and handlers of the records at `table`; false when there are none that lead into `function`.
bool read_scopes(const pe::Image& image, const RelocatedFields& fields, std::uint32_t table, const CodeRange& function,
                 std::uint32_t begin, std::vector<pe::ExceptionScope>& scopes) {
  constexpr std::uint32_t kMostRecords = 64, kRecord = 12;
  const auto inside = [&function](std::optional<std::uint32_t> rva) {
    return rva && *rva > function.begin && *rva < function.end;
  };
  bool any = false;
  for (std::uint32_t i = 0; i < kMostRecords; ++i, table += kRecord) {
    const auto filter = code_word(image, fields, table + 4), handler = code_word(image, fields, table + 8);
    if (!is_level(image, fields, table) || !inside(handler)) break;
    any = true;
    if (inside(filter)) scopes.push_back({begin, function.end, 0, *filter});
    scopes.push_back({begin, function.end, 0, *handler});
  }
  return any;
}

}  // namespace

std::vector<pe::ExceptionScope> X86Machine::scopes_of(const CodeRange& function) {
  std::vector<pe::ExceptionScope> scopes;
  const RelocatedFields& fields = this->fields();
  constexpr int kProlog = 24;  // instructions
  constexpr std::uint32_t kCookies = 16;
  const SweptSection* swept = swept_at(function.begin);
  std::uint32_t at = function.begin, table = 0;
  for (int i = 0; i < kProlog && at < function.end; ++i) {
    const pe::Bytes code = image().from_rva(at);
    if (code.size() < 8) break;
    const Instruction instruction = measured_at(swept, code, at);
    if (code[0] == 0x68 && fields.at(at + 1)) {
      const auto target = image().rva_of_va(*code.read<std::uint32_t>(1));
      if (table == 0 && target && image().section_at(*target) != nullptr) table = *target;
    }
    at += instruction.length;
    // From where the frame stands: behind the call of __SEH_prolog, or where the handler is entered into the chain.
    const bool chained = code[0] == 0x64 && code[1] == 0x89 && *code.read<std::uint32_t>(3) == 0;
    if (table != 0 && (code[0] == 0xE8 || chained)) {
      if (!read_scopes(image(), fields, table, function, at, scopes))
        read_scopes(image(), fields, table + kCookies, function, at, scopes);
      break;
    }
  }
  return scopes;
}

}  // namespace scanner::trace::x86
