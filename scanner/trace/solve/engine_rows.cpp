// The arguments of listed functions: conditions of rows, tags that stand in structures and registration tables,
// callbacks of lookaside lists, pool type and size.
#include <algorithm>
#include <array>

#include "scanner/trace/solve/engine.hpp"

namespace scanner::trace {
namespace {

/// NonPagedPoolNx of POOL_TYPE, and POOL_NX_ALLOCATION among the flags of a lookaside list (wdm.h).
constexpr std::uint32_t kNonPagedNx = 0x200;

}  // namespace

/// Does the row's condition hold at this call? An argument that is passed on becomes a constraint on the callers.
bool Engine::applies(const CallSite& site, const tagdb::ApiRow& row, Pair& pair, std::vector<Constraint>& constraints) {
  if (row.condition_argument < 0) return true;
  const ValueId condition = condition_of(site, row);
  const Atom* atom = values_.only(condition);
  if (atom != nullptr && atom->kind == AtomKind::initial && atom->a == 0 && !atom->strided && atom->or_mask == 0) {
    constraints.push_back({atom->where, static_cast<std::uint32_t>(row.condition_value), true, 4});
    return true;
  }
  pair.flags |= values_.flags(condition) & kAssumedMask;
  return note_met(meets(condition, row.condition_value, true), pair);
}

/// What it says about a call that a condition is met so. False: the call does something else.
bool Engine::note_met(Meets met, Pair& pair) {
  if (met == Meets::some) pair.on_some_ways = true;
  if (met == Meets::perhaps) pair.flags |= kAssumesPointer;
  return met != Meets::no;
}

/// Is there a link of the entry whose constraints this call meets? Those that depend on our own caller are handed up.
bool Engine::satisfies(const CallSite& site, const Entry& entry, Pair& pair, std::vector<Constraint>& constraints,
                       std::vector<PassedCallee>& callees) {
  for (std::size_t i = 0; i < entry.links.size(); ++i) {
    bool possible = true, undecided = false, some = false;
    std::vector<Constraint> handed;
    for (const Constraint& constraint : entry.links[i].constraints) {
      const ValueId passed = value_at(site, constraint.where, constraint.width, values_, abi_);
      const Atom* atom = values_.only(passed);
      if (atom != nullptr && atom->kind == AtomKind::initial && atom->a == 0 && atom->or_mask == 0) {
        handed.push_back({atom->where, constraint.value, constraint.equal, constraint.width});
        continue;
      }
      const Meets met = meets(passed, constraint.value, constraint.equal);
      possible = possible && met != Meets::no;
      some = some || met == Meets::some;
      // That an unknown number is not a certain one is no assumption worth a word.
      undecided = undecided || (met == Meets::perhaps && constraint.equal) ||
                  (constraint.equal && (values_.flags(passed) & kAssumedMask) != 0);
    }
    std::vector<PassedCallee> handed_callees;
    for (const PassedCallee& callee : entry.links[i].callees) {
      const Answer answer = passes(site, callee, handed_callees);
      possible = possible && answer != Answer::no;
      undecided = undecided || answer == Answer::perhaps;
    }
    if (!possible) continue;
    pair.link = i;
    callees = std::move(handed_callees);
    if (undecided) pair.flags |= kAssumesPointer;
    pair.on_some_ways = some;
    constraints.insert(constraints.end(), handed.begin(), handed.end());
    return true;
  }
  return false;
}

/// The `width` bytes at `offset` behind each place that `pointer` may be.
ValueId Engine::field_behind(const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width,
                             std::int32_t stride) {
  ValueId tag = values_.unknown(values_.flags(pointer));
  for (const Atom& atom : std::vector<Atom>(values_.atoms(pointer).begin(), values_.atoms(pointer).end())) {
    Atom content = atom;
    content.width = static_cast<std::uint8_t>(width);
    content.offset = 0;
    ValueId part = values_.unknown(kTopField);
    if (stride != 0) {
      if (atom.kind == AtomKind::image && !atom.strided) {
        content.kind = AtomKind::memory;
        content.a = atom.a + static_cast<std::uint64_t>(offset);
        content.strided = true;
        content.where = stride;
        part = values_.single(content);
      }
    } else if (atom.kind == AtomKind::frame && !atom.strided) {
      part = frame_load(site.state, static_cast<std::int64_t>(atom.a) + offset, width, values_, abi_);
    } else if (atom.kind == AtomKind::image && !atom.strided) {
      const auto at = static_cast<std::uint32_t>(atom.a + static_cast<std::uint64_t>(offset));
      const pe::Section* section = image_.section_at(at);
      const auto value = image_.load(at, width);
      // What is as wide as a pointer may be one: that is for the memory to say.
      const bool number = width <= 4 && (width != abi_.word || !value || !image_.rva_of_va(*value));
      part = section != nullptr && !section->writable() && value && number ? values_.constant(*value)
                                                                           : values_.memory(at, width);
    } else if (atom.kind == AtomKind::initial && atom.and_mask == 0xFFFFFFFFU && atom.or_mask == 0) {
      content.kind = AtomKind::field;
      content.a = atom.a + static_cast<std::uint64_t>(offset);
      part = values_.single(content);
    } else if (atom.kind == AtomKind::memory && !atom.strided) {
      content.kind = AtomKind::via_global;
      content.where = static_cast<std::int32_t>(atom.offset + offset);
      part = values_.single(content);
    }
    tag = values_.join(tag, part);
  }
  return tag;
}

/// FLT_REGISTRATION → ContextRegistration → entries up to ContextType 0xFFFF. Offsets: fltkernel.h.
ValueId Engine::flt_contexts(const CallSite& site, Pair& pair) {
  const unsigned word = abi_.word;
  const bool wide = word == 8;
  const std::uint32_t size = wide ? 0x38 : 0x1C;
  const auto resolved = [&](ValueId pointer, std::int64_t offset, unsigned width) {
    return globals_.resolve(field_behind(site, pointer, offset, width)).value;
  };
  const ValueId contexts = resolved(value_at(site, abi_.argument(1), word, values_, abi_), 8, word);
  ValueId tags = values_.unknown(values_.flags(contexts));
  for (const Atom& table : std::vector<Atom>(values_.atoms(contexts).begin(), values_.atoms(contexts).end())) {
    if (table.kind == AtomKind::constant && table.a == 0) continue;
    const ValueId start = values_.single(table);
    constexpr std::uint32_t kMostEntries = 64, kEnd = 0xFFFF;
    for (std::uint32_t i = 0; i < kMostEntries; ++i) {
      const std::int64_t at = std::int64_t{i} * size;
      const auto number = [this](ValueId value) -> std::optional<std::uint64_t> {
        const auto view = values_.atoms(value);
        const bool plain =
            view.size() == 1 && view[0].kind == AtomKind::constant && (values_.flags(value) & kTopMask) == 0;
        return plain ? std::optional(view[0].a) : std::nullopt;
      };
      const auto type = number(resolved(start, at, 2));
      if (!type || *type == kEnd) break;
      // With an allocate callback of the driver's own, the filter manager does not use the tag.
      const ValueId callback = resolved(start, at + (wide ? 0x20 : 0x10), word);
      // Zeroed memory that nobody was seen to fill stays zero.
      const bool untouched = values_.atoms(callback).empty() && (values_.flags(callback) & kTopMask & ~kTopGlobal) == 0;
      if (untouched) pair.flags |= kAssumesGlobal;
      if (!untouched && number(callback) != 0U) continue;
      tags = values_.join(tags, field_behind(site, start, at + (wide ? 0x18 : 0xC), 4));
    }
  }
  pair.table = true;
  // No contexts at all is how many filters register: nothing is allocated for them.
  return tags == kBottom ? values_.constant(0) : tags;
}

/// Where the listed function gets its tag: on x86 64-bit parameters take two slots, and some travel in ecx and edx.
Location Engine::tag_location(const tagdb::ApiRow& row) const {
  if (image_.machine() != pe::Machine::x86) return abi_.argument(static_cast<unsigned>(row.tag));
  if (row.x86_fastcall) return abi_.carriers[static_cast<std::size_t>(row.tag_x86 & 1)];
  return abi_.argument(static_cast<unsigned>(row.tag_x86));
}

Location Engine::size_location(const tagdb::ApiRow& row) const {
  return abi_.argument(static_cast<unsigned>(image_.machine() == pe::Machine::x86 ? row.size_x86 : row.size));
}

ValueId Engine::tag_of_row(const CallSite& site, const tagdb::ApiRow& row) {
  const ValueId argument = value_at(site, tag_location(row), row.tag_in_struct ? abi_.word : 4, values_, abi_);
  if (!row.tag_in_struct) return argument;
  return field_behind(site, argument, image_.is_64() ? row.field_x64 : row.field_x86);
}

/// A lookaside list with an allocate function of the driver's own calls it with (type, size, tag).
void Engine::call_back(SiteId id, const tagdb::ApiRow& row) {
  const CallSite& site = sites_[id];
  const ValueId function =
      value_at(site, abi_.argument(static_cast<unsigned>(row.condition_argument)), abi_.word, values_, abi_);
  const Atom* atom = values_.only(function);
  if (atom == nullptr || atom->kind != AtomKind::image || atom->strided) return;
  CallSite call = site;
  call.import = -1;
  call.target = static_cast<std::uint32_t>(atom->a);
  ValueId type = values_.constant(row.pool_form == tagdb::PoolForm::always_paged ? 1 : kNonPagedNx);
  if (row.pool >= 0) type = value_at(site, abi_.argument(static_cast<unsigned>(row.pool)), 4, values_, abi_);
  if (row.pool_form == tagdb::PoolForm::lookaside_flags) type = values_.masked(type, kNonPagedNx, 0);
  const ValueId size = value_at(site, size_location(row), abi_.word, values_, abi_);
  const ValueId tag = value_at(site, tag_location(row), 4, values_, abi_);
  const std::array<ValueId, 3> passed = {type, size, tag};
  for (unsigned i = 0; i < passed.size(); ++i) {
    const Location where = abi_.argument(i);
    if (!is_stack(where)) {
      call.state.registers[static_cast<std::size_t>(where)] = passed[i];
    } else if (call.depth_known) {
      frame_store(call.state, call.callee_frame + (where - kStackBase), abi_.word, passed[i], values_);
    }
  }
  const auto fresh = static_cast<SiteId>(sites_.size());
  sites_.push_back(std::move(call));
  register_site(fresh);
}

// -----------------------------------------------------------------------

/// Expresses a value of the callee (in terms of its entry) in terms of the caller.
ValueId Engine::substitute(const CallSite& site, ValueId value, unsigned width) {
  ValueId out = values_.unknown(0);
  const std::vector<Atom> atoms(values_.atoms(value).begin(), values_.atoms(value).end());
  for (const Atom& atom : atoms) {
    if (atom.kind == AtomKind::constant || atom.kind == AtomKind::image || atom.kind == AtomKind::import) {
      out = values_.join(out, values_.single(atom));
    } else if (atom.kind == AtomKind::initial && atom.a == 0) {
      const ValueId passed = globals_.resolve(value_at(site, atom.where, width, values_, abi_)).value;
      out = values_.join(out, values_.masked(passed, atom.and_mask, atom.or_mask));
    } else {
      out = values_.join(out, values_.unknown(kTopComputed));
    }
  }
  return values_.with_flags(out, values_.flags(value));
}

/// POOL_FLAGS: 0x40 nonpaged, 0x80 nonpaged executable, 0x100 paged, 4 session; POOL_TYPE: 0x200 nonpaged, 0 nonpaged
/// executable, 1 paged, 0x20 session (wdm.h).
ValueId Engine::pool_type_of_flags(ValueId flags) {
  constexpr std::uint64_t kSession = 4, kNonPaged = 0x40, kExecutable = 0x80, kPaged = 0x100;
  ValueId out = values_.unknown(values_.flags(flags));
  for (const Atom& atom : std::vector<Atom>(values_.atoms(flags).begin(), values_.atoms(flags).end())) {
    ValueId type = values_.unknown(kTopComputed);
    if (atom.kind == AtomKind::constant && (atom.a & (kSession | kNonPaged | kExecutable | kPaged)) != 0) {
      const std::uint64_t pool = (atom.a & kPaged) != 0 ? 1 : (atom.a & kExecutable) != 0 ? 0 : 0x200;
      type = values_.constant(pool | ((atom.a & kSession) != 0 ? 0x20 : 0));
    }
    out = values_.join(out, type);
  }
  return out;
}

ValueId Engine::argument(SiteId site, EntryId entry, Argument which) {
  std::vector<EntryId> path;
  unsigned budget = 200;  // wrappers of wrappers with many callers: past this the answer is "unknown"
  return argument(site, entry, which, path, budget);
}

ValueId Engine::argument(SiteId site_id, EntryId entry_id, Argument which, std::vector<EntryId>& path,
                         unsigned& budget) {
  constexpr std::size_t kLongestPath = 64;  // it is the depth of this recursion
  constexpr std::uint64_t kStepsOfLink = 50;
  const CallSite& site = sites_[site_id];
  const Entry& entry = entries_[entry_id];
  const unsigned width = which == Argument::pool ? 4 : abi_.word;
  if (entry.function == 0) return argument_of_row(site, apis_.rows[static_cast<std::size_t>(entry.row)], which);
  if (budget == 0 || path.size() >= kLongestPath) return values_.unknown(kTopCapped);
  --budget;
  path.push_back(entry_id);
  ValueId joined = kBottom;
  for (const Link& link : entry.links) {
    if (!report_budget_.spend(kStepsOfLink)) {
      joined = values_.join(joined, values_.unknown(kTopCapped));
      break;
    }
    // Round a cycle of wrappers nothing new comes in.
    if (std::find(path.begin(), path.end(), link.callee) != path.end()) continue;
    ValueId inner = argument(link.site, link.callee, which, path, budget);
    // What the reader of a global passes along is no concern of who filled it, unless it is a constant.
    if (link.through_memory) {
      std::uint64_t constant = 0;
      if (!values_.is_constant(inner, constant)) inner = values_.unknown(kTopNotUnderstood);
    }
    joined = values_.join(joined, substitute(site, inner, width));
  }
  path.pop_back();
  return joined == kBottom ? values_.unknown(kTopNotUnderstood) : joined;
}

ValueId Engine::argument_of_row(const CallSite& site, const tagdb::ApiRow& row, Argument which) {
  const int index = which == Argument::pool ? row.pool : row.size;
  const unsigned width = which == Argument::pool ? 4 : abi_.word;
  const Location where = index < 0                 ? Location{0}
                         : which == Argument::pool ? abi_.argument(static_cast<unsigned>(index))
                                                   : size_location(row);
  if (which == Argument::pool) {
    // Rows that need no argument are written as POOL_TYPE values, so that both kinds can be joined.
    // Nonpaged that cannot be executed: 0 would claim that the driver asks for the other kind.
    if (row.pool_form == tagdb::PoolForm::always_nonpaged) return values_.constant(kNonPagedNx);
    if (row.pool_form == tagdb::PoolForm::always_paged) return values_.constant(1);
  }
  if (index < 0) return values_.unknown(kTopNotUnderstood);
  const ValueId passed = globals_.resolve(value_at(site, where, width, values_, abi_)).value;
  // POOL_FLAGS become POOL_TYPE here, so that a wrapper of both kinds of functions has one answer.
  if (which == Argument::pool && row.pool_form == tagdb::PoolForm::flags_argument) return pool_type_of_flags(passed);
  if (which == Argument::pool && row.pool_form == tagdb::PoolForm::lookaside_flags)
    return values_.masked(passed, kNonPagedNx, 0);
  return passed;
}

}  // namespace scanner::trace
