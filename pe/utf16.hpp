// UTF-16 to UTF-8 and back without loss: half a surrogate pair, which NTFS allows in names, becomes three bytes (the
// form known as WTF-8) and comes back as it was. Windows names and version resources both pass through here.
#pragma once

#include <string>
#include <string_view>

namespace pe {

std::string utf8_from_utf16(std::u16string_view text);
/// Bytes that are not UTF-8 become U+FFFD one by one.
std::u16string utf16_from_utf8(std::string_view text);

}  // namespace pe
