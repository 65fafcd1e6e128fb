// From the evidence of one image for one tag to a verdict with reasons, and the score that orders candidates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/trace/trace.hpp"
#include "tagdb/database.hpp"

namespace scanner::rank {

/// Best first.
enum class Verdict : std::uint8_t { proven, likely, possible, weak };
std::string_view to_string(Verdict verdict);

struct Reason {
  std::string_view code;  ///< stable word for scripts
  std::string text;
};

struct Judgement {
  Verdict verdict = Verdict::weak;
  int score = 0;  ///< orders candidates of one verdict; greater is better
  std::vector<Reason> reasons;
};

/// What is known about an image besides its code.
struct ImageFacts {
  std::string_view file_name;      ///< without folders
  std::string_view original_name;  ///< from the version resource, may be empty
  std::string_view file_version;   ///< likewise, as the resource writes it
  std::string_view container;      ///< name of the file that carries the image; empty for files
  bool in_system_drivers = false;
  bool in_component_store = false;  ///< WinSxS, DriverStore: perhaps not the copy that is loaded
  bool loaded_now = false;          ///< the machine's list of drivers says so
  bool configured = false;          ///< starts with the system
  bool unloaded = false;            ///< was loaded once, and unloaded before the list was made
  bool stale = false;               ///< loaded was another build of it than the file that was searched
  std::string_view list;            ///< where the last four come from: a file's name, empty for the running system
};

/// The entry that names this image, by its file name or the name in its version resource; null when none does.
const tagdb::Entry* listed_owner(const ImageFacts& image, const std::vector<const tagdb::Entry*>& listed);

/// `uses` are those of one image for `tag`, strongest first, not empty. `never_freed` is the answer of frees.hpp.
Judgement judge(tagdb::PoolTag tag, const std::vector<trace::TagUse>& uses, const ImageFacts& image,
                const std::vector<const tagdb::Entry*>& listed, bool never_freed = false);

}  // namespace scanner::rank
