#include "tagdb/stack_bytes.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace tagdb {

std::string_view builtin_x86_imports();  // generated from data/x86_imports.tsv

namespace {

constexpr unsigned kInRegisters = 8;  // of fastcall's arguments

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes the text up to the next tab off `line`.
std::string_view cell(std::string_view& line) {
  const auto tab = line.find('\t');
  const std::string_view text = line.substr(0, tab);
  line = tab == std::string_view::npos ? std::string_view{} : line.substr(tab + 1);
  return text;
}

/// module, name, bytes, convention; rows are tested at build time, so others are passed over.
std::unordered_map<std::string_view, StackBytes> read_table(std::string_view text) {
  std::unordered_map<std::string_view, StackBytes> table;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    text = newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
    if (line.starts_with('#')) continue;
    cell(line);
    const std::string_view name = cell(line);
    const auto bytes = number(cell(line));
    const std::string_view convention = cell(line);
    const unsigned in_registers = convention == "fastcall" ? kInRegisters : 0;
    if (bytes) table.emplace(name, StackBytes{*bytes, convention == "cdecl", in_registers});
  }
  return table;
}

}  // namespace

std::optional<StackBytes> x86_stack_bytes(std::string_view name) {
  static const auto table = read_table(builtin_x86_imports());
  if (const auto found = table.find(name); found != table.end()) return found->second;
  const auto at = name.rfind('@');
  if (at == std::string_view::npos || at == 0 || (name[0] != '_' && name[0] != '@')) return std::nullopt;
  const auto bytes = number(name.substr(at + 1));
  if (!bytes) return std::nullopt;
  if (name[0] == '_') return StackBytes{*bytes, false, 0};
  return StackBytes{*bytes > kInRegisters ? *bytes - kInRegisters : 0, false, kInRegisters};
}

}  // namespace tagdb
