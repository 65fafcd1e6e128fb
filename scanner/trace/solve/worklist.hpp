// What the solver has to do, as items of one worklist. An item may find facts that make other items necessary: those
// are put on the list, too, so that no depth of the call stack depends on the image. Three queues, in this order, keep
// the answer independent of the order in which facts happen to be found:
//   1. consequences: what follows from the last item, first things first (a stack of blocks);
//   2. calls to be matched with sinks, first in, first out: breadth-first over sinks keeps the first chain the
//   shortest;
//   3. functions to be analysed, by ascending address.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "scanner/trace/solve/tag_sink.hpp"

namespace scanner::trace {

/// What work can depend on (dependencies.hpp).
enum class FactKind : std::uint8_t {
  call_site,      ///< what a call passes
  content,        ///< what a global holds, as a tag
  code_pointer,   ///< what a global holds, as a callee
  returned,       ///< what a function returns or fills in
  callee,         ///< what a function stores behind its arguments
  targets,        ///< which functions a call through a pointer reaches
  call_through,   ///< which of its arguments a function calls
  address_kept,   ///< which functions store a function's address behind an argument of theirs
  tracked_global  ///< that the users of a global are analysed
};

struct Fact {
  FactKind kind = FactKind::content;
  std::uint32_t subject = 0;  ///< RVA of the global or function; call_site, targets: the SiteId

  auto operator<=>(const Fact&) const = default;
};

/// Something new is known of the fact: what depends on it is to be done again.
struct NewFact {
  Fact fact;
  auto operator<=>(const NewFact&) const = default;
};
/// Interpret the function, and register its call sites.
struct AnalyseFunction {
  std::uint32_t function = 0;
  auto operator<=>(const AnalyseFunction&) const = default;
};
/// Analyse the functions that call it.
struct AnalyseCallers {
  std::uint32_t function = 0;
  auto operator<=>(const AnalyseCallers&) const = default;
};
/// What does the call pass to the sink?
struct MatchCall {
  SiteId site = 0;
  SinkId sink = 0;
  auto operator<=>(const MatchCall&) const = default;
};
/// Which functions may the call reach, as far as is known now?
struct FindTargets {
  SiteId site = 0;
  auto operator<=>(const FindTargets&) const = default;
};
/// The call reaches what `pointer` may be.
struct AddTargets {
  SiteId site = 0;
  ValueId pointer = kBottom;
  auto operator<=>(const AddTargets&) const = default;
};
/// The callee stores behind pointers that the call passes.
struct TakeStores {
  SiteId site = 0;
  std::uint32_t callee = 0;
  auto operator<=>(const TakeStores&) const = default;
};
/// The callee calls through pointers that the call passes.
struct PassPointers {
  SiteId site = 0;
  std::uint32_t callee = 0;
  auto operator<=>(const PassPointers&) const = default;
};

using WorkItem = std::variant<NewFact, AnalyseFunction, AnalyseCallers, MatchCall, FindTargets, AddTargets, TakeStores,
                              PassPointers>;

class Worklist {
 public:
  void add(const WorkItem& item);
  /// The function is part of another one, or was analysed with it.
  void drop(const AnalyseFunction& item) { functions_.erase(item.function); }
  /// The next item, which leaves the list; nothing when all is done.
  std::optional<WorkItem> next();
  [[nodiscard]] std::size_t functions() const { return functions_.size(); }

 private:
  std::vector<WorkItem> block_;  // consequences of the item that was handed out last, in order
  std::vector<WorkItem> stack_;  // consequences of earlier ones, the next one last
  std::deque<MatchCall> calls_;
  std::set<std::uint32_t> functions_;
};

}  // namespace scanner::trace
