// `leaks --live` on the screen: decides whether and where the table is shown, and who is named beside a tag.
#pragma once

#include <map>
#include <ostream>
#include <string>

#include "scanner/commands/context.hpp"
#include "scanner/report/live_table.hpp"

namespace scanner {

class LiveView {
 public:
  explicit LiveView(Context& context);

  /// False when nothing is shown: standard output is for the records of another format, or --quiet.
  [[nodiscard]] bool shown() const { return out_ != nullptr; }
  void show(const poolmon::Snapshot& snapshot);
  /// The last table stays, the report follows.
  void close();

 private:
  std::string owner(tagdb::PoolTag tag);

  Context& context_;
  std::ostream* out_ = nullptr;
  report::LiveTable table_;
  std::map<tagdb::PoolTag, std::string> owners_;
};

}  // namespace scanner
