// The second reader: the real one, and pretended ones that crash, hang, babble or are not there.
#include "scanner/lief/second_reader.hpp"

#include <doctest/doctest.h>

#include <boost/filesystem.hpp>
#include <fstream>

#include "tests/unit/files.hpp"

namespace {

/// A program in the second reader's place.
class Pretended {
 public:
  explicit Pretended(const std::string& script)
      : path_(boost::filesystem::temp_directory_path() / ("poolwho-reader-" + std::to_string(std::rand()))) {
    std::ofstream(path_.string()) << "#!/bin/sh\n" << script << "\n";
    boost::filesystem::permissions(path_, boost::filesystem::owner_all);
  }
  ~Pretended() { boost::filesystem::remove(path_); }
  Pretended(const Pretended&) = delete;
  Pretended& operator=(const Pretended&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  boost::filesystem::path path_;
};

std::string error_of(const std::string& program, pe::Identity& identity, int timeout_ms = 20'000) {
  static const auto bytes = read_bytes(TEST_SIGNED);
  static const auto image = pe::Image::open(bytes);
  const auto answer = scanner::lief::ask_second_reader(program, image.value(), timeout_ms, identity);
  return answer ? "" : answer.error().message;
}

}  // namespace

TEST_CASE("the second reader reads what ours reads") {
  const auto bytes = read_bytes(TEST_SIGNED);
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  pe::Identity identity;
  CHECK(error_of(TEST_SECOND_READER, identity).empty());
  std::string problem;
  const pe::Identity small = pe::identify(image.value(), problem);
  CHECK_FALSE(small.product.empty());
  CHECK(identity.product == small.product);
  CHECK(identity.original_name == small.original_name);
  // What is known already is not replaced.
  identity = {};
  identity.product = "Known";
  CHECK(error_of(TEST_SECOND_READER, identity).empty());
  CHECK(identity.product == "Known");
  CHECK(identity.original_name == small.original_name);
}

TEST_CASE("a second reader that fails costs one line") {
  pe::Identity identity;
  CHECK(error_of("/nonexistent/reader", identity) == "the second reader was not started: No such file or directory");
  CHECK(error_of(Pretended("kill -SEGV $$").path(), identity) == "the second reader crashed (signal 11)");
  CHECK(error_of(Pretended("cat >/dev/null; kill -KILL $$").path(), identity) ==
        "the second reader crashed (signal 9)");
  CHECK(error_of(Pretended("exit 1").path(), identity) == "the second reader cannot read it either");
  CHECK(error_of(Pretended("cat >/dev/null; sleep 100").path(), identity, 300) ==
        "the second reader gave no answer in 0 s");
  CHECK(error_of(Pretended("cat >/dev/null; yes").path(), identity) == "the second reader cannot read it either");
  CHECK(error_of(Pretended("printf 'company=Half'").path(), identity) == "the second reader cannot read it either");
  CHECK(error_of(Pretended("printf 'company=Half\\000'").path(), identity) ==
        "the second reader cannot read it either");
  CHECK(identity.company.empty());
}

TEST_CASE("an image that our reader cannot read is shown to the second one") {
  auto bytes = read_bytes(TEST_SIGNED);
  const auto table = pe::Image::open(bytes).value().directory(pe::Directory::security);
  bytes.at(table.rva) = bytes.at(table.rva + 1) = 0;  // shorter than its own header
  const auto image = pe::Image::open(bytes);
  REQUIRE(image);
  std::string problem;
  const Pretended reader("cat >/dev/null; printf 'signer=Second\\000end=\\000'");
  CHECK(scanner::lief::identify(image.value(), reader.path(), problem).signer == "Second");
  CHECK(problem == "the signature reaches past the end of the file");
  const Pretended crashing("kill -ABRT $$");
  problem.clear();
  CHECK(scanner::lief::identify(image.value(), crashing.path(), problem).product == "Talks about leaks");
  CHECK(problem == "the signature reaches past the end of the file; the second reader crashed (signal 6)");
}
