#include "scanner/trace/models/api_model.hpp"

#include <algorithm>

namespace scanner::trace {

ApiModels::ApiModels(Program& program) : program_(program) {
  for (const auto make : {make_flt_registration, make_lookaside_list, make_kmdf_table}) {
    if (auto model = make(program)) models_.push_back(std::move(model));
  }
}

PassedTag ApiModels::tag(const CallSite& site, const tagdb::ApiRow& row) {
  for (const auto& model : models_) {
    if (const auto tag = model->tag(site, row)) return *tag;
  }
  if (row.tag < 0) return {};
  const Location where = tag_location(program_, row);
  if (!row.tag_in_struct) return {value_at(program_, site, where, 4)};
  const ValueId structure = value_at(program_, site, where, program_.abi.word);
  return {field_behind(program_, site, structure, program_.abi.word == 8 ? row.field_x64 : row.field_x86)};
}

std::optional<CallSite> ApiModels::callback(const CallSite& site, const tagdb::ApiRow& row) {
  for (const auto& model : models_) {
    if (auto call = model->callback(site, row)) return call;
  }
  return std::nullopt;
}

int ApiModels::row_behind(const Atom& content) const {
  for (const auto& model : models_) {
    if (const int row = model->row_behind(content); row >= 0) return row;
  }
  return -1;
}

bool ApiModels::surely(ValueId pointer) {
  return std::ranges::any_of(models_, [pointer](const auto& model) { return model->surely(pointer); });
}

Leads ApiModels::leads() {
  Leads all;
  for (const auto& model : models_) {
    const Leads some = model->leads();
    all.globals.insert(all.globals.end(), some.globals.begin(), some.globals.end());
    all.functions.insert(all.functions.end(), some.functions.begin(), some.functions.end());
  }
  return all;
}

std::vector<std::string> ApiModels::missing() const {
  std::vector<std::string> words;
  for (const auto& model : models_) {
    if (!model->missing().empty()) words.emplace_back(model->missing());
  }
  return words;
}

}  // namespace scanner::trace
