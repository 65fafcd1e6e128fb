// The table of kernel functions that take a pool tag (data/pool_apis.tsv): where the tag, the pool type and the size
// stand among the arguments, and what a call means. Columns are described in docs of each field below.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tagdb/pool_tag.hpp"
#include "tagdb/text.hpp"

namespace tagdb {

enum class ApiKind : std::uint8_t { allocate, lookaside, configure, free, reference, predict };

/// How a call of the function is recognised in a binary.
enum class ApiMatch : std::uint8_t {
  import,        ///< by its name in an import table
  kmdf,          ///< by its index in the KMDF function table
  flt_register,  ///< an import whose argument leads to tables of context registrations
  none           ///< inline function, macro, static library, interface pointer: never seen under this name
};

/// Where the pool type of an allocation comes from.
enum class PoolForm : std::uint8_t {
  unknown,
  type_argument,
  flags_argument,
  lookaside_flags,  ///< nonpaged; the argument's bit POOL_NX_ALLOCATION (0x200) says that it cannot be executed
  always_nonpaged,
  always_paged
};

struct ApiRow {
  std::string
      name;  ///< of the function; `module!function` (module in lower case) matches imports from that module only
  std::string module;
  /// How import tables name the function when that is not `name`, as `module!function`: a function that is reached
  /// through an API set is called after the image that implements it.
  std::string import_name;
  ApiKind kind = ApiKind::allocate;
  ApiMatch match = ApiMatch::none;
  unsigned kmdf_index = 0;
  bool charges_pool = false;  ///< false: never proves, whatever the tag
  int tag = -1;               ///< argument index, -1: the function takes no tag
  int tag_x86 = -1;           ///< stack slot on x86 (64-bit parameters take two); with `x86_fastcall` a register index
  bool x86_fastcall = false;
  bool tag_in_struct = false;  ///< argument `tag` points to a structure that holds the tag
  PoolForm pool_form = PoolForm::unknown;
  int pool = -1;
  int size = -1;
  int size_x86 = -1;
  unsigned field_x64 = 0;  ///< offset of the tag in the structure, bytes
  unsigned field_x86 = 0;
  int condition_argument = -1;        ///< the row applies only when this argument …
  std::uint64_t condition_value = 0;  ///< … has this value
  bool assumed = false;     ///< not from a table: found in an image that is perhaps not the one the loader would take
  std::string default_tag;  ///< for functions without a tag argument: what the kernel charges, may be empty
  std::string source;
  bool freed_as_pool =
      false;  ///< its memory is freed by ExFreePool and the other free functions of this table, so that
              ///< a driver which calls none of them for a tag is odd; else with some object, or unknown
};

struct ApiTable {
  std::vector<ApiRow> rows;
  /// Adds the rows of a user's table. One that is called like a row that is here takes its place: who writes a row
  /// means it. Returns the names of the rows that were replaced.
  std::vector<std::string> add_over(const ApiTable& more);
  /// Index of the import row with that name, or -1.
  [[nodiscard]] int find_import(std::string_view name) const;
  /// Index of the first row with that name, however it is matched, or -1.
  [[nodiscard]] int find_row(std::string_view name) const;
};

/// How a row names a function that only one module is meant to export: the module in lower case, '!', the function.
std::string qualified_name(std::string_view module, std::string_view function);

/// Parses the table; `error` gets line number and reason when it returns an empty table.
ApiTable parse_api_table(std::string_view text, std::string& error);

/// The table that is compiled into the program.
const ApiTable& builtin_api_table();

}  // namespace tagdb
