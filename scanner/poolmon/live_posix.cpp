#include "scanner/poolmon/live.hpp"

namespace scanner::poolmon {
namespace {

class NoProvider final : public LiveProvider {
 public:
  pe::Result<std::vector<LiveTag>> snapshot() override {
    return pe::Error{pe::Fault::unreadable, "--live asks the running Windows for its pool tags; this system is none"};
  }
};

}  // namespace

std::unique_ptr<LiveProvider> make_live_provider() { return std::make_unique<NoProvider>(); }

}  // namespace scanner::poolmon
