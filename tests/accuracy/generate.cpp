// Writes test drivers that nobody thought of: random wrappers calling wrappers, tags that travel in many ways, and
// decoys, each program with its truth.   poolwho_generate SEED COUNT FOLDER The same seed gives the same programs on
// every machine. A program that finds a bug goes to tests/drivers under a name of its own.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

/// SplitMix64: small, and the same everywhere, which std's distributions are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  unsigned below(unsigned limit) { return static_cast<unsigned>(next() % limit); }
  bool one_in(unsigned odds) { return below(odds) == 0; }

 private:
  std::uint64_t state_;
};

struct Wrapper {
  std::string name;
  std::vector<char> parameters;  ///< 't' tag, 's' size, 'p' pool type, 'x' of no account
  bool paged = false;            ///< when it has no 'p'
  bool protects = false;
};

class Program {
 public:
  explicit Program(std::uint64_t seed) : random_(seed) {}

  void write(const std::string& base) {
    build();
    std::ofstream(base + ".c") << text_.str();
    std::ofstream(base + ".truth") << truth_.str();
  }

 private:
  std::string fresh_tag() {
    static const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string tag;
    do {
      tag.clear();
      for (int i = 0; i < 4; ++i) tag += letters[random_.below(static_cast<unsigned>(letters.size()))];
    } while (!used_.insert(tag).second);
    return tag;
  }

  static std::string literal(const std::string& tag) {
    return std::string("TAG('") + tag[0] + "','" + tag[1] + "','" + tag[2] + "','" + tag[3] + "')";
  }

  std::string expected(bool protects) {
    const std::string tag = fresh_tag();
    truth_ << tag << " allocates" << (protects ? " protected" : "") << "\n";
    return tag;
  }

  std::string decoy() {
    const std::string tag = fresh_tag();
    truth_ << tag << " absent\n";
    return tag;
  }

  std::string call(const Wrapper& wrapper, const std::string& tag, const std::string& size, const std::string& pool) {
    std::string out = wrapper.name + "(";
    for (std::size_t i = 0; i < wrapper.parameters.size(); ++i) {
      const char kind = wrapper.parameters[i];
      out += i == 0 ? "" : ", ";
      out += kind == 't' ? tag : kind == 's' ? size : kind == 'p' ? pool : std::to_string(random_.below(1000));
    }
    return out + ")";
  }

  void add_wrapper(unsigned number) {
    Wrapper wrapper;
    wrapper.name = "wrap" + std::to_string(number);
    wrapper.parameters = {'t', 's'};
    if (random_.one_in(2)) wrapper.parameters.push_back('p');
    for (unsigned i = random_.below(4); i > 0; --i) wrapper.parameters.push_back('x');
    for (std::size_t i = wrapper.parameters.size(); i > 1; --i)
      std::swap(wrapper.parameters[i - 1], wrapper.parameters[random_.below(static_cast<unsigned>(i))]);
    wrapper.paged = random_.one_in(2);
    wrapper.protects = random_.one_in(6);
    text_ << "NOINLINE PVOID " << wrapper.name << "(";
    for (std::size_t i = 0; i < wrapper.parameters.size(); ++i) {
      const char kind = wrapper.parameters[i];
      text_ << (i == 0 ? "" : ", ")
            << (kind == 's'   ? "SIZE_T bytes"
                : kind == 't' ? "ULONG tag"
                : kind == 'p' ? "int pool"
                              : "ULONG x" + std::to_string(i));
    }
    text_ << ") {\n";
    for (std::size_t i = 0; i < wrapper.parameters.size(); ++i) {
      if (wrapper.parameters[i] == 'x') text_ << "  opaque = x" << i << ";\n";
    }
    const bool has_pool =
        random_.one_in(1) &&
        std::string(wrapper.parameters.begin(), wrapper.parameters.end()).find('p') != std::string::npos;
    const std::string pool = has_pool ? "pool" : wrapper.paged ? "PagedPool" : "NonPagedPool";
    const std::string tag = wrapper.protects ? "tag | 0x80000000u" : "tag";
    std::string inner;
    if (!wrappers_.empty() && random_.one_in(2)) {
      const Wrapper& callee = wrappers_[random_.below(static_cast<unsigned>(wrappers_.size()))];
      wrapper.protects = wrapper.protects || callee.protects;
      inner = call(callee, tag, "bytes", pool);
    } else {
      inner = "ExAllocatePoolWithTag(" + pool + ", bytes, " + tag + ")";
    }
    if (random_.one_in(3)) {
      text_ << "  return " << inner << ";\n";
    } else {
      if (random_.one_in(3)) text_ << "  if (bytes > 4096) return 0;\n";
      text_ << "  PVOID p = " << inner << ";\n  if (!p) opaque = " << random_.below(99) << ";\n  return p;\n";
    }
    text_ << "}\n";
    wrappers_.push_back(wrapper);
  }

  /// Statements that allocate once, with the tag on some detour.
  void add_use(std::ostringstream& body, unsigned number) {
    const Wrapper& wrapper = wrappers_[random_.below(static_cast<unsigned>(wrappers_.size()))];
    const std::string size = std::to_string(8 + random_.below(2000)),
                      pool = random_.one_in(2) ? "PagedPool" : "NonPagedPool";
    const auto allocate = [&](const std::string& tag) { return "  keep(" + call(wrapper, tag, size, pool) + ");\n"; };
    const std::string n = std::to_string(number);
    switch (random_.below(8)) {
      case 0: body << allocate(literal(expected(wrapper.protects))); break;
      case 1:
        body << "  ULONG t" << n << " = opaque > " << random_.below(9) << " ? " << literal(expected(wrapper.protects))
             << " : " << literal(expected(wrapper.protects)) << ";\n"
             << allocate("t" + n);
        break;
      case 2: {
        const std::string tag = expected(wrapper.protects);
        globals_ << "static volatile ULONG global" << n << " = " << literal(tag) << ";\n";
        body << allocate("global" + n);
        break;
      }
      case 3:
        body << "  volatile ULONG t" << n << " = " << literal(decoy()) << ";\n  t" << n << " = "
             << literal(expected(wrapper.protects)) << ";\n"
             << allocate("t" + n);
        break;
      case 4:
        body << "  for (ULONG i" << n << " = 0; i" << n << " < " << 2 + random_.below(6) << "; ++i" << n << ")\n  "
             << allocate(literal(expected(wrapper.protects)));
        break;
      case 5: {
        const std::string tag = expected(wrapper.protects);
        globals_ << "volatile ULONG late" << n << ";\nNOINLINE void set" << n << "(ULONG value) { late" << n
                 << " = value; }\n";
        body << "  set" << n << "(" << literal(tag) << ");\n" << allocate("late" + n);
        break;
      }
      case 6:
        body << "  if (opaque == " << literal(decoy()) << ") {\n  " << allocate(literal(expected(wrapper.protects)))
             << "  }\n";
        break;
      default:
        body << "  struct { ULONG a, tag, b; } s" << n << " = {" << literal(decoy()) << ", "
             << literal(expected(wrapper.protects)) << ", 7};\n  opaque = s" << n << ".a + s" << n << ".b;\n"
             << allocate("s" + n + ".tag");
        break;
    }
    if (random_.one_in(3)) body << "  opaque = " << literal(decoy()) << ";\n";
  }

  void build() {
    const unsigned wrapper_count = 1 + random_.below(7);
    for (unsigned i = 0; i < wrapper_count; ++i) add_wrapper(i);
    std::ostringstream functions, calls;
    const unsigned function_count = 1 + random_.below(6);
    unsigned number = 0;
    for (unsigned i = 0; i < function_count; ++i) {
      std::ostringstream body;
      for (unsigned k = 1 + random_.below(4); k > 0; --k) add_use(body, number++);
      functions << "NOINLINE void user" << i << "(void) {\n" << body.str() << "}\n";
      calls << (random_.one_in(3) ? "  if (opaque)" : " ") << " user" << i << "();\n";
    }
    const std::string wrappers = text_.str();
    text_.str("");
    text_ << "#include \"kernel.h\"\nstatic PVOID kept;\nNOINLINE void keep(PVOID p) { kept = p; opaque = p != 0; }\n"
          << globals_.str() << wrappers << functions.str() << "DRIVER_ENTRY {\n  (void)driver; (void)registry_path;\n"
          << calls.str() << "  return kept != 0;\n}\n";
  }

  Random random_;
  std::ostringstream text_, globals_, truth_;
  std::vector<Wrapper> wrappers_;
  std::set<std::string> used_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: poolwho_generate SEED COUNT FOLDER\n");
    return 2;
  }
  const std::uint64_t seed = std::stoull(argv[1]);
  for (unsigned i = 0; i < std::stoul(argv[2]); ++i)
    Program(seed * 1000 + i).write(std::string(argv[3]) + "/generated" + std::to_string(i));
  return 0;
}
