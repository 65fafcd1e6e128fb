#include "scanner/commands/machine_drivers.hpp"

#include <algorithm>

#include "scanner/commands/driver_store.hpp"
#include "scanner/commands/places.hpp"
#include "scanner/loaded/system.hpp"
#include "scanner/walk/walk.hpp"

namespace scanner {
namespace {

/// Is the file at `path` the build that the list says was loaded? Yes where that cannot be told.
bool is_build(const std::string& path, const loaded::Driver& driver) {
  walk::Skipped ignored;
  const auto bytes = walk::read_file(path, loaded::kMostList, ignored);
  if (!bytes) return true;
  const auto image = pe::Image::open(bytes.value());
  if (!image) return true;
  return image.value().timestamp() == driver.stamp &&
         (driver.size == 0 || image.value().size_of_image() == driver.size);
}

/// The only one of `paths`, or the only one that is the build of the list; empty where that cannot be told.
std::string loaded_version(const std::vector<std::string>& paths, const loaded::Driver& driver) {
  if (paths.size() == 1) return paths.front();
  if (driver.stamp == 0) return {};
  std::string found;
  for (const std::string& path : paths) {
    if (!is_build(path, driver)) continue;
    if (!found.empty()) return {};
    found = path;
  }
  return found;
}

/// `heading` and the first names of `images`; empty when there is none.
std::string first_of(const std::vector<std::string>& images, std::string_view heading) {
  constexpr std::size_t kShown = 3;
  if (images.empty()) return {};
  std::string text(heading);
  for (std::size_t i = 0; i < images.size() && i < kShown; ++i)
    text += (i == 0 ? " " : ", ") + pe::printable(images[i]);
  if (images.size() > kShown) text += " and " + std::to_string(images.size() - kShown) + " more";
  return text;
}

/// The kernel shows the drivers of crash dumps under names that no file has.
bool is_crash_dump_driver(std::string_view image) { return pe::file_name(image).starts_with("dump_"); }

}  // namespace

bool MachineDrivers::read(const Options& options, const std::string& root, bool marks_only, Diagnostics& diagnostics) {
  std::vector<loaded::Driver> drivers;
  if (const auto& file = options.loaded_from) {
    walk::Skipped ignored;
    const auto bytes = walk::read_file(*file, loaded::kMostList, ignored);
    auto list =
        bytes ? loaded::read_driver_list(bytes.value()) : pe::Result<std::vector<loaded::Driver>>(bytes.error());
    if (!list) {
      diagnostics.problem({*file, "read", 0, list.error().message}, true);
      return false;
    }
    drivers = std::move(list.value());
    list_ = pe::file_name(*file);
    name_ = "drivers of " + list_;
  } else if (!root.empty() && walk::same_name(walk::native_form(root)) == walk::same_name(running_root())) {
    drivers = loaded::running_drivers();
    const auto services = loaded::configured_drivers();
    drivers.insert(drivers.end(), services.begin(), services.end());
    name_ = "drivers loaded now and driver services";
    running_system_ = true;
    if (const std::string note = loaded::system_note(); !note.empty()) diagnostics.note(note);
  } else if (!root.empty() && !marks_only && loaded::hives_supported()) {
    const std::string hive = walk::find_path(root, "Windows/System32/config/SYSTEM");
    if (hive.empty()) return true;
    auto list = loaded::drivers_of_hive(hive);
    if (!list) {
      diagnostics.note("poolwho: " + pe::printable(hive) + ": " + list.error().message +
                       "; which drivers start is not known");
      return true;
    }
    drivers = std::move(list.value());
    list_ = "the volume's registry";
    name_ = "driver services of the volume's registry";
  }
  index_ = loaded::Index(drivers);
  if (!root.empty() && (!marks_only || running_system_)) find_files(drivers, root);
  return true;
}

void MachineDrivers::find_files(const std::vector<loaded::Driver>& drivers, const std::string& root) {
  looked_up_ = true;
  walk::PathFinder finder(root);
  DriverStore store(root);
  std::set<std::string> missing;
  for (const loaded::Driver& driver : drivers) {
    const loaded::Place place = loaded::place_of(driver.image);
    std::string path;
    switch (place.base) {
      case loaded::Place::Base::windows: path = finder.find("Windows/" + place.relative); break;
      case loaded::Place::Base::volume: path = finder.find(place.relative); break;
      case loaded::Place::Base::name:
        for (const char* folder : {"Windows/System32/drivers/", "Windows/System32/"}) {
          for (const char* suffix : {".sys", ".dll", ".exe"}) {
            const bool whole = place.relative.find('.') != std::string::npos;
            if (path.empty()) path = finder.find(folder + place.relative + (whole ? "" : suffix));
          }
        }
        break;
    }
    // A list of names does not tell which of the packages' versions is loaded. Where that is open all come first, and
    // none is taken for the one.
    if (path.empty() && place.base == loaded::Place::Base::name) {
      const std::vector<std::string>& versions = store.find(place.relative);
      path = loaded_version(versions, driver);
      if (path.empty() && !versions.empty()) {
        for (const std::string& version : versions) {
          if (open_.insert(walk::same_name(version)).second) files_.push_back(version);
        }
        continue;
      }
    }
    if (path.empty()) {
      if (is_crash_dump_driver(driver.image) || !missing.insert(driver.image).second) continue;
      if (driver.running) missing_.push_back(driver.image);
      if (driver.gone) gone_.push_back(driver.image);
    } else if (known_.insert(walk::same_name(path)).second) {
      files_.push_back(path);
      if (driver.stamp != 0 && !is_build(path, driver)) stale_.insert(walk::same_name(path));
    }
  }
}

void MachineDrivers::mark(const std::string& path, rank::ImageFacts& facts) const {
  const bool known = known_.contains(walk::same_name(path));
  const loaded::Driver* driver = index_.find(path);
  // One in the store of packages that is the one of the list: names alone say nothing there.
  if (driver == nullptr && known) driver = index_.find_name(facts.file_name);
  if (known) facts.in_component_store = false;
  if (driver == nullptr || (running_system_ && !known)) return;
  facts.stale = stale_.contains(walk::same_name(path));
  facts.loaded_now = driver->running && !facts.stale;
  facts.unloaded = driver->gone;
  facts.configured = driver->configured;
  facts.list = list_;
}

void MachineDrivers::mark_embedded(std::uint32_t stamp, rank::ImageFacts& facts) const {
  const loaded::Driver* driver = index_.find_name(facts.file_name);
  if (driver == nullptr) return;
  const auto among = [driver](const std::vector<std::string>& images) {
    return std::find(images.begin(), images.end(), driver->image) != images.end();
  };
  if (looked_up_ && !among(missing_) && !among(gone_)) return;  // the one that was loaded has a file of its own
  facts.stale = driver->stamp != 0 && driver->stamp != stamp;
  facts.loaded_now = driver->running && !facts.stale;
  facts.unloaded = driver->gone;
  facts.list = list_;
}

std::string MachineDrivers::missing_note() const {
  std::string text = first_of(missing_, "loaded, but not on this volume:");
  const std::string gone =
      first_of(gone_, "unloaded before, and not on this volume (blocks they left stay allocated):");
  if (!text.empty() && !gone.empty()) text += "; ";
  return text + gone;
}

}  // namespace scanner
