#include "scanner/trace/solve/solution.hpp"

#include <utility>

namespace scanner::trace {

std::span<const SinkId> Solution::sinks_of(std::uint32_t function) const {
  const auto found = sinks_of_function_.find(function);
  return found == sinks_of_function_.end() ? std::span<const SinkId>() : found->second;
}

const SinkCall* Solution::find(SiteId site, SinkId sink) const {
  const auto found = sink_call_index_.find(key(site, sink));
  return found == sink_call_index_.end() ? nullptr : &sink_calls[found->second];
}

std::optional<SiteId> Solution::site_at(std::uint32_t function, std::uint32_t rva) const {
  const auto found = site_index_.find(key(function, rva));
  return found == site_index_.end() ? std::nullopt : std::optional(found->second);
}

SiteId Solution::add_site(CallSite site) {
  const auto id = static_cast<SiteId>(sites.size());
  site_index_.emplace(key(site.function, site.rva), id);
  sites.push_back(std::move(site));
  return id;
}

SinkCall& Solution::sink_call(SiteId site, SinkId sink) {
  const auto [at, fresh] = sink_call_index_.emplace(key(site, sink), sink_calls.size());
  if (fresh) {
    sink_calls.emplace_back();
    sink_calls.back().site = site;
    sink_calls.back().sink = sink;
  }
  return sink_calls[at->second];
}

SinkId Solution::add_sink(TagSink sink) {
  const auto id = static_cast<SinkId>(sinks.size());
  if (!sink.listed()) sinks_of_function_[sink.function].push_back(id);
  sinks.push_back(std::move(sink));
  return id;
}

SinkId Solution::sink_of_row(int row) {
  const auto [at, fresh] = sink_of_row_.emplace(row, 0);
  if (fresh) {
    TagSink sink;
    sink.row = row;
    at->second = add_sink(std::move(sink));
  }
  return at->second;
}

}  // namespace scanner::trace
