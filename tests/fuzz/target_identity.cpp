// Any bytes as a file: our own reader of version resource and signature, and the debug directory.
#include "pe/identity.hpp"
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto image = pe::Image::open({data, size});
  if (!image) return 0;
  std::string problem;
  const pe::Identity identity = pe::identify(image.value(), problem);
  // Nothing is made up: every text comes out of the file, and UTF-8 takes at most three bytes for two of UTF-16.
  for (const std::string* text : {&identity.company, &identity.product, &identity.description, &identity.file_version,
                                  &identity.original_name, &identity.signer, &identity.pdb}) {
    if (text->size() > size * 2) fuzz::fail("a text is larger than the file it comes from");
  }
  if (!identity.signer.empty() && !identity.embedded_signature) fuzz::fail("a signer without a signature");
  fuzz::keep(problem.size() + identity.pdb_id.size() + identity.linked);
  return 0;
}
