#include "scanner/trace/solve/immediates.hpp"

#include <optional>
#include <vector>

#include "tagdb/pool_tag.hpp"

namespace scanner::trace {
namespace {

/// The number that an operation holds. One half of a number (movk of ARM64) is joined with the other, which was set
/// shortly before.
std::optional<std::uint64_t> immediate_of(const std::vector<Op>& ops, std::size_t number) {
  const Op& op = ops[number];
  if (op.kind == OpKind::set || (op.kind == OpKind::store && op.a == kNoReg && !op.unknown)) return op.imm;
  const bool half = op.kind == OpKind::alu && op.alu == Alu::bit_or && op.b == kNoReg && op.a == op.dst;
  if (!half || number == 0) return std::nullopt;
  const Op& mask = ops[number - 1];
  if (mask.kind != OpKind::alu || mask.alu != Alu::bit_and || mask.dst != op.dst || mask.b != kNoReg ||
      (mask.imm & op.imm) != 0 || mask.rva != op.rva)
    return std::nullopt;
  constexpr std::size_t kApart = 64;
  for (std::size_t i = number - 1; i-- > 0 && number - i < kApart;) {
    if (ops[i].dst != op.dst) continue;
    return ops[i].kind == OpKind::set ? std::optional((ops[i].imm & mask.imm) | op.imm) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void note_immediates(const LiftedFunction& function, std::map<std::uint32_t, std::uint32_t>& immediates) {
  for (std::size_t i = 0; i < function.ops.size(); ++i) {
    const OpKind kind = function.ops[i].kind;
    if (kind != OpKind::set && kind != OpKind::store && kind != OpKind::alu) continue;
    const auto immediate = immediate_of(function.ops, i);
    if (!immediate || *immediate > 0xFFFFFFFFU) continue;
    const auto number = static_cast<std::uint32_t>(*immediate);
    if (!tagdb::PoolTag(number).chosen()) continue;
    const std::uint32_t rva = function.ops[i].rva;
    const auto [at, fresh] = immediates.emplace(number, rva);
    if (!fresh && rva < at->second) at->second = rva;
  }
}

}  // namespace scanner::trace
