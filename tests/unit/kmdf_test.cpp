// The tag that KMDF charges to a driver that names none: the first letters of the service, without a leading "wdf".
#include "scanner/trace/image/kmdf.hpp"

#include <doctest/doctest.h>

#include "scanner/scan/scan_file.hpp"

using scanner::trace::kmdf_default_tag;

TEST_CASE("KMDF's default tag") {
  const auto tag = [](const char* name) { return kmdf_default_tag(name).text(); };
  CHECK(tag("Serial") == "Seri");
  CHECK(tag("abc") == "abc\\x00");
  CHECK(tag("WdfSerial") == "Seri");  // the prefix, in any letter case
  CHECK(tag("wDFabc") == "abc\\x00");
  CHECK(tag("wdserial") == "wdse");
  for (const char* shortest : {"ab", "a", "", "wdf", "Wdfab"}) CHECK(tag(shortest) == "FxDr");
}

TEST_CASE("a driver's file name stands for its service") {
  CHECK(scanner::kmdf_tag_of("C:\\Windows\\System32\\drivers\\WdfSerial.sys").text() == "Seri");
  CHECK(scanner::kmdf_tag_of("drivers/touch.v2.sys").text() == "touc");
  CHECK(scanner::kmdf_tag_of("ab.sys").text() == "FxDr");
}
