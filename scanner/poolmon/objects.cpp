#include "scanner/poolmon/objects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scanner/poolmon/words.hpp"

namespace scanner::poolmon {
namespace {

constexpr std::size_t kMostNames = 200, kMostDepth = 24;
constexpr std::size_t kMostText = 64U << 20;  // of one JSON text

bool names_tag(std::string_view name) { return column_of(name).what == What::tag; }

/// What an outer object says about all that it holds.
bool is_context(std::string_view name) {
  const What what = column_of(name).what;
  return what == What::time || what == What::time_utc || what == What::type || what == What::session;
}

/// Objects as they close. An object within one is a part of its names ("Paged": {"Bytes": 1}), unless it is a row
/// itself.
class Handler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Handler(const TakeObject& take) : take_(take) {}

  bool null() override { return value(""); }
  bool boolean(bool) override { return value(""); }
  bool number_integer(number_integer_t number) override { return value(std::to_string(number)); }
  bool number_unsigned(number_unsigned_t number) override { return value(std::to_string(number)); }
  bool number_float(number_float_t, const string_t& text) override { return value(text); }
  bool string(string_t& text) override { return value(text); }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return push(false); }
  bool start_array(std::size_t) override { return push(true); }
  bool key(string_t& name) override {
    frames_.back().key = name;
    return true;
  }
  bool end_array() override {
    frames_.pop_back();
    return true;
  }
  bool end_object() override {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    const bool own =
        std::any_of(frame.object.begin(), frame.object.end(), [](const auto& pair) { return names_tag(pair.first); });
    Frame* outer = frames_.empty() || frames_.back().array ? nullptr : &frames_.back();
    // {"Leak": {"NonPagedBytes": 1}}: the name is the tag
    const bool named = !own && outer != nullptr && outer->key.size() == 4 && column_of(outer->key).what == What::none &&
                       !frame.object.empty();
    if (own || named || outer == nullptr) {
      Object whole;
      for (const Frame& one : frames_) {
        for (const auto& pair : one.object) {
          if (is_context(pair.first)) whole.push_back(pair);
        }
      }
      if (named) whole.emplace_back("Tag", outer->key);
      for (auto& pair : frame.object) whole.push_back(std::move(pair));
      take_(whole);
      return true;
    }
    for (auto& [name, text] : frame.object) {
      if (outer->object.size() < kMostNames) outer->object.emplace_back(outer->key + " " + name, std::move(text));
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  struct Frame {
    bool array = false;
    std::string key;
    Object object;
  };

  bool value(std::string text) {
    if (!frames_.empty() && !frames_.back().array && frames_.back().object.size() < kMostNames)
      frames_.back().object.emplace_back(frames_.back().key, std::move(text));
    return true;
  }
  bool push(bool array) {
    frames_.emplace_back();
    frames_.back().array = array;
    return frames_.size() <= kMostDepth;
  }

  const TakeObject& take_;
  std::vector<Frame> frames_;
};

}  // namespace

bool ListReader::take_line(std::string_view line, const TakeObject& take) {
  constexpr std::size_t kLongestName = 48, kLongestValue = 400, kDeepest = 8;
  const auto colon = line.find(':');
  const std::string_view name = colon == std::string_view::npos ? std::string_view() : trimmed(line.substr(0, colon));
  const bool set =
      colon != std::string_view::npos && colon > 0 && colon + 1 < line.size() + 1 && line[colon - 1] == ' ';
  if (name.empty() || name.size() > kLongestName || line.find_first_not_of(' ') > kDeepest ||
      name.find("  ") != std::string_view::npos) {
    flush(take);
    return false;
  }
  const bool tag = names_tag(name);
  // Names are set to one width, or the object has begun; else prose with a colon would be one.
  if (!set && !tag && object_.empty()) return false;
  if (!set && !tag && column_of(name).what == What::none) return false;
  if (object_.empty() && !tag && column_of(name).what == What::none) return false;
  if (std::any_of(object_.begin(), object_.end(), [name](const auto& pair) { return pair.first == name; })) flush(take);
  if (object_.size() >= kMostNames) flush(take);
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  object_.emplace_back(name, value.substr(0, kLongestValue));
  return true;
}

Object object_in_line(std::string_view line, std::string_view& before) {
  constexpr std::size_t kLongest = 1000, kFewest = 3;
  Object object;
  if (line.size() > kLongest) return object;
  const auto part_of_name = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           static_cast<signed char>(c) < 0;
  };
  bool tag = false;
  for (std::size_t mark = line.find('='); mark != std::string_view::npos; mark = line.find('=', mark + 1)) {
    std::size_t start = mark;
    while (start > 0 && part_of_name(line[start - 1])) --start;
    if (start == mark || mark + 1 >= line.size()) continue;
    std::size_t at = mark + 1, end = at;
    if (line[at] == '"' || line[at] == '\'') {
      end = line.find(line[at], at + 1);
      if (end == std::string_view::npos) break;
      ++at;
    } else {
      end = std::min(line.find_first_of(" ;|\t>", at), line.size());
      if (end > at && line[end - 1] == ',') --end;
    }
    if (object.empty()) before = line.substr(0, start);
    tag = tag || names_tag(line.substr(start, mark - start));
    object.emplace_back(line.substr(start, mark - start), line.substr(at, end - at));
    if (object.size() > kMostNames) break;
    mark = end - 1;
  }
  if (!tag || object.size() < kFewest) object.clear();
  return object;
}

void ListReader::flush(const TakeObject& take) {
  if (object_.empty()) return;
  const Object object = std::exchange(object_, {});
  take(object);
}

JsonReader::Answer JsonReader::take_line(std::string_view line) {
  if (text_.empty()) {
    const std::string_view start = trimmed(line);
    if (start.empty() || (start[0] != '{' && start[0] != '[')) return Answer::no;
    const std::string_view behind = trimmed(start.substr(1));
    if (!behind.empty() && behind[0] != '{' && behind[0] != '"' && behind[0] != '[') return Answer::no;
    depth_ = scanned_ = 0;
    in_string_ = escaped_ = false;
    lines_.clear();
  }
  lines_.emplace_back(line);
  text_.append(line).append("\n");
  for (; scanned_ < text_.size(); ++scanned_) {
    const char c = text_[scanned_];
    if (in_string_) {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == '"')
        in_string_ = false;
      continue;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) return Answer::done;
  }
  // Lines of text that begin with a bracket do not go on with names in quotes.
  constexpr std::size_t kSoon = 4;
  const bool hopeless = in_string_ || (lines_.size() >= kSoon && text_.find('"') == std::string::npos);
  if (!hopeless && text_.size() <= kMostText) return Answer::more;
  text_.clear();
  return Answer::given_up;
}

bool JsonReader::parse(const TakeObject& take) {
  const std::string text = std::exchange(text_, {});
  // Twice: what is no JSON must not leave half of its objects behind.
  if (!nlohmann::json::accept(text)) return false;
  Handler handler(take);
  nlohmann::json::sax_parse(text, &handler);
  lines_.clear();
  return true;
}

Taken ObjectTable::take(const Object& object, Parsed& out, std::string& why) {
  out.clear();
  // A counter: {"Path": "\\\\host\\memory\\pool paged bytes", "CookedValue": 1}
  std::string_view path, cooked, stamp;
  bool tag = false;
  for (const auto& [name, text] : object) {
    const std::string key = folded(name);
    if (key == "path" && text.find('\\') != std::string::npos) path = text;
    if (key == "cookedvalue") cooked = text;
    if (key == "timestamp") stamp = text;
    tag = tag || names_tag(name);
  }
  if (!tag && (path.empty() || cooked.empty())) return Taken::no;
  std::string names;
  std::vector<std::string_view> cells;
  std::vector<std::string> titles;
  if (!path.empty() && !cooked.empty()) {
    titles = {"Time", std::string(path)};
    cells = {stamp, cooked};
  } else {
    for (const auto& [name, text] : object) {
      titles.push_back(name);
      cells.push_back(text);
    }
  }
  for (const std::string& title : titles) names += title + "\n";
  if (names != names_) {
    std::vector<Column> columns;
    for (const std::string& title : titles) columns.push_back(column_of(title));
    figures_ = Figures(std::move(columns), std::nullopt, {});
    names_ = std::move(names);
  }
  if (!figures_.refusal().empty()) {
    // Objects with a tag are of any kind; only where pools are named something is missing.
    const bool about_pools = std::any_of(figures_.columns().begin(), figures_.columns().end(),
                                         [](const Column& column) { return column.pool.has_value(); });
    if (!about_pools) return Taken::no;
  }
  const bool pools = std::any_of(figures_.columns().begin(), figures_.columns().end(), [](const Column& column) {
    return column.pool.has_value() || column.what == What::type || column.what >= What::total_nonpaged;
  });
  if (!pools) return Taken::no;
  return figures_.take(cells, out, why);
}

}  // namespace scanner::poolmon
