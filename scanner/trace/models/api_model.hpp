// Listed functions that do more than take a tag as an argument: the tag stands in a table, the kernel calls the driver
// back, or the function is reached through a table that the kernel fills in. One model for each such API, one file
// each; the solver asks the table of models and knows none of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/trace/models/arguments.hpp"

namespace scanner::trace {

/// What a call passes to a listed function as its tag.
struct PassedTag {
  ValueId tag = kBottom;    ///< kBottom: the function takes none
  std::uint32_t flags = 0;  ///< assumptions that it rests on
  bool table = false;       ///< it was found in a table
};

/// What must be looked at, because calls that a model knows may go through it.
struct Leads {
  std::vector<std::uint32_t> globals;    ///< RVAs
  std::vector<std::uint32_t> functions;  ///< RVAs of entries
};

class ApiModel {
 public:
  virtual ~ApiModel() = default;

  /// The tag, where the model knows better than the row's columns; nothing for rows that are not its own.
  virtual std::optional<PassedTag> tag(const CallSite& /*site*/, const tagdb::ApiRow& /*row*/) { return std::nullopt; }
  /// The call that the kernel makes because of this one.
  virtual std::optional<CallSite> callback(const CallSite& /*site*/, const tagdb::ApiRow& /*row*/) {
    return std::nullopt;
  }
  /// The row of the function that the content of memory stands for, or -1.
  [[nodiscard]] virtual int row_behind(const Atom& /*content*/) const { return -1; }
  /// Is the pointer that function's, whatever the image may store?
  virtual bool surely(ValueId /*pointer*/) { return false; }
  virtual Leads leads() { return {}; }
  /// A fixed word when calls that the model should know cannot be seen (TraceResult::notes), or empty.
  [[nodiscard]] virtual std::string_view missing() const { return {}; }
};

/// The models of one image.
class ApiModels {
 public:
  explicit ApiModels(Program& program);

  /// Of any listed function: a model's answer, or what the row's columns say.
  PassedTag tag(const CallSite& site, const tagdb::ApiRow& row);
  std::optional<CallSite> callback(const CallSite& site, const tagdb::ApiRow& row);
  [[nodiscard]] int row_behind(const Atom& content) const;
  bool surely(ValueId pointer);
  Leads leads();
  [[nodiscard]] std::vector<std::string> missing() const;

 private:
  Program& program_;
  std::vector<std::unique_ptr<ApiModel>> models_;
};

std::unique_ptr<ApiModel> make_flt_registration(Program& program);
std::unique_ptr<ApiModel> make_lookaside_list(Program& program);
/// Null when the image binds no framework.
std::unique_ptr<ApiModel> make_kmdf_table(Program& program);

}  // namespace scanner::trace
