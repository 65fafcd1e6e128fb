#include "scanner/trace/image/imports.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "tagdb/stack_bytes.hpp"

namespace scanner::trace {
namespace {

KnownRoutine routine_of(std::string_view name) {
  if (name == "__chkstk" || name == "_chkstk" || name == "_alloca_probe") return KnownRoutine::stack_probe;
  if (name == "RtlInitUnicodeString") return KnownRoutine::init_string;
  if (name == "MmGetSystemRoutineAddress") return KnownRoutine::find_routine;
  for (const std::string_view copy : {"memcpy", "memmove", "RtlCopyMemory", "RtlMoveMemory"}) {
    if (name == copy) return KnownRoutine::copy_bytes;
  }
  if (name == "memset") return KnownRoutine::fill_bytes;
  if (name == "RtlFillMemory") return KnownRoutine::fill_memory;
  if (name == "RtlZeroMemory") return KnownRoutine::zero_memory;
  if (name == "WdfVersionBind") return KnownRoutine::bind_framework;
  for (const std::string_view stop : {"KeBugCheck", "KeBugCheckEx", "ExRaiseStatus", "RtlRaiseStatus",
                                      "__report_gsfailure", "ExRaiseAccessViolation", "ExRaiseDatatypeMisalignment"}) {
    if (name == stop) return KnownRoutine::no_return;
  }
  return KnownRoutine::none;
}

/// Rows by name: a linear search per import would cost more than everything else on a small driver.
std::unordered_map<std::string_view, int> rows_by_name(const tagdb::ApiTable& apis) {
  std::unordered_map<std::string_view, int> rows;
  for (std::size_t i = 0; i < apis.rows.size(); ++i) {
    const tagdb::ApiRow& row = apis.rows[i];
    if (row.match == tagdb::ApiMatch::import || row.match == tagdb::ApiMatch::flt_register)
      rows.emplace(row.import_name.empty() ? row.name : row.import_name, static_cast<int>(i));
  }
  return rows;
}

}  // namespace

ImportTable::ImportTable(const pe::Image& image, const tagdb::ApiTable& apis, const ImportReader& reader)
    : reader_(reader), rows_(rows_by_name(apis)) {
  const bool qualified = std::any_of(apis.rows.begin(), apis.rows.end(),
                                     [](const tagdb::ApiRow& row) { return row.name.find('!') != std::string::npos; });
  const auto visited = image.for_each_import([&](const pe::Import& import) {
    ImportInfo info;
    info.slot_rva = import.slot_rva;
    info.name = import.name;
    info.routine = routine_of(import.name);
    if (const auto found = rows_.find(import.name); found != rows_.end()) info.row = found->second;
    if (const auto found = qualified ? rows_.find(tagdb::qualified_name(import.library, import.name)) : rows_.end();
        found != rows_.end())
      info.row = found->second;
    binds_framework_ = binds_framework_ || info.routine == KnownRoutine::bind_framework;
    has_rows_ = has_rows_ || info.row >= 0 || info.routine == KnownRoutine::find_routine || binds_framework_;
    imports_.push_back(info);
  });
  damage_ = visited.stopped;
  const pe::LoadConfig config = image.load_config();
  if (config.guard_check_slot != 0)
    imports_.push_back({config.guard_check_slot, -1, KnownRoutine::guard_check, {}, 0, false});
  if (config.guard_dispatch_slot != 0)
    imports_.push_back({config.guard_dispatch_slot, -1, KnownRoutine::guard_dispatch, {}, -1, false});
  std::stable_sort(imports_.begin(), imports_.end(),
                   [](const ImportInfo& a, const ImportInfo& b) { return a.slot_rva < b.slot_rva; });
  for (const ImportInfo& info : imports_) {
    if (info.row >= 0 || info.routine == KnownRoutine::find_routine) interesting_.push_back(info.slot_rva);
  }
  // Behind the real ones, one number for every row, for pointers that are got by name.
  first_by_row_ = static_cast<int>(imports_.size());
  constexpr std::uint32_t kNoSlot = 0xFFFFFFFFU;
  for (std::size_t row = 0; row < apis.rows.size(); ++row)
    imports_.push_back({kNoSlot, static_cast<int>(row), KnownRoutine::none, apis.rows[row].name, -1, false});
  collect_own(image, apis);
  for (ImportInfo& info : imports_) {
    constexpr unsigned kWord = 4;  // of x86, which the table is about
    if (const auto bytes = tagdb::x86_stack_bytes(info.name)) {
      info.stack_bytes = static_cast<int>(bytes->removed);
      info.caller_cleans = bytes->caller_cleans;
      if (!bytes->caller_cleans) info.most_arguments = static_cast<int>((bytes->removed + bytes->in_registers) / kWord);
    }
  }
}

void ImportTable::collect_own(const pe::Image& image, const tagdb::ApiTable& apis) {
  const std::string library = pe::fold_case(image.export_library());
  if (library.empty()) return;
  const bool listed = std::any_of(apis.rows.begin(), apis.rows.end(),
                                  [&library](const tagdb::ApiRow& row) { return row.module == library; });
  if (!listed) return;
  image.for_each_export([&](const pe::Export& exported) {
    const auto row = exported.forwarder.empty() ? rows_.find(exported.name) : rows_.end();
    if (row != rows_.end() && apis.rows[static_cast<std::size_t>(row->second)].module == library)
      own_.emplace(exported.rva, first_by_row_ + row->second);
  });
  has_rows_ = has_rows_ || !own_.empty();
}

int ImportTable::by_name(std::string_view name) const {
  const auto found = rows_.find(name);
  return found == rows_.end() ? -1 : first_by_row_ + found->second;
}

int ImportTable::at(std::uint32_t rva) const {
  const auto found = std::lower_bound(imports_.begin(), imports_.end(), rva,
                                      [](const ImportInfo& info, std::uint32_t slot) { return info.slot_rva < slot; });
  return found != imports_.end() && found->slot_rva == rva ? static_cast<int>(found - imports_.begin()) : -1;
}

}  // namespace scanner::trace
