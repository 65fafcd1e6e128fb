#include "scanner/commands/tag_roles.hpp"

#include <algorithm>
#include <array>

#include "pe/text.hpp"
#include "tagdb/advice.hpp"

namespace scanner {
namespace {

/// Types of the object manager: their tag is the type's name, cut to four letters.
bool is_object_type(tagdb::PoolTag tag) {
  constexpr std::array<std::string_view, 28> kTypes = {
      "File", "Even", "Toke", "Proc", "Thre", "Sema", "Muta", "Time", "Key ", "Sect", "Port", "Symb", "Dire", "Job ",
      "Desk", "Wind", "IoCo", "Devi", "Driv", "Type", "Prof", "Call", "EtwR", "WmiG", "TmTx", "TmEn", "TmRm", "TmTm"};
  const std::string name = tag.text();
  return std::find(kTypes.begin(), kTypes.end(), name) != kTypes.end();
}

/// Does it allocate for whoever asks: a part of the kernel, a file system, a port driver?
bool works_for_all(std::string_view owner) {
  const std::string name = pe::fold_case(owner);
  if (name.starts_with("nt!") || name == "nt" || name.starts_with("ntoskrnl") || name.starts_with("hal")) return true;
  const std::string image = name.substr(0, name.find('!'));
  const auto& others = tagdb::builtin_on_behalf();
  return std::any_of(others.begin(), others.end(),
                     [&](const tagdb::OnBehalf& one) { return one.image == image || one.image == image + ".sys"; });
}

}  // namespace

poolmon::TagRole role_of(tagdb::PoolTag tag, const tagdb::Database& database, const std::vector<report::Leak>& leaks) {
  using Kind = poolmon::TagRole::Kind;
  poolmon::TagRole role;
  const auto entries = database.lookup(tag);
  if (!entries.empty()) {
    role.owner = entries.front()->owner;
    role.microsoft = true;  // the lists are Microsoft's for the most part
    if (std::all_of(entries.begin(), entries.end(),
                    [](const tagdb::Entry* entry) { return works_for_all(entry->owner); }))
      role.kind = Kind::system;
  }
  if (is_object_type(tag) && role.kind == Kind::system) role.kind = Kind::object;
  for (const report::Leak& leak : leaks) {
    if (leak.growth.tag != tag || leak.candidates.empty()) continue;
    const report::Candidate& best = leak.candidates.front();
    if (best.judgement.verdict > rank::Verdict::likely) continue;
    role.microsoft = best.identity.company.find("Microsoft") != std::string::npos;
    if (role.owner.empty()) role.owner = std::string(pe::file_name(best.path));
  }
  return role;
}

}  // namespace scanner
