// What the slots of an image's import tables mean to the tracer: which API row, or which helper with an effect of its
// own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/ir/operations.hpp"
#include "tagdb/api_table.hpp"

namespace scanner::trace {

enum class KnownRoutine : std::uint8_t {
  none,
  guard_check,     ///< __guard_check_icall_fptr: returns with every argument register kept
  guard_dispatch,  ///< __guard_dispatch_icall_fptr: calls the address in rax
  stack_probe,     ///< __chkstk
  no_return,       ///< KeBugCheckEx and its kin
  init_string,     ///< RtlInitUnicodeString: fills the structure of argument 0 with the text of argument 1
  find_routine,    ///< MmGetSystemRoutineAddress: returns the function that argument 0 names
  copy_bytes,      ///< memcpy: to, from, bytes; returns the first
  fill_bytes,      ///< memset: to, byte, bytes; returns the first
  fill_memory,     ///< RtlFillMemory: to, bytes, byte
  zero_memory,     ///< RtlZeroMemory: to, bytes
  bind_framework   ///< WdfVersionBind
};

struct ImportInfo {
  std::uint32_t slot_rva = 0;
  int row = -1;  ///< into ApiTable::rows
  KnownRoutine routine = KnownRoutine::none;
  std::string_view name;  ///< views the image
  int stack_bytes = -1;   ///< of arguments that it takes off the stack of x86, -1 when not known
  bool caller_cleans = false;
  int most_arguments = -1;  ///< words; -1 when not known
};

/// What a direct call target really is: `jmp [slot]` thunks and chains of jumps are followed.
struct Callee {
  std::uint32_t target = 0;
  int import = -1;                 ///< number in the ImportTable, -1 for a function of the image
  bool jumps_to_register = false;  ///< a bare jump by register: the body of guard dispatch
  Reg jump_register = 0;           ///< then: which
};

class ImportTable;

/// What the table asks a processor (Machine in isa/).
class ImportReader {
 public:
  virtual ~ImportReader() = default;
  [[nodiscard]] virtual Callee resolve_thunk(const ImportTable& imports, std::uint32_t rva) const = 0;
};

class ImportTable {
 public:
  /// All three stay valid.
  ImportTable(const pe::Image& image, const tagdb::ApiTable& apis, const ImportReader& reader);

  /// Number that stands for the API row of that name when a pointer to it was got at run time, or -1.
  [[nodiscard]] int by_name(std::string_view name) const;
  [[nodiscard]] bool binds_framework() const { return binds_framework_; }
  /// Number that stands for a listed function which this image exports itself (the kernel's own ExAllocatePoolWithTag)
  /// and whose code begins at `rva`, or -1.
  [[nodiscard]] int own(std::uint32_t rva) const {
    const auto found = own_.find(rva);
    return found == own_.end() ? -1 : found->second;
  }
  [[nodiscard]] const std::map<std::uint32_t, int>& own() const { return own_; }
  /// Number of the import whose slot is at `rva`, or -1.
  [[nodiscard]] int at(std::uint32_t rva) const;
  /// What a call of the code at `rva` really calls.
  [[nodiscard]] Callee callee_at(std::uint32_t rva) const { return reader_.resolve_thunk(*this, rva); }
  [[nodiscard]] const ImportInfo& operator[](std::size_t number) const { return imports_[number]; }
  [[nodiscard]] std::size_t size() const { return imports_.size(); }
  /// Slots of API rows and of helpers that matter, ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& interesting_slots() const { return interesting_; }
  [[nodiscard]] bool has_rows() const { return has_rows_; }
  /// What is wrong with the image's table, when it was not read to its end.
  [[nodiscard]] const std::optional<pe::Error>& damage() const { return damage_; }

 private:
  void collect_own(const pe::Image& image, const tagdb::ApiTable& apis);

  const ImportReader& reader_;
  std::vector<ImportInfo> imports_;  // ascending by slot
  std::vector<std::uint32_t> interesting_;
  std::unordered_map<std::string_view, int> rows_;  // views the API table
  std::map<std::uint32_t, int> own_;                // RVA of a listed function of this image → its number
  std::optional<pe::Error> damage_;
  int first_by_row_ = 0;
  bool has_rows_ = false;
  bool binds_framework_ = false;
};

}  // namespace scanner::trace
