#include "scanner/trace/solve/sink_matcher.hpp"

#include <algorithm>

namespace scanner::trace {
namespace {

constexpr std::uint64_t kBytesOfCall = sizeof(SinkCall) + 100;

/// An argument of the function, or what stands behind one.
bool comes_from_caller(const Atom& atom) { return atom.is_behind_argument() || atom.came_in(); }

TagSource source_of(const Atom& atom) {
  TagSource source;
  source.where = atom.where;
  source.and_mask = atom.and_mask;
  source.or_mask = atom.or_mask;
  source.high_half = atom.kind == AtomKind::initial && atom.offset != 0;
  if (!atom.is_behind_argument()) return source;
  if (atom.kind == AtomKind::field) {
    source.field = atom.displacement();
    source.rows = {atom.stride, atom.count};
  } else {
    source.field = atom.pointer_offset();
    source.behind = atom.offset_behind_pointer();
  }
  source.added = atom.offset;
  source.width = std::min<unsigned>(atom.width, 4);
  return source;
}

}  // namespace

void SinkMatcher::match(const MatchCall& item) {
  const bool known = solution_.find(item.site, item.sink) != nullptr;
  SinkCall call;
  call.site = item.site;
  call.sink = item.sink;
  const TagSink& sink = solution_.sinks[item.sink];
  const std::optional<CallSite> divided = conditions_.on_paths_to(item.site, sink, call);
  const CallSite& site = divided ? *divided : solution_.sites[item.site];
  Conditions::ForCallers callers;
  callers.constraints = site.state.constraints;
  ValueId raw = sink.listed() ? tag_of_listed(item.site, site, sink, call, callers, known)
                              : tag_of_wrapper(site, item.sink, call, callers);
  if (!divided && site.reached) raw = left_on_ways(item, raw);
  call.applies = call.applies && !call.on_no_path;
  if (solution_.unsure_callee.contains(item.site) && !call.path_divided) call.flags |= kAssumesPointer;
  if (site.by_unknown_jump) call.flags |= kAssumesJump;
  if (solution_.unlikely.contains(item.site)) call.flags |= kAssumesArgument;
  if (program_.row(sink.row).assumed) call.flags |= kAssumesExporter;
  if (!site.reached) raw = values_.unknown(kTopUnreached);
  const Resolution tag = resolve(site, raw, item.sink);
  // Only some values of an argument make the call do this. One constant goes with all of them; which of several
  // constants goes with which value is not known.
  if (call.some_values) call.flags |= values_.atoms(tag.value).size() == 1 ? kTopComputed : kAssumesArgument;
  call.tag = raw == kBottom ? kBottom : values_.with_flags(tag.value, call.flags);
  call.table = call.table || tag.table;
  call.inflows = tag.inflows;
  if (!program_.budget.keep((known ? 0 : kBytesOfCall) + call.inflows.size() * sizeof(GlobalInflow)))
    call.inflows.clear();
  if (keeps_ && known) keep_what_was(call);
  solution_.sink_call(item.site, item.sink) = call;
  context_.dependencies.add({FactKind::call_site, item.site}, item);
  ask_callees(site, call);
  if (!call.applies || raw == kBottom || !site.reached) return;
  if (sink.depth >= kMaxDepth) {
    const auto passed_on = [](const Atom& atom) {
      return atom.kind == AtomKind::initial || atom.kind == AtomKind::field;
    };
    depth_capped_ = depth_capped_ || std::ranges::any_of(values_.atoms(call.tag), passed_on);
    return;
  }
  depend_on_globals(item, tag);
  pass_on(site, call, tag, std::move(callers));
}

/// The same call, matched before, had tags that it has no more: no known caller passes what they go with.
void SinkMatcher::keep_what_was(SinkCall& call) {
  const SinkCall& before = *solution_.find(call.site, call.sink);
  if (!before.applies || before.tag == kBottom) return;
  if (!call.applies || call.tag == kBottom) {
    call = before;
    call.flags |= kAssumesArgument;
    call.tag = values_.with_flags(call.tag, kAssumesArgument);
    return;
  }
  const auto passed = [&](const Atom& atom) {
    return std::ranges::any_of(values_.atoms(call.tag), [&](const Atom& one) { return one.same_as(atom); });
  };
  for (const ValueId tags : {before.tag, before.unlikely}) {
    for (const Atom& atom : values_.atoms(tags)) {
      if (atom.is_constant() && !passed(atom)) call.unlikely = values_.join(call.unlikely, values_.single(atom));
    }
  }
}

/// Of several constants, those that the ways leave on which tests of one number agree with each other.
ValueId SinkMatcher::left_on_ways(const MatchCall& item, ValueId raw) {
  const auto atoms = values_.atoms(raw);
  if (std::ranges::count_if(atoms, &Atom::is_constant) < 2) return raw;
  const CallSite* site = conditions_.on_ways_to(item.site);
  if (site == nullptr) return raw;
  const TagSink& sink = solution_.sinks[item.sink];
  SinkCall ignored;
  Conditions::ForCallers callers;
  const ValueId left = sink.listed() ? tag_of_listed(item.site, *site, sink, ignored, callers, true)
                                     : tag_of_wrapper(*site, item.sink, ignored, callers);
  const auto fewer = values_.atoms(left);
  const auto known = [&](const Atom& atom) { return std::ranges::find(atoms, atom) != atoms.end(); };
  const bool certain = (values_.flags(left) & ~values_.flags(raw)) == 0;
  const bool part = certain && !fewer.empty() && fewer.size() < atoms.size() && std::ranges::all_of(fewer, known);
  return part ? values_.with_flags(left, values_.flags(raw)) : raw;
}

ValueId SinkMatcher::tag_of_listed(SiteId id, const CallSite& site, const TagSink& sink, SinkCall& call,
                                   Conditions::ForCallers& callers, bool known) {
  const tagdb::ApiRow& row = program_.row(sink.row);
  call.applies = conditions_.row_applies(site, row, call, callers);
  const PassedTag passed = context_.models.tag(site, row);
  call.flags |= passed.flags;
  call.table = passed.table;
  if (call.applies || known) return passed.tag;
  if (auto callback = context_.models.callback(solution_.sites[id], row)) {
    const auto made = static_cast<SiteId>(solution_.sites.size());
    solution_.sites.push_back(std::move(*callback));
    context_.worklist.add(FindTargets{made});
  }
  return passed.tag;
}

ValueId SinkMatcher::tag_of_wrapper(const CallSite& site, SinkId id, SinkCall& call, Conditions::ForCallers& callers) {
  TagSink& sink = solution_.sinks[id];
  program_.budget.spend(4 * sink.edges.size());
  call.applies = conditions_.edge_applies(site, sink, call, callers) && !takes_another_tag(site, id);
  if (site.function != sink.function) sink.called = true;
  const TagSource& source = sink.tag;
  ValueId tag = value_at(program_, site, source.where, source.field ? program_.abi.word : 4);
  if (source.high_half) tag = values_.high_half(value_at(program_, site, source.where, 8));
  if (source.behind) {
    const Atom pointer = Atom::field(source.where, *source.field, program_.abi.word);
    const Atom content = Atom::via_field(pointer, *source.behind, source.width);
    tag = in_terms_of_caller(program_, site, values_.single(content), source.width);
  } else if (source.field) {
    tag = field_behind(program_, site, tag, *source.field, source.width, source.rows);
  }
  if (source.added != 0)
    tag = values_.alu(Alu::add, 4, 0, tag, values_.constant(static_cast<std::uint32_t>(source.added)));
  return values_.masked(tag, source.and_mask, source.or_mask);
}

/// Where the function is entered like that, is the tag of this edge made of constants alone, or the call not made?
bool SinkMatcher::leaves_tag_out(const SinkEdge& edge, const State& entry) {
  const std::optional<CallSite> call = conditions_.when_entered(edge.site, entry);
  if (!call) return false;
  if (!call->reached) return true;
  SinkCall ignored;
  Conditions::ForCallers callers;
  const TagSink& inner = solution_.sinks[edge.callee];
  const ValueId tag = inner.listed() ? tag_of_listed(edge.site, *call, inner, ignored, callers, true)
                                     : tag_of_wrapper(*call, edge.callee, ignored, callers);
  return values_.flags(tag) == 0 && !values_.atoms(tag).empty() &&
         std::ranges::all_of(values_.atoms(tag), &Atom::is_constant);
}

/// A wrapper that passes on one of several tags: what else this call passes may tell that it is not the one it got.
bool SinkMatcher::takes_another_tag(const CallSite& site, SinkId id) {
  constexpr unsigned kMostAsked = 16;
  const TagSink& sink = solution_.sinks[id];
  const auto chooses = [&](const SinkEdge& edge) {
    const SinkCall* call = edge.through_memory ? nullptr : solution_.find(edge.site, edge.callee);
    return call != nullptr && values_.atoms(call->tag).size() > 1;
  };
  if (site.target != sink.function || !std::ranges::all_of(sink.edges, chooses)) return false;
  State entry = state_at_entry(values_, program_.abi);
  Passed passed;
  for (const Location where : program_.abi.candidates) {
    const ValueId value = value_at(program_, site, where, program_.abi.word);
    const Atom* only = where != sink.tag.where && values_.flags(value) == 0 ? values_.only(value) : nullptr;
    if (only == nullptr || only->strided() || !(only->is_constant() || only->is_image_address())) continue;
    passed.emplace_back(where, value);
    set_at_entry(entry, where, value, program_);
  }
  if (passed.empty()) return false;
  const auto [known, fresh] = other_tag_.try_emplace(std::tuple(id, sink.edges.size(), passed), false);
  if (!fresh || ++asked_[id] > kMostAsked) return known->second;
  return known->second =
             std::ranges::all_of(sink.edges, [&](const SinkEdge& edge) { return leaves_tag_out(edge, entry); });
}

/// What stands between a value and its constants: returns of callees, then memory.
Resolution SinkMatcher::resolve(const CallSite& site, ValueId value, SinkId sink) {
  const auto id = solution_.site_at(site.function, site.rva);
  const ValueId known = results_.resolve(site.function, value, id ? std::optional(MatchCall{*id, sink}) : std::nullopt);
  return program_.globals.resolve(known);
}

/// The tag was in a register or a local across a call, or a callee fills in the local: what it does must be known. Or
/// some call returned it, or it stands behind a pointer that stands behind another one.
void SinkMatcher::ask_callees(const CallSite& site, const SinkCall& call) {
  const std::uint32_t flags = values_.flags(call.tag);
  if (!site.reached) return;
  if ((flags & kMayDependOnCallees) != 0) context_.ask_callees_of(site.function);
  if ((flags & (kTopReturned | kTopField)) != 0) context_.follow_pointers_in(site.function);
}

void SinkMatcher::depend_on_globals(const MatchCall& item, const Resolution& tag) {
  constexpr std::uint32_t kObjectReach = 0x1000;
  for (const std::uint32_t global : tag.asked) {
    context_.dependencies.add({FactKind::content, global}, item);
    discovery_.track_global(global);
    // A function that gets the address of the object around it may fill it in.
    const std::uint32_t object = program_.globals.object_at(global - 1, kObjectReach);
    if (object != 0) discovery_.track_global(object);
  }
}

/// What comes from callers makes sinks of their functions.
void SinkMatcher::pass_on(const CallSite& site, const SinkCall& call, const Resolution& tag,
                          Conditions::ForCallers callers) {
  if (const Atom* pointer = passed_pointer(program_, site)) {
    const TagSink& sink = solution_.sinks[call.sink];
    PassedCallee callee;
    callee.pointer = *pointer;
    if (sink.listed()) callee.row = sink.row;
    callee.function = sink.function;
    callers.callees.push_back(callee);
  }
  for (const GlobalInflow& inflow : tag.inflows) {
    // What the value rests on besides is not what this inflow rests on, but a reason for others.
    Atom here;
    here.assumes = as_assumptions(inflow.flags);
    const SinkEdge edge{call.site, call.sink, inflow.flags | values_.flags_of(tag.value, here), true, {}, {}};
    add_sink(inflow.function, inflow.argument, edge);
  }
  for (const Atom& atom : values_.atoms(call.tag)) {
    if (!comes_from_caller(atom)) continue;
    SinkEdge edge{call.site, call.sink, values_.flags_of(call.tag, atom), false, callers.constraints, callers.callees};
    if (!program_.abi.conventional(atom.where)) edge.flags |= kAssumesRegister;
    add_sink(site.function, atom, edge);
  }
}

void SinkMatcher::add_sink(std::uint32_t function, const Atom& atom, const SinkEdge& edge) {
  if (program_.imports.own(function) >= 0) return;  // a row says what it takes
  const TagSink& target = solution_.sinks[edge.callee];
  const tagdb::ApiRow& row = program_.row(target.row);
  const TagSource source = source_of(atom);
  program_.budget.spend(solution_.sinks_of(function).size());
  for (const SinkId id : solution_.sinks_of(function)) {
    const TagSink& known = solution_.sinks[id];
    const tagdb::ApiRow& known_row = program_.row(known.row);
    if (known.tag != source || known_row.kind != row.kind || known_row.charges_pool != row.charges_pool) continue;
    if (!add_edge(id, edge)) return;
    // A path that was ruled out for a caller may be open by this edge.
    for (const SiteId site : context_.callers_of(function)) context_.match({site, id});
    return;
  }
  if (solution_.sinks.size() >= kMaxSinks) return;
  TagSink sink;
  sink.function = function;
  sink.row = target.row;
  sink.tag = source;
  sink.depth = target.depth + 1;
  sink.edges.push_back(edge);
  const SinkId id = solution_.add_sink(std::move(sink));
  for (const SiteId site : context_.callers_of(function)) context_.match({site, id});
  discovery_.analyse_callers(function);
  discovery_.track_pointers_to(function);
}

/// False when the edge takes the place of an older one.
bool SinkMatcher::add_edge(SinkId id, const SinkEdge& edge) {
  std::vector<SinkEdge>& edges = solution_.sinks[id].edges;
  program_.budget.spend(edges.size() / 2);
  for (SinkEdge& old : edges) {
    if (old.site != edge.site || old.callee != edge.callee) continue;
    old = edge;
    return false;
  }
  program_.budget.keep(sizeof(SinkEdge) + edge.constraints.size() * sizeof(Constraint));
  edges.push_back(edge);
  return true;
}

}  // namespace scanner::trace
