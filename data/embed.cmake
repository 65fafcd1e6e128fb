# Writes OUTPUT, a C++ file with the function tagdb::SYMBOL() that returns the bytes of INPUT.
# An array of numbers instead of a text: compilers limit the length of string literals, and the file may hold any byte.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REPEAT "0x..," 24 row)
string(REGEX REPLACE "(${row})" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT}
"// Generated from ${INPUT}. Do not edit.
#include <string_view>
namespace tagdb {
std::string_view ${SYMBOL}();
namespace {
const unsigned char kBytes[] = {${bytes}};
}
std::string_view ${SYMBOL}() { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }
}
")
