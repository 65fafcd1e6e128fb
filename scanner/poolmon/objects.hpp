// Objects instead of tables: PowerShell's Format-List, JSON. One object is one row whose cells name their columns.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/poolmon/figures.hpp"

namespace scanner::poolmon {

/// Names and values in the order they stand.
using Object = std::vector<std::pair<std::string, std::string>>;
using TakeObject = std::function<void(const Object&)>;

/// "Tag               : Leak": lines of one object, ended by a blank line or a name that comes again.
class ListReader {
 public:
  /// False when the line is no part of an object; what was collected goes to `take` when it is complete.
  bool take_line(std::string_view line, const TakeObject& take);
  void flush(const TakeObject& take);
  [[nodiscard]] bool collecting() const { return !object_.empty(); }

 private:
  Object object_;
};

/// Names and values of one line ("tag=Leak pool=paged bytes=12", attributes of XML), at least three with a tag among
/// them; empty when it is no such line. `before`: what stands before the first name.
Object object_in_line(std::string_view line, std::string_view& before);

/// Lines of one JSON text until its brackets close. Text that only looks like JSON is given back line by line.
class JsonReader {
 public:
  enum class Answer { no, more, done, given_up };
  Answer take_line(std::string_view line);
  /// The lines that were collected and are no JSON.
  std::vector<std::string> take_lines() { return std::exchange(lines_, {}); }
  [[nodiscard]] bool open() const { return !text_.empty(); }
  /// Hands the objects of the text to `take`; false when it is no JSON.
  bool parse(const TakeObject& take);

 private:
  std::string text_;
  std::vector<std::string> lines_;
  std::size_t depth_ = 0, scanned_ = 0;
  bool in_string_ = false, escaped_ = false;
};

/// The figures of objects with these names; kept, because thousands of them follow each other.
class ObjectTable {
 public:
  /// no: no object about a tag.
  Taken take(const Object& object, Parsed& out, std::string& why);
  std::vector<std::string> take_notes() { return figures_.take_notes(); }

 private:
  std::string names_;
  Figures figures_;
};

}  // namespace scanner::poolmon
