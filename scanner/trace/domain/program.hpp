// The image under analysis, as every room from the models upwards sees it: its bytes, the tables that were made of
// them, the values and the memory that all its functions share, and the budget that all work on it is taken from.
#pragma once

#include <cstdint>
#include <vector>

#include "pe/image.hpp"
#include "scanner/trace/domain/globals.hpp"
#include "scanner/trace/domain/values.hpp"
#include "scanner/trace/image/far_blocks.hpp"
#include "scanner/trace/image/functions.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/ir/budget.hpp"
#include "scanner/trace/ir/lift_function.hpp"
#include "scanner/trace/isa/machine.hpp"
#include "tagdb/api_table.hpp"

namespace scanner::trace {

struct Program {
  Program(Machine& of, const tagdb::ApiTable& table);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] const tagdb::ApiRow& row(int number) const { return apis.rows[static_cast<std::size_t>(number)]; }
  /// The API row of an import, or -1.
  [[nodiscard]] int row_of_import(int import) const { return imports[static_cast<std::size_t>(import)].row; }
  /// The function or import that a call of `rva` reaches, thunks followed.
  [[nodiscard]] Callee callee_at(std::uint32_t rva) const { return imports.callee_at(rva); }
  /// Does the address stand for a listed function (an import that has a row)?
  [[nodiscard]] bool is_listed_import(const Atom& atom) const;
  /// May a function of these ranges be lifted? Overlapping records can claim far more code than there is. The steps are
  /// taken from the budget.
  bool affordable(const std::vector<CodeRange>& ranges, std::size_t scopes);
  LiftedFunction lift(const std::vector<CodeRange>& ranges, const std::vector<pe::ExceptionScope>& scopes = {});

  Machine& machine;
  const pe::Image& image;
  const tagdb::ApiTable& apis;
  const Abi& abi;
  Budget budget;
  Budget attribution_budget;  ///< of attribution, which begins when all is known: it walks over facts, too
  ImportTable imports;
  Index index;
  FunctionMap functions;
  FarBlocks far_blocks;
  ValuePool values;
  Globals globals;
};

}  // namespace scanner::trace
