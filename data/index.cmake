# Writes OUTPUT, a C++ file with the function tagdb::builtin_lines(): for every line of INPUT (a pooltag.txt) where it
# begins, and its tag when the line has the declared form "Tag  - owner…" with a tag of four plain characters.
# Made when poolwho is built, because a look-up takes no longer than grep then: it reads one line of five thousand.
# Works on hexadecimal digits, three characters a byte ("4d "): CMake's own lists stumble over ';' and '[' in a text.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\1 " hex "${hex}")
string(REGEX REPLACE "0a " "0a;" lines "${hex}")
string(REGEX REPLACE ";$" "" lines "${lines}")

set(dash "20 2d 20 ")
set(rows "")
set(begin 0)
foreach(line IN LISTS lines)
  set(tag 0)
  # An owner follows. A blank first, "rem " and wildcards (3f ?, 2a *) are left to the reader.
  if(line MATCHES "^(..) (..) (..) (..) ${dash}(0[^ad]|[^01].)" AND NOT line MATCHES "^20 |^72 65 6d 20 "
     AND NOT line MATCHES "^(.. )?(.. )?(.. )?(3f|2a) ")
    string(REGEX REPLACE "^(..) (..) (..) (..) .*" "0x\\4\\3\\2\\1" tag "${line}")
  endif()
  string(APPEND rows "{${tag},${begin}},\n")
  string(LENGTH "${line}" digits)
  math(EXPR begin "${begin} + (${digits} + 1) / 3")
endforeach()

file(WRITE ${OUTPUT}
"// Generated from ${INPUT}. Do not edit.
#include \"tagdb/builtin.hpp\"
namespace tagdb {
namespace {
const BuiltinLine kLines[] = {
${rows}};
}
std::span<const BuiltinLine> builtin_lines() { return kLines; }
}
")
