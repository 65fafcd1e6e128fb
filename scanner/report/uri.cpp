#include "scanner/report/uri.hpp"

#include <algorithm>
#include <cctype>

namespace scanner::report {

std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string slashes(path);
  const bool drive = path.size() > 2 && std::isalpha(static_cast<unsigned char>(path[0])) != 0 && path[1] == ':' &&
                     (path[2] == '\\' || path[2] == '/');
  const bool share = path.starts_with("\\\\");
#ifdef _WIN32
  const bool windows = true;
#else
  const bool windows = drive || share;
#endif
  // On other systems a backslash is a letter like any other, but in what a Windows compiler wrote.
  if (windows) std::replace(slashes.begin(), slashes.end(), '\\', '/');
  std::string out = share ? "file:" : drive ? "file:///" : slashes.starts_with('/') ? "file://" : "";
  for (std::size_t i = 0; i < slashes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(slashes[i]);
    const bool letter = byte < 0x80 && std::isalnum(byte) != 0;
    if (letter || kPlain.find(slashes[i]) != std::string_view::npos || (drive && i == 1)) {
      out += slashes[i];
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace scanner::report
