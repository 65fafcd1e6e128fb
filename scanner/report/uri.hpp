// Paths as URIs (RFC 3986, RFC 8089).
#pragma once

#include <string>
#include <string_view>

namespace scanner::report {

/// "C:\\src\\io file.c" is "file:///C:/src/io%20file.c", "/mnt/a.sys" is "file:///mnt/a.sys"; a relative path stays
/// relative. Bytes that are no UTF-8 are kept as %NN.
std::string uri_of(std::string_view path);

}  // namespace scanner::report
