// The SYSTEM hive of a volume that is not running, through libhivex: Select\Current names the control set, its Services
// key holds one key per service. A hive is opened read-only; its transaction logs are not replayed, so the last changes
// before a crash may be missing.
#include <hivex.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "pe/text.hpp"
#include "scanner/loaded/system.hpp"

namespace scanner::loaded {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

class Hive {
 public:
  explicit Hive(const std::string& path) : hive_(::hivex_open(path.c_str(), 0)) {}
  Hive(const Hive&) = delete;
  Hive& operator=(const Hive&) = delete;
  ~Hive() {
    if (hive_ != nullptr) ::hivex_close(hive_);
  }
  explicit operator bool() const { return hive_ != nullptr; }

  [[nodiscard]] hive_node_h root() const { return ::hivex_root(hive_); }
  [[nodiscard]] hive_node_h child(hive_node_h node, const char* name) const {
    return node != 0 ? ::hivex_node_get_child(hive_, node, name) : 0;
  }
  [[nodiscard]] std::unique_ptr<hive_node_h, Free> children(hive_node_h node) const {
    return std::unique_ptr<hive_node_h, Free>(::hivex_node_children(hive_, node));
  }
  [[nodiscard]] std::string name(hive_node_h node) const {
    const std::unique_ptr<char, Free> text(::hivex_node_name(hive_, node));
    return text ? text.get() : "";
  }
  [[nodiscard]] std::optional<std::uint32_t> number(hive_node_h node, const char* name) const {
    const auto bytes = value(node, name);
    if (bytes.size() < 4) return std::nullopt;
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  [[nodiscard]] std::string text(hive_node_h node, const char* name) const {
    const auto bytes = value(node, name);
    std::u16string wide(bytes.size() / 2, u'\0');
    std::memcpy(wide.data(), bytes.data(), wide.size() * 2);
    return pe::utf8_from_utf16(std::u16string_view(wide).substr(0, wide.find(u'\0')));
  }

 private:
  [[nodiscard]] std::string value(hive_node_h node, const char* name) const {
    const hive_value_h at = node != 0 ? ::hivex_node_get_value(hive_, node, name) : 0;
    if (at == 0) return {};
    hive_type type{};
    std::size_t length = 0;
    const std::unique_ptr<char, Free> bytes(::hivex_value_value(hive_, at, &type, &length));
    return bytes ? std::string(bytes.get(), length) : std::string();
  }

  hive_h* hive_;
};

}  // namespace

bool hives_supported() { return true; }

pe::Result<std::vector<Driver>> drivers_of_hive(const std::string& path) {
  errno = 0;
  const Hive hive(path);
  if (!hive)
    return pe::Error{pe::Fault::malformed, std::string("cannot be read as a registry hive: ") + std::strerror(errno)};
  const auto current = hive.number(hive.child(hive.root(), "Select"), "Current");
  if (!current || *current > 999)
    return pe::Error{pe::Fault::malformed, "has no Select\\Current: is it the SYSTEM hive?"};
  std::string number = std::to_string(*current);
  number.insert(0, 3 - number.size(), '0');
  const hive_node_h services = hive.child(hive.child(hive.root(), ("ControlSet" + number).c_str()), "Services");
  if (services == 0) return pe::Error{pe::Fault::malformed, "has no ControlSet" + number + "\\Services"};
  std::vector<Driver> drivers;
  const auto children = hive.children(services);
  for (const hive_node_h* node = children.get(); node != nullptr && *node != 0; ++node) {
    const auto type = hive.number(*node, "Type"), start = hive.number(*node, "Start");
    Driver driver;
    if (type && start && driver_of_service(hive.name(*node), *type, *start, hive.text(*node, "ImagePath"), driver))
      drivers.push_back(std::move(driver));
  }
  return drivers;
}

}  // namespace scanner::loaded
