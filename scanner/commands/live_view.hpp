// `leaks --live` on the screen: decides whether and where the table is shown, and who is named beside a tag.
#pragma once

#include <map>
#include <ostream>
#include <string>

#include "scanner/commands/inputs.hpp"
#include "scanner/report/live_table.hpp"

namespace scanner {

class LiveView {
 public:
  /// `results`: where the report goes; the table is shown there unless a file or another format takes it.
  LiveView(const Inputs& inputs, std::ostream& results);

  /// False when nothing is shown: standard output is for the records of another format, or --quiet.
  [[nodiscard]] bool shown() const { return out_ != nullptr; }
  void show(const poolmon::Snapshot& snapshot);
  /// The last table stays, the report follows.
  void close();

 private:
  std::string owner(tagdb::PoolTag tag);

  const Inputs& inputs_;
  std::ostream* out_ = nullptr;
  report::LiveTable table_;
  std::map<tagdb::PoolTag, std::string> owners_;
};

}  // namespace scanner
