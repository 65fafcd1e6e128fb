// The fixed point over wrappers. An *entry* is "a place where a tag goes in": a listed function, or a function of the
// image that passes one of its own arguments on to an entry. Call sites and entries are paired once; a pair yields
// constants (uses), a new entry, or a reason why neither.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "scanner/trace/isa/x86/callee_stack.hpp"
#include "scanner/trace/interp/interpreter.hpp"
#include "scanner/trace/image/functions.hpp"
#include "scanner/trace/domain/globals.hpp"
#include "scanner/trace/image/imports.hpp"
#include "scanner/trace/image/index.hpp"
#include "scanner/trace/image/kmdf.hpp"
#include "scanner/trace/ir/cfg.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/trace/domain/values.hpp"

namespace scanner::trace {

using EntryId = std::uint32_t;
using SiteId = std::uint32_t;

/// The pointer that a function got as argument (or behind one) must be this for a call through it to be the one meant.
struct PassedCallee {
  Location where = 0;
  std::optional<std::int64_t> field;  ///< it stands that many bytes behind the pointer at `where`
  int row = -1;                       ///< the listed function it is, or
  std::uint32_t function = 0;         ///< the function of this image
};

/// `site` calls entry `callee` and passes on what this entry's function got.
struct Link {
  SiteId site = 0;
  EntryId callee = 0;
  std::uint32_t flags = 0;
  bool through_memory = false;          ///< the tag went through a global: nothing else of the call can be told
  std::vector<Constraint> constraints;  ///< on the arguments of this entry's function, for the call to be made
  std::vector<PassedCallee> callees{};  ///< likewise, on the functions that are passed
};

struct Entry {
  std::uint32_t function = 0;  ///< 0 for a row of the API table
  int row = -1;                ///< the listed function at the end of the shortest chain
  Location tag = 0;
  std::int32_t stride = 0;                            ///< field: it is an element of a table, entries that far apart
  std::optional<std::int64_t> field;                  ///< the tag stands that many bytes behind the pointer at `tag`
  unsigned width = 4;                                 ///< field: bytes that are read of it
  std::int32_t added = 0;                             ///< field: what is added to it
  std::uint32_t and_mask = 0xFFFFFFFFU, or_mask = 0;  ///< what happens to the tag between here and the listed function
  unsigned depth = 0;                                 ///< calls between here and the listed function
  std::vector<Link> links;                            ///< empty for rows
  bool called = false;                                ///< some other function passes something in
};

struct Pair {
  SiteId site = 0;
  EntryId entry = 0;
  ValueId tag = kBottom;
  std::uint32_t flags = 0;      ///< assumptions about the call itself
  bool applies = true;          ///< false: a condition rules this call out
  bool table = false;           ///< the tag is an entry of a table
  /// Arguments of functions that put them into the global which the tag is read from.
  std::vector<GlobalInflow> inflows;
  std::size_t link = 0;         ///< of the entry: the one whose constraints hold
  bool on_some_ways = false;    ///< what it does depends on an argument, and some of its possibilities do this
  bool never = false;           ///< no way into the call leads there
  bool narrowed = false;        ///< only the ways into the call count on which it calls the entry: no other callee
};

class Engine {
 public:
  Engine(const pe::Image& image, const tagdb::ApiTable& apis, Decoder& decoder);

  TraceResult run();

 private:
  enum class Argument : std::uint8_t { pool, size };
  static constexpr unsigned kMaxDepth = 16;           // wrappers of wrappers
  static constexpr std::size_t kMaxEntries = 20'000;  // of one image

  void schedule_references();
  void schedule(std::uint32_t function);
  void schedule_callers(std::uint32_t function, int hops = 0);
  void enqueue(SiteId site, EntryId entry);
  void analyse(std::uint32_t function);
  void schedule_orphans(const FunctionSummary& flow);
  FunctionSummary follow(const LiftedFunction& function);
  bool affordable(const std::vector<CodeRange>& ranges, std::size_t scopes);
  void note_budget();
  [[nodiscard]] CalleeKnowledge stack_knowledge();
  std::uint32_t clobbered_by(std::uint32_t function);
  const ArgumentEffects& stores_of(std::uint32_t function);
  ArgumentEffects look_at_stores(std::uint32_t function);
  ArgumentEffects effects_of(FunctionSummary flow);
  void register_site(SiteId site);
  [[nodiscard]] bool passes_tag(const CallSite& site, bool or_argument);
  void pair_up(SiteId site, EntryId entry);
  void add_entry(std::uint32_t function, const Atom& atom, const Link& link);
  Pair& pair_of(SiteId site, EntryId entry);
  EntryId row_entry(int row);

  /// Do the possibilities of a value meet a condition? `perhaps`: nobody knows all of them.
  enum class Meets : std::uint8_t { no, some, all, perhaps };
  [[nodiscard]] Meets meets(ValueId value, std::uint64_t number, bool equal) const;
  [[nodiscard]] ValueId condition_of(const CallSite& site, const tagdb::ApiRow& row);
  static bool note_met(Meets met, Pair& pair);
  [[nodiscard]] bool may_be_called(const CallSite& way, const Entry& entry);
  [[nodiscard]] bool may_apply(const CallSite& way, const Entry& entry);
  [[nodiscard]] bool depends_on_way(const CallSite& site, const Entry& entry);
  const std::vector<CallSite>& ways_into(SiteId site);
  std::optional<CallSite> narrow(SiteId site, const Entry& entry, Pair& pair);
  bool applies(const CallSite& site, const tagdb::ApiRow& row, Pair& pair, std::vector<Constraint>& constraints);
  bool satisfies(const CallSite& site, const Entry& entry, Pair& pair, std::vector<Constraint>& constraints,
                 std::vector<PassedCallee>& callees);
  enum class Answer : std::uint8_t { no, perhaps, yes };
  Answer passes(const CallSite& site, const PassedCallee& callee, std::vector<PassedCallee>& handed);
  [[nodiscard]] const Atom* passed_pointer(const CallSite& site) const;
  [[nodiscard]] bool may_call_else(SiteId site, const tagdb::ApiRow& row);
  [[nodiscard]] Location tag_location(const tagdb::ApiRow& row) const;
  [[nodiscard]] Location size_location(const tagdb::ApiRow& row) const;
  ValueId tag_of_row(const CallSite& site, const tagdb::ApiRow& row);
  ValueId field_behind(const CallSite& site, ValueId pointer, std::int64_t offset, unsigned width = 4,
                       std::int32_t stride = 0);
  ValueId flt_contexts(const CallSite& site, Pair& pair);
  void call_back(SiteId site, const tagdb::ApiRow& row);
  void watch(std::uint32_t global);
  void watch_pointers_to(std::uint32_t function);
  ValueId with_returned(const CallSite& site, ValueId value);
  Resolution resolve(const CallSite& site, ValueId value, EntryId entry);
  void take_argument_stores(const CallSite& site, std::uint32_t callee);
  void resolve_passed_pointers(const CallSite& site, std::uint32_t callee);
  void note_objects_passed(SiteId site);
  void target_found(SiteId site, ValueId pointer);
  void add_targets(SiteId site, ValueId pointer);
  void take_stores(const std::vector<GlobalStore>& stores);
  void choose_kmdf();
  void watch_what_holds_code(const GlobalStore& store);
  void conclude_again(std::span<const GlobalStore> stores);
  void schedule_kmdf();
  [[nodiscard]] int kmdf_row(const Atom& atom) const;
  [[nodiscard]] bool surely_kmdf(ValueId pointer);
  [[nodiscard]] bool leaves_kmdf_alone(std::uint32_t slot);
  [[nodiscard]] bool only_loads_from(const Reference& reference, std::uint32_t rva, std::uint32_t written);
  ValueId argument(SiteId site, EntryId entry, Argument which);
  ValueId argument(SiteId site, EntryId entry, Argument which, std::vector<EntryId>& path, unsigned& budget);
  ValueId argument_of_row(const CallSite& site, const tagdb::ApiRow& row, Argument which);
  ValueId pool_type_of_flags(ValueId flags);
  ValueId substitute(const CallSite& site, ValueId value, unsigned width);
  void describe_allocation(const Pair& pair, TagUse& use);

  void collect_uses(TraceResult& result);
  void collect_constants(TraceResult& result);
  void note_immediates(const LiftedFunction& function);
  void account(TraceResult& result);
  void account_unseen(TraceResult& result, const std::set<std::uint32_t>& seen);
  void collect_exports(TraceResult& result);
  SiteId call_from_outside(std::uint32_t function);
  std::optional<tagdb::ApiRow> row_for_importers(EntryId entry);
  Site classify(const Pair& pair);
  std::string_view uncalled_reason(const Pair& pair);
  std::uint32_t what_else(const Pair& pair);
  std::uint32_t what_else_here(const Pair& pair, std::vector<EntryId>& asked);
  std::uint32_t unknown_callers(std::uint32_t function, const Atom& atom, std::vector<EntryId>& asked);
  std::uint32_t passed_unknown(EntryId id);

  const pe::Image& image_;
  const tagdb::ApiTable& apis_;
  Decoder& decoder_;
  const Abi& abi_;
  Budget budget_;
  Budget report_budget_;  // of what is done when all is known: that, too, walks over facts
  ImportTable imports_;
  Index index_;
  FunctionMap functions_;
  ValuePool values_;
  Globals globals_;
  std::optional<CalleeStacks> stacks_;  // x86
  std::optional<Kmdf> kmdf_;
  bool several_kmdf_ = false;                 // more than one structure that may be the one which is bound
  std::map<std::uint32_t, bool> left_alone_;  // KMDF slots: see leaves_kmdf_alone()

  std::set<std::uint32_t> waiting_;  // functions to analyse, ascending: results must not depend on discovery order
  std::set<std::uint32_t> analysed_;
  std::set<std::uint32_t> given_up_;  // functions that cost too much: their sites are counted as such
  std::uint64_t not_looked_at_ = 0;   // functions that waited when the budget was used up
  std::size_t depth_capped_ = 0;      // chains of wrappers that were not followed to the end
  std::set<std::uint32_t> careful_;   // functions in which arguments stay in registers across calls: callees are asked
  std::map<SiteId, std::set<EntryId>> entries_of_site_;
  std::deque<CallSite> sites_;
  std::deque<Entry> entries_;
  std::vector<Pair> pairs_;
  std::deque<std::pair<SiteId, EntryId>> todo_;
  std::unordered_map<std::uint32_t, std::vector<SiteId>> sites_of_target_;
  std::unordered_map<std::uint32_t, std::vector<EntryId>> entries_of_function_;
  std::unordered_map<int, EntryId> entry_of_row_;
  std::map<std::uint32_t, std::uint32_t> immediates_;  // plausible tag → first instruction that holds it
  std::unordered_map<std::uint32_t, std::uint32_t> clobbers_;
  struct Summary {
    ArgumentEffects effects;
    unsigned height = 0;  // functions that hang on each other, this one included
  };
  /// What became of a summary on the way.
  enum class Cut : std::uint8_t { none, too_deep, cycle };
  std::unordered_map<std::uint32_t, Summary> stores_of_;
  std::vector<std::uint32_t> asked_;  // functions whose summaries are being made, each for the one before it
  unsigned highest_ = 0;              // of the summaries that the last one of them asked for
  Cut cut_ = Cut::none;
  std::set<std::uint32_t> exports_;
  std::unordered_map<std::uint64_t, std::size_t> pair_index_;
  std::map<std::uint32_t, std::set<std::pair<SiteId, EntryId>>> readers_;  // global → pairs whose tag was read from it
  std::map<std::uint32_t, std::set<SiteId>> pointer_readers_;              // global → calls through it
  std::set<std::uint32_t> watched_;
  unsigned crowded_globals_ = 0;  // with more users than are looked at
  std::map<std::uint32_t, std::vector<std::uint32_t>>
      passed_to_;  // object in the image → functions that get its address
  std::map<std::uint32_t, std::set<std::uint32_t>>
      keepers_of_;  // function → those that store its address behind an argument
  std::unordered_map<std::uint32_t, FunctionSummary> summaries_;  // of analysed functions: returns and argument stores
  std::map<std::pair<std::uint32_t, std::uint32_t>, SiteId> site_at_;              // (function, RVA of the call)
  std::map<std::uint32_t, std::set<std::pair<SiteId, EntryId>>> return_readers_;   // callee → pairs that wait for it
  std::map<std::uint32_t, std::vector<std::pair<SiteId, Atom>>> passed_pointers_;  // function → calls of its arguments
  std::set<std::pair<SiteId, Atom>> passed_known_;                                 // those of passed_pointers_
  std::set<std::pair<SiteId, std::uint64_t>> targets_;                             // what a site was found to call
  std::map<SiteId, std::vector<CallSite>> ways_;        // the ways into a call, of those where they were asked for
  std::deque<std::pair<SiteId, ValueId>> found_later_;  // targets that were found too deep in the search for others
  unsigned nested_targets_ = 0;
  std::set<SiteId> unsure_callee_;  // calls through memory that may hold something else as well
  std::unordered_map<EntryId, std::vector<std::size_t>> pairs_of_entry_;  // when all is known
  std::unordered_map<EntryId, std::uint32_t> passed_unknown_;             // likewise
  std::vector<EntryId> seen_for_;  // by entry: the last one for whose sake it was looked at, plus one
  std::vector<std::string> problems_;
  std::size_t lifted_ = 0;
  std::map<std::string, std::uint32_t> depth_lost_;
};

}  // namespace scanner::trace
