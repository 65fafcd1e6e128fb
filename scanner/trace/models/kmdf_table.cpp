// The table of functions that WdfVersionBind fills in for a KMDF driver (image/kmdf.hpp says where it is): calls
// through its slots are calls of the framework's listed functions. No store of the image says what stands in a slot.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "scanner/trace/image/kmdf.hpp"
#include "scanner/trace/models/api_model.hpp"

namespace scanner::trace {
namespace {

class KmdfTable : public ApiModel {
 public:
  KmdfTable(Program& program, const Kmdf& kmdf, bool several) : program_(program), kmdf_(kmdf), several_(several) {}

  [[nodiscard]] int row_behind(const Atom& content) const override;
  bool surely(ValueId pointer) override;
  Leads leads() override;
  [[nodiscard]] std::string_view missing() const override { return kmdf_.count == 0 ? "kmdf_table_missing" : ""; }

 private:
  bool is_left_alone(std::uint32_t slot);
  bool only_loads_from(const Reference& reference, std::uint32_t rva, std::uint32_t written);

  Program& program_;
  const Kmdf kmdf_;     // without functions when none was found
  const bool several_;  // structures that may be the one which is bound
  std::map<std::uint32_t, bool> left_alone_;
};

/// Every function that loads the pointer to the table is a candidate; those that call a row's function hold the row's
/// offset, or compute it.
Leads KmdfTable::leads() {
  Leads leads;
  if (kmdf_.count == 0) return leads;
  std::set<std::uint32_t> loading;
  for (const std::uint32_t user : program_.globals.users(kmdf_.table))
    loading.insert(program_.functions.containing(user));
  for (const tagdb::ApiRow& row : program_.apis.rows) {
    if (row.match != tagdb::ApiMatch::kmdf || row.kmdf_index >= kmdf_.count) continue;
    const std::uint32_t offset = row.kmdf_index * program_.abi.word;
    if (!kmdf_.through_pointer) leads.globals.push_back(kmdf_.table + offset);
    for (const std::uint32_t function : loading) {
      for (const CodeRange& range : program_.functions.ranges_of(function)) {
        constexpr std::uint32_t kBytesOfStep = 16;
        if (!program_.budget.spend((range.end - range.begin) / kBytesOfStep)) return leads;
        const bool holds = kmdf_.through_pointer && program_.machine.mentions(range, offset);
        if (holds || program_.machine.multiplies_index(range, row.kmdf_index)) leads.functions.push_back(function);
      }
    }
  }
  return leads;
}

int KmdfTable::row_behind(const Atom& content) const {
  if (content.offset != 0 || content.strided()) return -1;
  std::int64_t offset = -1;
  if (content.kind == AtomKind::memory && !kmdf_.through_pointer)
    offset = static_cast<std::int64_t>(content.a) - static_cast<std::int64_t>(kmdf_.table);
  if (content.kind == AtomKind::via_global && kmdf_.through_pointer && content.a == kmdf_.table)
    offset = content.pointee_offset();
  if (offset < 0 || offset % program_.abi.word != 0) return -1;
  const auto index = static_cast<std::uint64_t>(offset / program_.abi.word);
  const auto& rows = program_.apis.rows;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].match == tagdb::ApiMatch::kmdf && rows[row].kmdf_index == index && index < kmdf_.count)
      return static_cast<int>(row);
  }
  return -1;
}

/// It is sure unless the image itself may write there: to the slot, by way of the table's address, or to the pointer to
/// it. (That addresses of other slots are computed means nothing: the framework's stub takes the end of a list that
/// stands before the table for one.)
bool KmdfTable::surely(ValueId pointer) {
  const auto atoms = program_.values.atoms(pointer);
  if (program_.values.flags(pointer) != 0 || atoms.size() != 1 || row_behind(atoms[0]) < 0 || several_) return false;
  if (!is_left_alone(kmdf_.table)) return false;
  if (kmdf_.through_pointer) return !program_.globals.stored_through(kmdf_.table, atoms[0].pointee_offset());
  return is_left_alone(static_cast<std::uint32_t>(atoms[0].a));
}

/// Does the image only read the word at `slot`, and keep its address to itself?
bool KmdfTable::is_left_alone(std::uint32_t slot) {
  const auto [at, fresh] = left_alone_.emplace(slot, false);
  if (!fresh) return at->second;
  const std::uint32_t word = program_.abi.word;
  // Code that has the address of a table which stands in the image may write anywhere in it.
  const std::uint32_t table = kmdf_.through_pointer || slot != kmdf_.table ? word : kmdf_.count * word;
  const auto reads = [&](const Reference& reference) { return only_loads_from(reference, slot, table); };
  return left_alone_[slot] = program_.globals.only_read(slot, word, kmdf_.holder, reads);
}

/// Code computes an address in the object at `rva`: does it only load behind it? Asked where compilers do so as a rule.
bool KmdfTable::only_loads_from(const Reference& reference, std::uint32_t rva, std::uint32_t written) {
  ComputedAddress address;
  address.site = reference.site;
  address.offset = static_cast<std::int64_t>(reference.target) - static_cast<std::int64_t>(rva);
  address.given = program_.abi.word;
  address.written = written;
  const std::uint32_t function = program_.functions.containing(reference.site);
  const std::vector<CodeRange> ranges = program_.functions.ranges_of(function);
  std::optional<LiftedFunction> lifted;  // knows jump tables
  const auto targets_of = [&](std::uint32_t jump) {
    std::vector<std::uint32_t> targets;
    if (!lifted) {
      lifted.emplace();
      if (program_.affordable(ranges, 0)) lifted = program_.lift(ranges);
    }
    for (const Block& block : lifted->blocks) {
      if (block.instruction_count == 0) continue;
      const std::uint32_t last = lifted->order[block.first_instruction + block.instruction_count - 1];
      if (lifted->instructions[last].rva != jump) continue;
      for (const std::uint32_t next : block.successors) targets.push_back(lifted->blocks[next].rva);
    }
    return targets;
  };
  return program_.machine.only_loads_behind(ranges, address, targets_of);
}

}  // namespace

/// Of several structures that may bind the framework, the one whose address code passes on is bound.
std::unique_ptr<ApiModel> make_kmdf_table(Program& program) {
  if (!program.imports.binds_framework()) return nullptr;
  std::vector<Kmdf> found = find_kmdf(program.image);
  if (found.size() > 1) {
    const auto passed = [&](const Kmdf& kmdf) { return program.globals.address_taken(kmdf.bind_info); };
    if (std::ranges::any_of(found, passed)) std::erase_if(found, std::not_fn(passed));
  }
  if (found.empty()) return std::make_unique<KmdfTable>(program, Kmdf{}, false);
  program.values.set_framework(found.front().table);
  return std::make_unique<KmdfTable>(program, found.front(), found.size() > 1);
}

}  // namespace scanner::trace
