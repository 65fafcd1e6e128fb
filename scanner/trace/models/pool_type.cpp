#include "scanner/trace/models/pool_type.hpp"

#include <vector>

namespace scanner::trace {
namespace {

constexpr std::uint64_t kPagedType = 1, kSessionType = 0x20;

std::uint64_t type_of_flags(std::uint64_t flags) {
  constexpr std::uint64_t kSession = 4, kExecutable = 0x80, kPaged = 0x100;
  const std::uint64_t type = (flags & kPaged) != 0 ? kPagedType : (flags & kExecutable) != 0 ? 0 : kNonPagedNx;
  return type | ((flags & kSession) != 0 ? kSessionType : 0);
}

ValueId type_of_flags(Program& program, ValueId flags) {
  constexpr std::uint64_t kAnyPool = 0x40 | 0x80 | 0x100 | 4;
  ValuePool& values = program.values;
  return values.map_join(flags, [&values](const Atom& atom) {
    const bool names_pool = atom.is_constant() && (atom.a & kAnyPool) != 0;
    return names_pool ? values.constant(type_of_flags(atom.a)) : values.unknown(kTopComputed);
  });
}

}  // namespace

ValueId pool_type_at(Program& program, const CallSite& site, const tagdb::ApiRow& row) {
  ValuePool& values = program.values;
  if (row.pool_form == tagdb::PoolForm::always_nonpaged) return values.constant(kNonPagedNx);
  if (row.pool_form == tagdb::PoolForm::always_paged) return values.constant(kPagedType);
  if (row.pool < 0) return values.unknown(kTopNotUnderstood);
  const Location where = program.abi.argument(static_cast<unsigned>(row.pool));
  const ValueId passed = program.globals.resolve(value_at(program, site, where, 4)).value;
  switch (row.pool_form) {
    case tagdb::PoolForm::flags_argument: return type_of_flags(program, passed);
    case tagdb::PoolForm::lookaside_flags: return values.masked(passed, kNonPagedNx, 0);
    default: return passed;
  }
}

ValueId size_at(Program& program, const CallSite& site, const tagdb::ApiRow& row) {
  if (row.size < 0) return program.values.unknown(kTopNotUnderstood);
  return program.globals.resolve(value_at(program, site, size_location(program, row), program.abi.word)).value;
}

Pool pool_of_type(std::uint64_t type) {
  if ((type & kSessionType) != 0) return Pool::session;
  return (type & kPagedType) != 0 ? Pool::paged : Pool::nonpaged;
}

bool is_executable(std::uint64_t type) { return (type & (kNonPagedNx | kPagedType)) == 0; }

}  // namespace scanner::trace
