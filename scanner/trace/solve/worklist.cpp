#include "scanner/trace/solve/worklist.hpp"

namespace scanner::trace {

void Worklist::add(const WorkItem& item) {
  if (const auto* function = std::get_if<AnalyseFunction>(&item)) {
    functions_.insert(function->function);
  } else if (const auto* call = std::get_if<MatchCall>(&item)) {
    calls_.push_back(*call);
  } else {
    block_.push_back(item);
  }
}

std::optional<WorkItem> Worklist::next() {
  stack_.insert(stack_.end(), block_.rbegin(), block_.rend());
  block_.clear();
  std::optional<WorkItem> item;
  if (!stack_.empty()) {
    item = stack_.back();
    stack_.pop_back();
  } else if (!calls_.empty()) {
    item = calls_.front();
    calls_.pop_front();
  } else if (!functions_.empty()) {
    item = AnalyseFunction{*functions_.begin()};
    functions_.erase(functions_.begin());
  }
  return item;
}

}  // namespace scanner::trace
