// The fixed point over wrappers. An *entry* is "a place where a tag goes in": a listed function, or a function of the
// image that passes one of its own arguments on to an entry. Call sites and entries are paired once; a pair yields
// constants (uses), a new entry, or a reason why neither.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "scanner/trace/flow.hpp"
#include "scanner/trace/functions.hpp"
#include "scanner/trace/imports.hpp"
#include "scanner/trace/index.hpp"
#include "scanner/trace/lift.hpp"
#include "scanner/trace/trace.hpp"
#include "scanner/trace/values.hpp"

namespace scanner::trace {

using EntryId = std::uint32_t;
using SiteId = std::uint32_t;

/// `site` calls entry `callee` and passes on what this entry's function got.
struct Link {
  SiteId site = 0;
  EntryId callee = 0;
  std::uint32_t flags = 0;
};

struct Entry {
  std::uint32_t function = 0;  ///< 0 for a row of the API table
  int row = -1;                ///< the listed function at the end of the shortest chain
  Location tag = 0;
  std::uint32_t and_mask = 0xFFFFFFFFU, or_mask = 0;  ///< what happens to the tag between here and the listed function
  unsigned depth = 0;                                 ///< calls between here and the listed function
  std::vector<Link> links;                            ///< empty for rows
  bool called = false;                                ///< some other function passes something in
};

struct Pair {
  SiteId site = 0;
  EntryId entry = 0;
  ValueId tag = kBottom;
  std::uint32_t flags = 0;  ///< assumptions about the call itself
  bool applies = true;      ///< false: the row's condition rules this call out
};

class Engine {
 public:
  Engine(const pe::Image& image, const tagdb::ApiTable& apis, Decoder& decoder);

  TraceResult run();

 private:
  enum class Argument : std::uint8_t { pool, size };

  void schedule_references();
  void schedule(std::uint32_t function);
  void schedule_callers(std::uint32_t function, int hops = 0);
  void analyse(std::uint32_t function);
  FlowResult follow(const LiftedFunction& function);
  std::uint32_t clobbered_by(std::uint32_t function);
  void register_site(SiteId site);
  void pair_up(SiteId site, EntryId entry);
  void add_entry(std::uint32_t function, const Atom& atom, EntryId callee, const Link& link);
  EntryId row_entry(int row);

  bool applies(const CallSite& site, const tagdb::ApiRow& row, std::uint32_t& flags);
  ValueId tag_of_row(const CallSite& site, const tagdb::ApiRow& row);
  ValueId argument(SiteId site, EntryId entry, Argument which);
  ValueId argument(SiteId site, EntryId entry, Argument which, std::vector<EntryId>& path, unsigned& budget);
  ValueId substitute(const CallSite& site, ValueId value, unsigned width);
  void describe_allocation(const Pair& pair, TagUse& use);

  void collect_uses(TraceResult& result);
  void collect_constants(TraceResult& result);
  void note_immediates(const LiftedFunction& function);
  void account(TraceResult& result);
  void account_unseen(TraceResult& result, const std::set<std::uint32_t>& seen);
  Site classify(const Pair& pair);
  [[nodiscard]] std::string_view uncalled_reason(const Pair& pair) const;
  [[nodiscard]] bool address_taken(std::uint32_t function) const;
  void find_pointers();

  const pe::Image& image_;
  const tagdb::ApiTable& apis_;
  Decoder& decoder_;
  const Abi& abi_;
  ImportTable imports_;
  Index index_;
  FunctionMap functions_;
  ValuePool values_;

  std::set<std::uint32_t> waiting_;  // functions to analyse, ascending: results must not depend on discovery order
  std::set<std::uint32_t> analysed_;
  std::deque<CallSite> sites_;
  std::vector<Entry> entries_;
  std::vector<Pair> pairs_;
  std::deque<std::pair<SiteId, EntryId>> todo_;
  std::unordered_map<std::uint32_t, std::vector<SiteId>> sites_of_target_;
  std::unordered_map<std::uint32_t, std::vector<EntryId>> entries_of_function_;
  std::unordered_map<int, EntryId> entry_of_row_;
  std::map<std::uint32_t, std::uint32_t> immediates_;  // plausible tag → first instruction that holds it
  std::unordered_map<std::uint32_t, std::uint32_t> clobbers_;
  std::set<std::uint32_t> exports_;
  std::set<std::uint32_t> pointers_;  // functions whose address stands in data or is taken by code
  std::vector<std::string> problems_;
  std::size_t lifted_ = 0;
};

}  // namespace scanner::trace
