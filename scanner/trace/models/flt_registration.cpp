// FltRegisterFilter: FLT_REGISTRATION holds a pointer to a table of context registrations, each with a pool tag, up to
// the entry whose ContextType is FLT_CONTEXT_END. Offsets: fltkernel.h.
#include <optional>

#include "scanner/trace/models/api_model.hpp"

namespace scanner::trace {
namespace {

/// Offsets in FLT_REGISTRATION and FLT_CONTEXT_REGISTRATION, bytes.
struct Layout {
  std::int64_t contexts, size, tag, allocate_callback;
};
constexpr Layout kWide{8, 0x38, 0x18, 0x20}, kNarrow{8, 0x1C, 0xC, 0x10};
constexpr std::uint32_t kMostEntries = 64, kContextEnd = 0xFFFF;

class FltRegistration : public ApiModel {
 public:
  explicit FltRegistration(Program& program)
      : program_(program), values_(program.values), layout_(program.abi.word == 8 ? kWide : kNarrow) {}

  std::optional<PassedTag> tag(const CallSite& site, const tagdb::ApiRow& row) override;

 private:
  void add_tags_of_table(const CallSite& site, const Atom& table, PassedTag& found);
  ValueId resolved_field(const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width) {
    return program_.globals.resolve(field_behind(program_, site, pointer, offset, width)).value;
  }
  [[nodiscard]] std::optional<std::uint64_t> number(ValueId value) const {
    const auto atoms = values_.atoms(value);
    const bool plain =
        atoms.size() == 1 && atoms[0].kind == AtomKind::constant && (values_.flags(value) & kTopMask) == 0;
    return plain ? std::optional(atoms[0].a) : std::nullopt;
  }

  Program& program_;
  ValuePool& values_;
  const Layout& layout_;
};

std::optional<PassedTag> FltRegistration::tag(const CallSite& site, const tagdb::ApiRow& row) {
  if (row.match != tagdb::ApiMatch::flt_register) return std::nullopt;
  const ValueId registration = argument_at(program_, site, 1);
  const ValueId contexts = resolved_field(site, registration, layout_.contexts, program_.abi.word);
  PassedTag found;
  found.tag = values_.unknown(values_.flags(contexts));
  found.table = true;
  for (const Atom& table : values_.atoms(contexts)) {
    if (table.kind != AtomKind::constant || table.a != 0) add_tags_of_table(site, table, found);
  }
  // No contexts at all is how many filters register: nothing is allocated for them.
  if (found.tag == kBottom) found.tag = values_.constant(0);
  return found;
}

void FltRegistration::add_tags_of_table(const CallSite& site, const Atom& table, PassedTag& found) {
  const ValueId start = values_.single(table);
  for (std::uint32_t i = 0; i < kMostEntries; ++i) {
    const std::int64_t at = std::int64_t{i} * layout_.size;
    const auto type = number(resolved_field(site, start, at, 2));
    if (!type || *type == kContextEnd) return;
    // With an allocate callback of the driver's own, the filter manager does not use the tag.
    const ValueId callback = resolved_field(site, start, at + layout_.allocate_callback, program_.abi.word);
    // Zeroed memory that no code was seen to fill stays zero.
    const bool untouched = values_.atoms(callback).empty() && (values_.flags(callback) & kTopMask & ~kTopGlobal) == 0;
    if (untouched) found.flags |= kAssumesGlobal;
    if (!untouched && number(callback) != 0U) continue;
    found.tag = values_.join(found.tag, field_behind(program_, site, start, at + layout_.tag, 4));
  }
}

}  // namespace

std::unique_ptr<ApiModel> make_flt_registration(Program& program) { return std::make_unique<FltRegistration>(program); }

}  // namespace scanner::trace
