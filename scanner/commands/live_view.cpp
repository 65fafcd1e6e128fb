#include "scanner/commands/live_view.hpp"

#include <iostream>

#include "scanner/platform/console.hpp"

namespace scanner {
namespace {

std::ostream* place_for(const Options& options, std::ostream& results) {
  if (options.quiet) return nullptr;
  if (options.output) return &std::cout;
  return options.format == Format::text ? &results : nullptr;
}

report::LiveTableOptions how(const Options& options) {
  report::LiveTableOptions out;
  out.redraw = stdout_redraws();
  out.color = options.color == ColorChoice::always ||
              (options.color == ColorChoice::automatic && out.redraw && stdout_is_color_terminal());
  return out;
}

}  // namespace

LiveView::LiveView(const Inputs& inputs, std::ostream& results)
    : inputs_(inputs),
      out_(place_for(inputs.options, results)),
      table_(how(inputs.options), [this](tagdb::PoolTag tag) { return owner(tag); }) {}

void LiveView::show(const poolmon::Snapshot& snapshot) {
  if (out_ == nullptr) return;
  const TerminalSize size = terminal_size();
  write_at_once(*out_, table_.frame(snapshot, size.columns, size.rows));
}

void LiveView::close() {
  if (out_ != nullptr) *out_ << table_.close() << std::flush;
}

/// Who allocates with the tag as the catalogue knows it, else who is listed. A scan would take longer than a look.
std::string LiveView::owner(tagdb::PoolTag tag) {
  const auto [at, fresh] = owners_.try_emplace(tag);
  if (!fresh) return at->second;
  if (inputs_.catalog) at->second = inputs_.catalog->who_allocates(tag);
  if (!at->second.empty()) return at->second;
  const auto listed = inputs_.database.lookup(tag);
  if (!listed.empty() && !listed.front()->owner.empty()) at->second = "listed: " + listed.front()->owner;
  return at->second;
}

}  // namespace scanner
